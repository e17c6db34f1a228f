package dev.cerberus.djl;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The libtorch that will be loaded, or has been: which version, and from where. Found
 * from settings and files, without loading anything. Immutable and thread-safe.
 *
 * @param setting what PYTORCH_LIBRARY_PATH names; empty if it is not set
 * @param folder the first folder with the library in it among those; else it comes from
 * the class path or is downloaded
 * @param found the version that the folder's files tell; empty if they do not
 * @param expected the version that the Java binding is made for
 * @param ownBinding whether a binding lies in the folder, made for what lies there
 */
/*
 * The binding is C++ compiled against one version. With another one the process ends at
 * the first call, so a wrong folder has to be refused before. A distribution for C++ has
 * its version in build-version beside lib, an installation for Python in version.py.
 */
record TorchLibrary(Optional<String> setting, Optional<Path> folder, Optional<String> found, String expected,
        boolean ownBinding) {

    private static final String PATH = "PYTORCH_LIBRARY_PATH";

    private static final String VERSION = "PYTORCH_VERSION";

    private static final String TORCH = System.mapLibraryName("torch");

    private static final String BINDING = System.mapLibraryName("djl_torch");

    private static final String ENGINE = "pytorch-engine.properties";

    private static final Pattern PYTHON_VERSION = Pattern.compile("__version__\\s*=\\s*['\"]([^'\"]+)");

    private static final Pattern RELEASE = Pattern.compile("\\d+(\\.\\d+){1,2}");

    /**
     * Finds the library that this process' settings lead to.
     */
    static TorchLibrary find() {
        return find((name) -> Optional.ofNullable(System.getenv(name))
            .or(() -> Optional.ofNullable(System.getProperty(name))), engine());
    }

    /**
     * Finds a library.
     * @param settings returns the value of an environment variable, if it is set
     * @param engine the binding's properties
     */
    static TorchLibrary find(Function<String, Optional<String>> settings, Properties engine) {
        String expected = settings.apply(VERSION)
            .filter((version) -> !version.isEmpty())
            .orElse(engine.getProperty("pytorch_version", "unknown"));
        Optional<String> paths = settings.apply(PATH).filter((value) -> !value.isEmpty());
        Optional<Path> folder = paths.flatMap(TorchLibrary::folder);
        boolean ownBinding = folder
            .filter((in) -> Files.exists(in.resolve(BINDING))
                    || Files.exists(in.resolve(engine.getProperty("djl_version", "") + "-" + BINDING)))
            .isPresent();
        return new TorchLibrary(paths, folder, folder.flatMap(TorchLibrary::version), expected, ownBinding);
    }

    private static Properties engine() {
        Properties properties = new Properties();
        try (InputStream in = TorchLibrary.class.getClassLoader().getResourceAsStream(ENGINE)) {
            if (in != null) {
                properties.load(in);
            }
            return properties;
        }
        catch (IOException ex) {
            return new Properties(); // a version less is no reason not to start
        }
    }

    private static Optional<Path> folder(String paths) {
        for (String path : paths.split(File.pathSeparator, -1)) {
            if (path.isEmpty()) {
                continue;
            }
            Path named = Path.of(path).toAbsolutePath();
            if (named.endsWith(TORCH) && Files.isRegularFile(named)) {
                return Optional.ofNullable(named.getParent());
            }
            if (Files.isRegularFile(named.resolve(TORCH))) {
                return Optional.of(named);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> version(Path folder) {
        return read(folder.resolveSibling("build-version")).or(() -> read(folder.resolve("build-version")))
            .map(String::strip)
            .or(() -> read(folder.resolveSibling("version.py")).flatMap(TorchLibrary::pythonVersion))
            .filter((version) -> RELEASE.matcher(version).lookingAt());
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1))
                    : Optional.empty();
        }
        catch (IOException ex) {
            return Optional.empty();
        }
    }

    private static Optional<String> pythonVersion(String source) {
        Matcher matcher = PYTHON_VERSION.matcher(source);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /**
     * Returns the version, as far as it can be told without loading the library.
     * @return such as {@code 2.7.1} or {@code 2.7.1+cu128}
     */
    String version() {
        return this.found.orElse(this.expected);
    }

    /**
     * Checks that library and binding belong together.
     * @return what a user should know who has set a folder; empty if there is nothing
     * @throws NativeLibraryException if they do not, and loading would end the process
     */
    Optional<String> check() {
        if (this.folder.isEmpty()) {
            return this.setting.map((paths) -> "PYTORCH_LIBRARY_PATH is " + paths + ", where there is no " + TORCH
                    + ": the libtorch of the class path is taken, or one is downloaded; correct or unset it");
        }
        if (this.ownBinding) {
            return Optional.empty();
        }
        if (this.found.isEmpty()) {
            return Optional.of("The version of the libtorch in " + this.folder.get()
                    + " can not be told, since neither build-version nor version.py lies beside; it has to be "
                    + this.expected + ", which the Java binding is made for: any other ends the process");
        }
        if (release(this.found.get()).equals(release(this.expected))) {
            return Optional.empty();
        }
        throw NativeLibraryException.refused("The libtorch in " + this.folder.get() + " is " + this.found.get()
                + ", but the Java binding is made for " + this.expected
                + "; loading it would end the process. Let PYTORCH_LIBRARY_PATH name a folder with libtorch "
                + this.expected + ", or unset it");
    }

    private static String release(String version) {
        Matcher matcher = RELEASE.matcher(version);
        return matcher.lookingAt() ? matcher.group() : version;
    }

    @Override
    public String toString() {
        return "libtorch " + version() + this.folder.map((in) -> " in " + in).orElse("");
    }

}
