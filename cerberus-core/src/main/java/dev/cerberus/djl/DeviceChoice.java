package dev.cerberus.djl;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import ai.djl.engine.EngineException;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.model.ModelException;

/**
 * Which device a configuration value stands for, and why. Immutable.
 *
 * @param cuda the CUDA device's number; empty for the CPU
 * @param reason why it was taken, as half a sentence
 * @param warning what a user should change who has a GPU; empty if there is nothing
 */
record DeviceChoice(OptionalInt cuda, String reason, Optional<String> warning) {

    private static final String CPU = "cpu";

    private static final String AUTO = "auto";

    private static final String CUDA = "cuda";

    /**
     * Chooses a device.
     * @param name {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
     * @param torch the loaded libtorch; not asked for {@code cpu}
     * @throws ModelException if the name is unknown, or the device can not be used
     */
    static DeviceChoice of(String name, CudaTorch torch) {
        return switch (name) {
            case CPU -> cpu("as asked");
            case AUTO -> automatic(torch);
            default -> named(name, torch);
        };
    }

    private static DeviceChoice cpu(String reason) {
        return new DeviceChoice(OptionalInt.empty(), reason, Optional.empty());
    }

    private static DeviceChoice automatic(CudaTorch torch) {
        Optional<CudaFault> fault = fault(torch, 0);
        if (fault.isEmpty()) {
            return new DeviceChoice(OptionalInt.of(0), "auto: the first of " + devices(torch.count()),
                    Optional.empty());
        }
        String reason = "auto: " + fault.get().reason();
        if (fault.get().kind() == CudaFault.Kind.NOT_BUILT) {
            return cpu(reason);
        }
        return new DeviceChoice(OptionalInt.empty(), reason,
                Optional.of("The model runs on the CPU, though this libtorch is built with CUDA: " + fault.get()
                        + "; if the CPU is meant, set the device to cpu"));
    }

    private static DeviceChoice named(String name, CudaTorch torch) {
        if (!name.matches("cuda(:\\d{1,3})?")) {
            throw new ModelException(Advice.of("device must be auto, cpu, cuda or cuda:N, was '" + name + "'",
                    Remedy.of("correct", Setting.DEVICE)));
        }
        int index = name.equals(CUDA) ? 0 : Integer.parseInt(name.substring(CUDA.length() + 1));
        OptionalInt count = torch.isBuilt() ? torch.count() : OptionalInt.empty();
        Optional<CudaFault> fault = (count.isPresent() && count.getAsInt() > 0 && index >= count.getAsInt())
                ? Optional.of(CudaFault.noSuchDevice()) : fault(torch, index);
        if (fault.isEmpty()) {
            return new DeviceChoice(OptionalInt.of(index), "as asked, of " + devices(count), Optional.empty());
        }
        if (fault.get().kind() == CudaFault.Kind.NO_SUCH_DEVICE) {
            throw new ModelException("device '" + name + "' is not there: libtorch sees " + devices(count)
                    + count.stream().mapToObj(DeviceChoice::names).findFirst().orElse("")
                    + "; take one that is there, or auto");
        }
        throw new ModelException("device '" + name + "' can not be used: " + fault.get() + "; or take device cpu");
    }

    private static Optional<CudaFault> fault(CudaTorch torch, int index) {
        if (!torch.isBuilt()) {
            return Optional.of(CudaFault.notBuilt());
        }
        try {
            torch.touch(index);
            return Optional.empty();
        }
        catch (EngineException ex) {
            return CudaFault.of(String.valueOf(ex.getMessage()));
        }
    }

    private static String devices(OptionalInt count) {
        if (count.isEmpty()) {
            return "the CUDA devices that it sees";
        }
        return count.getAsInt() + " CUDA device" + ((count.getAsInt() == 1) ? "" : "s");
    }

    private static String names(int count) {
        return IntStream.range(0, count).mapToObj((i) -> CUDA + ":" + i).collect(Collectors.joining(", ", " (", ")"));
    }

}
