package dev.cerberus.djl;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why libtorch does not compute on a CUDA device, and what to change. Immutable.
 *
 * @param kind the kind of fault
 * @param reason half a sentence that says what is wrong
 * @param advice half a sentence that says what to change
 */
record CudaFault(Kind kind, String reason, String advice) {

    private static final Pattern DRIVER_VERSION = Pattern.compile("found version (\\d+)");

    private static final int MOST_QUOTED = 200;

    /** The kinds of faults. */
    enum Kind {

        /** There is no CUDA in this build of libtorch. */
        NOT_BUILT,

        /** There is, but it was not loaded. */
        NOT_LOADED,

        NO_DRIVER,

        OLD_DRIVER,

        /** There is a driver, but no device that it lets this process see. */
        NO_DEVICE,

        /** There are devices, but not one with this number. */
        NO_SUCH_DEVICE,

        /** The device is of a kind that this build has no code for. */
        UNKNOWN_DEVICE,

        /** Anything else that libtorch says. */
        OTHER

    }

    /** Returns the fault of a libtorch that is built without CUDA. */
    static CudaFault notBuilt() {
        return new CudaFault(Kind.NOT_BUILT, "this libtorch is built without CUDA",
                "take a CUDA build of libtorch: set "
                        + "PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR, or take pytorch-native-cpu off the class "
                        + "path and let a CUDA build be downloaded");
    }

    /** Returns the fault of a number that no device has. */
    static CudaFault noSuchDevice() {
        return new CudaFault(Kind.NO_SUCH_DEVICE, "there is no device of this number", "choose one that is there");
    }

    /**
     * Returns what is wrong when memory of a device can not be used.
     * @param message what libtorch says
     * @return the fault; empty if the device is there and only has no memory left
     */
    static Optional<CudaFault> of(String message) {
        if (OutOfMemory.says(message)) {
            return Optional.empty();
        }
        if (message.contains("Could not run 'aten::")) {
            return Optional
                .of(new CudaFault(Kind.NOT_LOADED, "libtorch's CUDA library lies beside it, but was not loaded",
                        "set PYTORCH_FLAVOR to the build's, such as cu128"));
        }
        if (message.contains("Found no NVIDIA driver")) {
            return Optional.of(new CudaFault(Kind.NO_DRIVER, "there is no NVIDIA driver",
                    "install one, or start the container with access to the GPU"));
        }
        if (message.contains("driver on your system is too old")) {
            return Optional.of(new CudaFault(Kind.OLD_DRIVER,
                    "the NVIDIA driver is too old for this libtorch" + supported(message),
                    "install a newer driver, or a libtorch that is built for an older CUDA"));
        }
        if (message.contains("No CUDA GPUs are available")) {
            return Optional.of(new CudaFault(Kind.NO_DEVICE, "the NVIDIA driver shows this process no device",
                    "look at nvidia-smi and at CUDA_VISIBLE_DEVICES"));
        }
        if (message.contains("invalid device ordinal")) {
            return Optional.of(noSuchDevice());
        }
        if (message.contains("no kernel image is available")) {
            return Optional.of(new CudaFault(Kind.UNKNOWN_DEVICE, "this libtorch has no code for this kind of GPU",
                    "take a libtorch that is built for it"));
        }
        return Optional.of(new CudaFault(Kind.OTHER, "libtorch says: " + firstLine(message),
                "look at nvidia-smi and at the version of the driver"));
    }

    private static String supported(String message) {
        Matcher version = DRIVER_VERSION.matcher(message);
        if (!version.find()) {
            return "";
        }
        int number = Integer.parseInt(version.group(1)); // 12020 for 12.2
        return ": it knows CUDA up to " + number / 1000 + "." + number % 1000 / 10;
    }

    private static String firstLine(String message) {
        String line = message.strip().lines().findFirst().orElse("nothing");
        return (line.length() > MOST_QUOTED) ? line.substring(0, MOST_QUOTED) + "…" : line;
    }

    @Override
    public String toString() {
        return this.reason + "; " + this.advice;
    }

}
