package dev.cerberus.hf;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class UnpackedFilesTests {

    private static final Map<String, String> FILES = new TreeMap<>(Map.of("a.gguf", "weights", "b.json", "{}"));

    @TempDir
    private Path directory;

    private Path root() {
        return this.directory.resolve("unpacked");
    }

    private static String sums(Map<String, String> files) throws Exception {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> file : files.entrySet()) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(file.getValue().getBytes(StandardCharsets.UTF_8));
            text.append(HexFormat.of().formatHex(hash)).append("  ").append(file.getKey()).append('\n');
        }
        return text.toString();
    }

    private URLClassLoader jar(String name, String sums, Map<String, String> files) throws IOException {
        Path jar = this.directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
            Map<String, String> all = new TreeMap<>(files);
            all.put(UnpackedFiles.SUMS, sums);
            for (Map.Entry<String, String> file : all.entrySet()) {
                entries.putNextEntry(new JarEntry("model/" + file.getKey()));
                entries.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                entries.closeEntry();
            }
        }
        return new URLClassLoader(new URL[] { jar.toUri().toURL() }, null);
    }

    private URLClassLoader jar() throws Exception {
        return jar("model.jar", sums(FILES), FILES);
    }

    private List<Path> kept() throws IOException {
        return kept(root());
    }

    private static List<Path> kept(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Files::isDirectory).toList(); // the lock's file stays
        }
    }

    private static void assertWhole(Path unpacked) {
        FILES.forEach((name, text) -> assertThat(unpacked.resolve(name)).hasContent(text));
    }

    @Test
    void unpackTwiceWritesOnce() throws Exception {
        try (URLClassLoader loader = jar()) {
            Path unpacked = UnpackedFiles.in(loader, "model", root());
            assertWhole(unpacked);
            FileTime written = Files.getLastModifiedTime(unpacked.resolve("a.gguf"));
            Files.setLastModifiedTime(unpacked.resolve("a.gguf"), FileTime.from(Instant.EPOCH));
            assertThat(UnpackedFiles.in(loader, "model", root())).isEqualTo(unpacked);
            assertThat(Files.getLastModifiedTime(unpacked.resolve("a.gguf"))).isNotEqualTo(written)
                .isEqualTo(FileTime.from(Instant.EPOCH));
            assertThat(kept()).containsExactly(unpacked);
        }
    }

    @Test
    void filesThatWereChangedOrRemovedAreUnpackedAgain() throws Exception {
        try (URLClassLoader loader = jar()) {
            Path unpacked = UnpackedFiles.in(loader, "model", root());
            Files.writeString(unpacked.resolve("a.gguf"), "weighty"); // as long as before
            assertThat(UnpackedFiles.in(loader, "model", root())).isEqualTo(unpacked);
            assertWhole(unpacked);
            Files.delete(unpacked.resolve("b.json"));
            assertWhole(UnpackedFiles.in(loader, "model", root()));
            assertThat(kept()).containsExactly(unpacked);
        }
    }

    @Test
    void otherFilesAreKeptApart() throws Exception {
        Map<String, String> newer = Map.of("a.gguf", "better weights");
        try (URLClassLoader loader = jar(); URLClassLoader other = jar("newer.jar", sums(newer), newer)) {
            Path first = UnpackedFiles.in(loader, "model", root());
            assertThat(UnpackedFiles.in(other, "model", root()).resolve("a.gguf")).hasContent("better weights");
            assertWhole(first);
            assertThat(kept()).hasSize(2);
        }
    }

    @Test
    void manyAtOnceGetOneWholeDirectory() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (URLClassLoader loader = jar()) {
            for (int round = 0; round < 20; round++) {
                List<Callable<Path>> tasks = new ArrayList<>();
                for (int i = 0; i < 32; i++) {
                    tasks.add(() -> {
                        Path unpacked = UnpackedFiles.in(loader, "model", root());
                        assertWhole(unpacked);
                        return unpacked;
                    });
                }
                HashSet<Path> results = new HashSet<>();
                for (Future<Path> result : threads.invokeAll(tasks)) {
                    results.add(result.get());
                }
                assertThat(results).hasSize(1);
                assertThat(kept()).hasSize(1);
                Path unpacked = results.iterator().next();
                if (round % 2 == 0) {
                    Files.writeString(unpacked.resolve("a.gguf"), "weighty");
                }
                else {
                    UnpackedFiles.delete(unpacked);
                }
            }
        }
        finally {
            threads.shutdownNow();
        }
    }

    @Test
    void manyProcessesAtOnceGetOneWholeDirectory() throws Exception {
        jar().close();
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), Unpacking.class.getName(),
                    this.directory.resolve("model.jar").toString(), root().toString())
                .redirectErrorStream(true)
                .start());
        }
        for (Process process : processes) {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
        }
        for (int i = 0; i < Unpacking.ROOTS; i++) {
            List<Path> kept = kept(root().resolve(Integer.toString(i)));
            assertThat(kept).hasSize(1);
            assertWhole(kept.get(0));
        }
    }

    /** Unpacks into one root after the other. */
    static final class Unpacking {

        static final int ROOTS = 20;

        private Unpacking() {
        }

        public static void main(String[] arguments) throws Exception {
            try (URLClassLoader loader = new URLClassLoader(new URL[] { Path.of(arguments[0]).toUri().toURL() },
                    null)) {
                for (int i = 0; i < ROOTS; i++) {
                    assertWhole(UnpackedFiles.in(loader, "model", Path.of(arguments[1]).resolve(Integer.toString(i))));
                }
            }
        }

    }

    @Test
    void whatAnEndedProcessLeftIsRemovedAfterADay() throws Exception {
        try (URLClassLoader loader = jar()) {
            Path unpacked = UnpackedFiles.in(loader, "model", root());
            Path old = Files.createDirectory(root().resolve("." + unpacked.getFileName() + "-1"));
            Path recent = Files.createDirectory(root().resolve("." + unpacked.getFileName() + "-2"));
            Files.writeString(old.resolve("a.gguf"), "wei");
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            Files.delete(unpacked.resolve("b.json"));
            UnpackedFiles.in(loader, "model", root());
            assertThat(kept()).containsExactlyInAnyOrder(unpacked, recent);
        }
    }

    @Test
    void jarThatIsNotWhatItSaysIsRefusedAndLeavesNothing() throws Exception {
        try (URLClassLoader loader = jar("damaged.jar", sums(FILES), Map.of("a.gguf", "weighty", "b.json", "{}"))) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> UnpackedFiles.in(loader, "model", root()))
                .withMessageContaining("a.gguf in model");
            assertThat(kept()).isEmpty();
        }
        try (URLClassLoader loader = jar("short.jar", sums(FILES), Map.of("a.gguf", "weights"))) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> UnpackedFiles.in(loader, "model", root()))
                .withMessageContaining("no b.json");
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    void onlyGgufFileIsFoundWhereThereIsOne() throws Exception {
        Map<String, String> two = Map.of("a.gguf", "weights", "b.gguf", "others");
        try (URLClassLoader one = jar();
                URLClassLoader several = jar("two.jar", sums(two), two);
                URLClassLoader damaged = jar("bad.jar", "no sums", FILES)) {
            assertThat(UnpackedFiles.onlyGguf(one, "model")).contains("a.gguf");
            assertThat(UnpackedFiles.onlyGguf(several, "model")).isEmpty();
            assertThat(UnpackedFiles.onlyGguf(damaged, "model")).isEmpty();
            assertThat(UnpackedFiles.onlyGguf(one, "elsewhere")).isEmpty();
        }
    }

    @Test
    void sumsThatLeadElsewhereAreRefused() throws Exception {
        for (String name : List.of("../a.gguf", "/etc/a", ".hidden", "a b")) {
            try (URLClassLoader loader = jar("bad.jar", "0".repeat(64) + "  " + name + "\n", FILES)) {
                assertThatExceptionOfType(IOException.class).isThrownBy(() -> UnpackedFiles.in(loader, "model", root()))
                    .withMessageContaining(name);
            }
        }
    }

}
