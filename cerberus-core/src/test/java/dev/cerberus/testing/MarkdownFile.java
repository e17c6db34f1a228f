package dev.cerberus.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation, with what a test can check in it.
 *
 * @param file where it is
 * @param blocks its fenced blocks
 * @param links targets of its links
 * @param spans what stands between backquotes outside of blocks
 * @param anchors names of its headings
 */
public record MarkdownFile(Path file, List<Block> blocks, List<String> links, List<String> spans, Set<String> anchors) {

    private static final Pattern LINK = Pattern.compile("\\[[^\\]\\[]*]\\(([^)\\s]+)\\)");

    private static final List<String> OUTSIDE_OF_DOCS = List.of("README.md", "SECURITY.md", "CONTRIBUTING.md",
            "CHANGELOG.md", "gpu/README.md", "peers/README.md", "cerberus-demo-model/README.md",
            "cerberus-demo-model/fixture/README.md", "cerberus-demo-model/recipe/README.md",
            "cerberus-demo-model/src/main/resources/smollm2-135m-instruct/README.md");

    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

    /**
     * A fenced block.
     *
     * @param language what stands behind the fence, empty for commands
     * @param line where it begins
     * @param text what is in it
     */
    public record Block(String language, int line, String text) {

        /**
         * Returns the commands of a block, without continuations and comments; those of a
         * console stand behind a dollar sign among what they print.
         */
        public List<String> commands() {
            boolean console = this.language.equals("console");
            return Stream.of(this.text.replaceAll("\\\\\n\\s*", "").split("\n"))
                .filter((line) -> !console || line.startsWith("$ "))
                .map((line) -> console ? line.substring(2) : line)
                .map((line) -> line.replaceAll("(^|\\s+)# .*$", "").strip())
                .filter((line) -> !line.isEmpty())
                .toList();
        }

    }

    /** Returns the repository that the running test belongs to. */
    public static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("LICENSE"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** Returns README, every page under docs, and those beside what they are about. */
    public static List<MarkdownFile> all() {
        try (Stream<Path> files = Files.walk(repository().resolve("docs"))) {
            return Stream
                .concat(OUTSIDE_OF_DOCS.stream().map(repository()::resolve),
                        files.filter((file) -> file.toString().endsWith(".md")).sorted())
                .map(MarkdownFile::read)
                .toList();
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Reads one page. */
    public static MarkdownFile read(Path file) {
        List<Block> blocks = new ArrayList<>();
        List<String> links = new ArrayList<>();
        List<String> spans = new ArrayList<>();
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        List<String> block = new ArrayList<>();
        String language = null;
        int line = 0;
        for (String text : lines(file)) {
            line++;
            if (text.stripLeading().startsWith("```")) { // also within a list
                if (language == null) {
                    language = text.strip().substring(3).strip();
                    block = new ArrayList<>();
                }
                else {
                    blocks.add(new Block(language, line - block.size(), String.join("\n", block).stripIndent()));
                    language = null;
                }
            }
            else if (language != null) {
                block.add(text);
            }
            else {
                if (text.matches("#+ .*")) {
                    String anchor = anchor(text);
                    int times = seen.merge(anchor, 1, Integer::sum) - 1;
                    anchors.add((times == 0) ? anchor : anchor + "-" + times);
                }
                LINK.matcher(text).results().forEach((link) -> links.add(link.group(1)));
                SPAN.matcher(text).results().forEach((span) -> spans.add(span.group(1)));
            }
        }
        return new MarkdownFile(file, blocks, links, spans, anchors);
    }

    private static List<String> lines(Path file) {
        try {
            return Arrays.asList(Files.readString(file).split("\n", -1));
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String anchor(String heading) {
        return heading.replaceFirst("#+ ", "")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N} _-]", "")
            .strip()
            .replace(' ', '-');
    }

}
