package dev.cerberus.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The sources that are shipped.
 */
public final class MainSources {

    /** A text block, a text, a character or a comment, whichever begins first. */
    private static final Pattern TOKEN = Pattern
        .compile("(?s)\"\"\"(.*?)\"\"\"|\"((?:\\\\.|[^\"\\\\\n])*)\"|'(?:\\\\.|[^'\\\\])+'|//[^\n]*|/\\*.*?\\*/");

    private MainSources() {
    }

    /**
     * Returns the files of modules.
     * @param modules names of folders of the repository
     */
    public static List<Path> of(String... modules) {
        List<Path> files = new ArrayList<>();
        for (String module : modules) {
            try (Stream<Path> all = Files.walk(MarkdownFile.repository().resolve(module).resolve("src/main/java"))) {
                all.filter((file) -> file.toString().endsWith(".java")).forEach(files::add);
            }
            catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }
        return files;
    }

    /** Returns the names of all modules that have sources. */
    public static String[] modules() {
        try (Stream<Path> folders = Files.list(MarkdownFile.repository())) {
            return folders.filter((folder) -> Files.isDirectory(folder.resolve("src/main/java")))
                .map((folder) -> folder.getFileName().toString())
                .toArray(String[]::new);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Returns the texts in a source, those put together from several as one; comments are
     * none.
     * @param source the file
     */
    public static List<String> texts(Path source) {
        String code = read(source);
        List<String> texts = new ArrayList<>();
        Matcher token = TOKEN.matcher(code);
        int end = 0;
        StringBuilder between = new StringBuilder("start");
        while (token.find()) {
            between.append(code, end, token.start());
            end = token.end();
            String text = (token.group(1) != null) ? token.group(1) : token.group(2);
            if (text != null && between.toString().strip().equals("+")) {
                texts.add(texts.remove(texts.size() - 1) + text);
            }
            else if (text != null) {
                texts.add(text);
            }
            if (text != null) {
                between.setLength(0);
            }
        }
        return texts;
    }

    /**
     * Returns a source as it is.
     * @param source the file
     */
    public static String read(Path source) {
        try {
            return Files.readString(source);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
