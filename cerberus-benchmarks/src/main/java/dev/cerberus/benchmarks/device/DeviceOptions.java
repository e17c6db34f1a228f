package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * The options that say where to measure, and where results go.
 */
final class DeviceOptions {

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N; default: ${DEFAULT-VALUE}")
    private String device = "auto";

    @Option(names = "--precision", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, fp32, bf16, fp16 or int8; default: ${DEFAULT-VALUE}")
    private String precision = "auto";

    @Option(names = "--json", paramLabel = "FILE", description = "Takes a JSON line per result, behind what it holds")
    private @Nullable Path json;

    String deviceName() {
        return this.device;
    }

    String precisionName() {
        return this.precision;
    }

    TorchDevice device() {
        return TorchDevice.of(this.device);
    }

    /** Returns the number format, which the device must know. */
    Precision precision(TorchDevice chosen) {
        Precision format = this.precision.equals("auto") ? chosen.fastestPrecision()
                : Precision.valueOf(this.precision.toUpperCase(Locale.ROOT));
        chosen.requireSupport(format);
        return format;
    }

    /** Opens the log of a model's results. */
    ResultLog log(CommandSpec spec, String model, TorchDevice chosen, Precision format) throws IOException {
        return log(spec, model, chosen.name(), format.name().toLowerCase(Locale.ROOT));
    }

    /** Opens the log of a model's results. */
    ResultLog log(CommandSpec spec, String model, String chosen, String format) throws IOException {
        return new ResultLog(spec.commandLine().getOut(), this.json).common("model", model)
            .common("device", chosen)
            .common("precision", format);
    }

}
