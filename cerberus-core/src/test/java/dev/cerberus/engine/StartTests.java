package dev.cerberus.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.testing.ChainModels;
import dev.cerberus.testing.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole starts, each in a process of its own.
 */
class StartTests {

    private static final Path TRACER = Path.of("/usr/bin/strace");

    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    @BeforeEach
    void write() {
        ChainModels.in(this.directory).answers("H", "e", "l", "o", ".").write();
    }

    private ChildJvm.Outcome start(List<String> prefix, String... options) throws Exception {
        return ChildJvm.run(prefix, List.of(options), StartProcess.class, List.of(this.directory.toString()), LIMIT);
    }

    @Test
    void startOpensNoConnection() throws Exception {
        Path trace = this.directory.resolve("trace");
        boolean traced = Files.isExecutable(TRACER)
                && new ProcessBuilder(TRACER.toString(), "-o", trace.toString(), "true").start().waitFor() == 0;
        List<String> prefix = traced
                ? List.of(TRACER.toString(), "-f", "-qq", "-e", "trace=connect", "-o", trace.toString()) : List.of();
        ChildJvm.Outcome outcome = start(prefix);
        assertThat(outcome.output()).contains("answer Helo.", "connections 0");
        assertThat(outcome.exitCode()).isZero();
        if (traced) {
            try (Stream<String> calls = Files.lines(trace)) {
                assertThat(calls.filter((call) -> call.contains("AF_INET"))).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "tr-TR", "ar-EG" })
    void startGivesTheSameAnswerWhateverTheLanguage(String language) throws Exception {
        String[] parts = language.split("-");
        ChildJvm.Outcome outcome = start(List.of(), "-Duser.language=" + parts[0], "-Duser.country=" + parts[1]);
        assertThat(outcome.output()).contains("answer Helo.");
        assertThat(outcome.exitCode()).isZero();
    }

}
