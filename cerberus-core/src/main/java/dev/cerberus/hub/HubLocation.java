package dev.cerberus.hub;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a model on a hub: {@code ORG/NAME[:revision][/file.gguf]}. Immutable.
 *
 * @param repository organisation and name, with a slash between
 * @param revision branch, tag or commit, or a proposed change as {@code refs/pr/NUMBER};
 * before a file, what stands before the first slash is the name of the branch
 * @param file the one file meant, with a slash between folders; empty for what the model
 * needs
 */
public record HubLocation(String repository, String revision, Optional<String> file) {

    /** What locations on a hub begin with. */
    public static final String SCHEME = "hf://";

    /** The revision of a name without one. */
    public static final String DEFAULT_REVISION = "main";

    private static final String WORD = "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?";

    /** Where the hub keeps proposed changes, such as a model's weights as safetensors. */
    private static final String PROPOSAL = "refs/pr/[0-9]+";

    private static final String REVISION_WORD = "[A-Za-z0-9][A-Za-z0-9._-]*";

    /** A branch may have slashes in its name, such as {@code feature/x}. */
    private static final String REVISION = REVISION_WORD + "(?:/" + REVISION_WORD + ")*";

    /** Whether what follows ends with a name as files of models have it, not branches. */
    private static final String ENDS_WITH_FILE = "(?i).*\\.(?:gguf|safetensors|json|bin|pth?|onnx|model|txt|md|jinja)$";

    /**
     * What the names of files and folders hold; the rest has no place in one on Windows.
     */
    private static final String FILE = "(?:/[^/\\\\\\p{Cntrl}:*?\"<>|]+)+";

    private static final Pattern NAME = Pattern.compile("(" + WORD + "/" + WORD + ")(?::(" + PROPOSAL + "(?=/|$)|(?!"
            + ENDS_WITH_FILE + ")" + REVISION + "$|" + REVISION_WORD + "))?(" + FILE + ")?");

    public HubLocation {
        if (!repository.matches(WORD + "/" + WORD) || repository.contains("..") || repository.contains("--")) {
            throw new HubException("'" + repository + "' is not the name of a model on a hub", "write ORG/NAME");
        }
        if (revision.contains("..") || (revision.contains("/") && !revision.matches(REVISION))) {
            throw new HubException("'" + revision + "' is not a revision", "name a branch, tag or commit");
        }
        if (file.isPresent() && !HubFile.isPlain(file.get())) {
            throw new HubException("the file " + file.get() + " of " + repository + " has no plain name",
                    "name a file of the repository");
        }
        if (file.isPresent() && !file.get().toLowerCase(Locale.ROOT).endsWith(".gguf")) {
            throw new HubException("the file " + file.get() + " of " + repository + " is not a GGUF file",
                    "leave it out, and what the model needs is fetched");
        }
    }

    /** Whether a location names a model on a hub. */
    public static boolean isOne(String location) {
        return location.toLowerCase(Locale.ROOT).startsWith(SCHEME);
    }

    /**
     * Reads a name, with or without {@link #SCHEME}.
     * @param name such as {@code ORG/NAME:v1/model-Q4_K_M.gguf}
     * @return the location
     * @throws HubException if the name is not of that form
     */
    public static HubLocation parse(String name) {
        String plain = isOne(name) ? name.substring(SCHEME.length()) : name;
        Matcher matcher = NAME.matcher(plain.strip());
        if (!matcher.matches()) {
            throw new HubException("'" + name + "' is not the name of a model on a hub",
                    "write ORG/NAME[:revision][/file.gguf]");
        }
        return new HubLocation(matcher.group(1), Optional.ofNullable(matcher.group(2)).orElse(DEFAULT_REVISION),
                Optional.ofNullable(matcher.group(3)).map((file) -> file.substring(1)));
    }

    /** The last part of the repository's name. */
    public String name() {
        return this.repository.substring(this.repository.indexOf('/') + 1);
    }

    /** The name in its short form, without scheme and default revision. */
    @Override
    public String toString() {
        return this.repository + (this.revision.equals(DEFAULT_REVISION) ? "" : ":" + this.revision)
                + this.file.map((name) -> "/" + name).orElse("");
    }

}
