package dev.cerberus.djl;

import java.util.Locale;

import dev.cerberus.model.ModelException;

/**
 * Thrown when libtorch can not be loaded on this machine.
 */
public final class NativeLibraryException extends ModelException {

    private static final long serialVersionUID = 1L;

    NativeLibraryException(Throwable cause) {
        super("PyTorch's native library can not be loaded (" + cause.getMessage() + "); add the dependency "
                + dependency(), cause);
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
