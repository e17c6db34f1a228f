package dev.cerberus.engine;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

import dev.cerberus.hf.ModelFileException;

/**
 * A reader of small text files named by configuration: a path, a {@code file:} URL or a
 * {@code classpath:} resource.
 */
final class ResourceText {

    private static final String CLASSPATH = "classpath:";

    private static final String FILE = "file:";

    private static final int MAX_BYTES = 16 << 20;

    private ResourceText() {
    }

    /**
     * Reads a text.
     * @param location where it is
     * @return the text, empty if there is no such file or resource
     * @throws ModelFileException if it is there but can not be read
     */
    static Optional<String> find(String location) {
        try {
            if (hasScheme(location, CLASSPATH)) {
                return resource(location.substring(CLASSPATH.length()).replaceAll("^/+", ""));
            }
            Path file = path(location);
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelFileException(file,
                        "has " + Files.size(file) + " bytes, more than the " + MAX_BYTES + " allowed",
                        "name a template, which is a small text");
            }
            return Optional.of(Files.readString(file));
        }
        catch (IOException ex) {
            throw new ModelFileException(path(location), "can not be read as UTF-8 text (" + ex + ")",
                    "correct the file or its permissions", ex);
        }
        catch (IllegalArgumentException ex) { // no path, no URL
            return Optional.empty();
        }
    }

    private static Optional<String> resource(String name) throws IOException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader own = ResourceText.class.getClassLoader();
        ClassLoader loader = (own != null) ? own : ClassLoader.getSystemClassLoader();
        try (InputStream in = ((context != null) ? context : loader).getResourceAsStream(name)) {
            return (in == null) ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /**
     * Returns the path of a plain path or a {@code file:} URL; unescaped blanks and
     * relative paths are common in the latter.
     * @throws InvalidPathException if it is no path
     * @throws IllegalArgumentException if it is no URL
     */
    static Path path(String location) {
        if (!hasScheme(location, FILE)) {
            return Path.of(location);
        }
        String rest = location.substring(FILE.length());
        if (rest.startsWith("/") && !rest.contains(" ")) {
            return Path.of(URI.create(FILE + rest));
        }
        return Path.of(rest.startsWith("//") ? rest.substring(2) : rest);
    }

    private static boolean hasScheme(String location, String scheme) {
        return location.toLowerCase(Locale.ROOT).startsWith(scheme);
    }

}
