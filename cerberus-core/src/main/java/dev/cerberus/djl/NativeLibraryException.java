package dev.cerberus.djl;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.cerberus.model.ModelException;

/**
 * Thrown when libtorch can not be loaded on this machine.
 */
public final class NativeLibraryException extends ModelException {

    private static final long serialVersionUID = 1L;

    /** What the loader says on Linux of a library that another one needs. */
    private static final Pattern NEEDED = Pattern.compile("(lib[\\w.+-]+): cannot open shared object file");

    /** What systems say of a folder that takes no more. */
    private static final Pattern NO_ROOM = Pattern.compile("No space left|[Qq]uota exceeded|not enough space");

    /** How NVIDIA's libraries begin that a CUDA build needs. */
    private static final Pattern NVIDIA = Pattern.compile("lib(cu|nv|nccl).*");

    private final boolean isMissing;

    private NativeLibraryException(String message, boolean isMissing, Throwable cause) {
        super(message, cause);
        this.isMissing = isMissing;
    }

    private NativeLibraryException(String message) {
        super(message);
        this.isMissing = false;
    }

    /**
     * Creates the exception of a library that could not be loaded.
     * @param cause what loading ended with
     * @param folder the folder that a variable names; empty if none does
     */
    static NativeLibraryException of(Throwable cause, Optional<Path> folder) {
        Optional<IOException> notWritten = notWritten(cause);
        if (notWritten.isPresent()) {
            return new NativeLibraryException("PyTorch's native library can not be loaded (" + notWritten.get()
                    + "); set DJL_CACHE_DIR to a folder that can be written, with room for it", false, cause);
        }
        String reason = reason(cause);
        Optional<String> needed = neededFromNvidia(reason);
        String failed = "PyTorch's native library can not be loaded (" + reason + "); ";
        if (needed.isPresent()) {
            return new NativeLibraryException(
                    failed + "put " + needed.get()
                            + " of CUDA into the folder of libtorch, or add its folder to LD_LIBRARY_PATH",
                    false, cause);
        }
        String named = folder
            .map((in) -> "look at " + in + ", which PYTORCH_LIBRARY_PATH names, or unset that variable and ")
            .orElse("");
        return new NativeLibraryException(failed + named + "add the dependency " + dependency(), folder.isEmpty(),
                cause);
    }

    /**
     * Creates the exception of a library that is there, and must not be loaded.
     * @param message what is wrong, where, and what to change
     */
    static NativeLibraryException refused(String message) {
        return new NativeLibraryException(message);
    }

    /**
     * Returns what kept the library from being unpacked, and not from being fetched.
     */
    private static Optional<IOException> notWritten(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof IOException found && (found instanceof FileSystemException
                    || NO_ROOM.matcher(String.valueOf(found.getMessage())).find())) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns what the innermost error says, whose wrappers only say that there is one.
     */
    private static String reason(Throwable failure) {
        String reason = failure.toString();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            reason = (each.getMessage() != null) ? each.getMessage() : reason;
        }
        return reason;
    }

    private static Optional<String> neededFromNvidia(String reason) {
        Matcher matcher = NEEDED.matcher(reason);
        return matcher.find() ? Optional.of(matcher.group(1)).filter((name) -> NVIDIA.matcher(name).matches())
                : Optional.empty();
    }

    /**
     * Returns whether {@link #dependency} would help.
     * @return {@code false} if a library is there, and the message says what is wrong
     * with it
     */
    public boolean isMissing() {
        return this.isMissing;
    }

    /**
     * Returns the Maven coordinates of the CPU library for this machine.
     * @return {@code group:artifact:version:classifier}
     */
    public static String dependency() {
        return "ai.djl.pytorch:pytorch-native-cpu:2.7.1:"
                + classifier(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static String classifier(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.equals("aarch64") ? "aarch64" : "x86_64";
        if (os.startsWith("win")) {
            return "win-" + arch;
        }
        return (os.startsWith("mac") ? "osx-" : "linux-") + arch;
    }

}
