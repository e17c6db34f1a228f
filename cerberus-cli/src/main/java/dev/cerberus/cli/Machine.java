package dev.cerberus.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the operating system says about this machine.
 *
 * @param processor name of the CPU, if it is known
 * @param features instruction sets that matter here, if they are known
 * @param processors processors that this process may use
 * @param memoryBytes memory that this process may use
 */
record Machine(Optional<String> processor, Optional<Set<String>> features, int processors, long memoryBytes) {

    private static final Path CPU = Path.of("/proc/cpuinfo");

    private static final Set<String> WANTED = Set.of("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16",
            "amx_int8", "amx_bf16", "asimd", "bf16", "i8mm");

    static Machine current() throws IOException {
        List<String> cpu = Files.isReadable(CPU) ? Files.readAllLines(CPU, StandardCharsets.UTF_8) : List.of();
        return of(cpu);
    }

    /** Returns the machine that a Linux kernel describes with these lines. */
    static Machine of(List<String> cpu) {
        long memory = (ManagementFactory
            .getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system)
                    ? system.getTotalMemorySize() : 0;
        Optional<Set<String>> features = Stream.of("flags", "Features")
            .flatMap((name) -> value(cpu, name).stream())
            .findFirst()
            .map((flags) -> {
                Set<String> found = new TreeSet<>(Arrays.asList(flags.split(" ", -1)));
                found.retainAll(WANTED);
                return found;
            });
        return new Machine(value(cpu, "model name"), features, Runtime.getRuntime().availableProcessors(), memory);
    }

    /** Returns the machine in words. */
    @Override
    public String toString() {
        return this.processor.orElse("unknown processor") + ", " + this.processors + " processors"
                + this.features.map((known) -> known.isEmpty() ? "" : " (" + String.join(" ", known) + ")").orElse("")
                + String.format(Locale.ROOT, ", %.1f GB of memory", this.memoryBytes / 1e9);
    }

    private static Optional<String> value(List<String> lines, String name) {
        return lines.stream()
            .filter((line) -> line.startsWith(name) && line.contains(":"))
            .map((line) -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst();
    }

}
