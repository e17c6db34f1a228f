package dev.cerberus.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

import dev.cerberus.djl.NativeLibraryException;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.model.ModelException;
import dev.cerberus.training.evaluation.Versions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that says what this machine can do and why.
 */
@Command(name = "doctor", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Says what this machine can do and why: processor, memory, native libraries, number formats.",
        footerHeading = "%nExamples:%n", footer = { "  cerberus doctor", "  cerberus doctor --device cuda" })
final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N; default: ${DEFAULT-VALUE}")
    private String device = "auto";

    @Override
    public Integer call() throws IOException {
        Machine machine = Machine.current();
        line("processor", machine.processor().orElse("not known") + "; " + machine.processors() + " to use");
        machine.features()
            .ifPresent((features) -> line("instructions",
                    features.isEmpty() ? "none of those that matter here" : String.join(", ", features)));
        line("memory", gigabytes(machine.memoryBytes()) + ", of which the Java heap takes at most "
                + gigabytes(Runtime.getRuntime().maxMemory()) + "; models lie beside the heap");
        Versions.all().forEach((name, version) -> line(name, version));
        natives();
        TorchDevice found;
        try (SignOfLife loading = new SignOfLife("doctor: loading libtorch", this.spec.commandLine().getErr())) {
            found = TorchDevice.of(this.device);
        }
        catch (NativeLibraryException ex) {
            line("libtorch", "does not load here");
            throw ex;
        }
        line("device", found.name() + ", " + found.reason());
        for (Precision precision : Precision.values()) {
            line("  " + name(precision), verdict(found, precision));
        }
        Precision fastest = found.fastestPrecision();
        line("auto", name(fastest) + (found.promisesIdentity(fastest)
                ? ", the fastest that gives the same tokens whatever is drafted" : ", the fastest here"));
        return 0;
    }

    private void natives() throws IOException {
        Path folder = TorchDevice.libraryFolder();
        Path existing = folder.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        line("unpacks to",
                folder + " (DJL_CACHE_DIR): "
                        + (Files.isWritable(existing)
                                ? gigabytes(Files.getFileStore(existing).getUsableSpace()) + " free"
                                : "not writable, so libtorch must be there already"));
    }

    private String verdict(TorchDevice device, Precision precision) {
        try {
            device.requireSupport(precision);
        }
        catch (ModelException ex) {
            return "no: " + Failures.line(ex, this.spec);
        }
        String tokens = device.promisesIdentity(precision) ? "yes, the same tokens whatever is drafted"
                : "yes, but drafts may flip near-ties";
        return device.emulates(precision) ? tokens + "; emulated on this CPU, every drafted token costs a step"
                : tokens;
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    private void line(String name, String value) {
        PrintWriter out = this.spec.commandLine().getOut();
        out.println(String.format(Locale.ROOT, "%-14s %s", name, value));
    }

}
