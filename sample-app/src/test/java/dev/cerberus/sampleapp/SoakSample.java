package dev.cerberus.sampleapp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

import dev.cerberus.engine.CerberusEngine;

/**
 * What a process holds at a moment.
 *
 * @param anonymousMegabytes anonymous memory, or NaN where the system does not tell
 * @param heapMegabytes used heap after a collection
 * @param threads live threads
 * @param descriptors open file descriptors, or -1 where the system does not tell
 * @param queued requests that wait
 * @param active requests being decoded
 * @param cachedTokens tokens in the KV caches
 */
record SoakSample(double anonymousMegabytes, double heapMegabytes, int threads, long descriptors, int queued,
        int active, long cachedTokens) {

    private static final Path STATUS = Path.of("/proc/self/status");

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    static SoakSample take(CerberusEngine engine) throws IOException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return new SoakSample(readAnonymousMegabytes(), (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0,
                Thread.getAllStackTraces().size(), countDescriptors(), engine.queuedRequests(), engine.activeRequests(),
                engine.cachedTokens());
    }

    private static double readAnonymousMegabytes() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return Double.NaN;
        }
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter((line) -> line.startsWith("RssAnon:"))
                .mapToDouble((line) -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
        }
    }

    private static long countDescriptors() throws IOException {
        if (!Files.isReadable(DESCRIPTORS)) {
            return -1;
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.count();
        }
    }

    static String header() {
        return """
                | after | answered | cancelled | refused | RssAnon MB | heap MB | threads | descriptors | queued | active | cached tokens |
                |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                """;
    }

    String row(String after, SoakLoad load) {
        return String.format(Locale.ROOT, "| %s | %d | %d | %d | %.1f | %.1f | %d | %d | %d | %d | %d |%n", after,
                load.answered(), load.cancelled(), load.refused(), this.anonymousMegabytes, this.heapMegabytes,
                this.threads, this.descriptors, this.queued, this.active, this.cachedTokens);
    }

}
