package dev.cerberus.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The script that measures on a GPU, which is rarely at hand, so that it runs on the day
 * that one is.
 */
@EnabledOnOs(OS.LINUX)
class GpuCheckTests {

    @TempDir
    private Path directory;

    @Test
    void aDryRunMeasuresEverythingThatIsThere() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("../gpu/check", "--dry-run");
        builder.environment().keySet().remove("CERBERUS_TEST_DATA");
        builder.environment().put("OUT", this.directory.toString());
        builder.environment().put("JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().put("CERBERUS_CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("SMOLLM2", this.directory.resolve("none.gguf").toString());
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        assertThat(text).contains("== golden: skipped, there is no ", "== smollm2: skipped, there is no ",
                "== tiny: done", "== bench-fp32: done", "== load: done", "== first: done", "== all done");
        assertThat(Files.readString(this.directory.resolve("report.txt"))).isEqualTo(text);
        assertThat(measures()).contains("growing", "growing-mixed", "rows", "sampled", "sampled-logits", "sampling",
                "batch", "prefill", "first-request");
        assertThat(this.directory.resolve("bench-fp32.json")).isNotEmptyFile();
    }

    private List<String> measures() throws IOException {
        return Files.readAllLines(this.directory.resolve("results.jsonl"))
            .stream()
            .map((line) -> line.replaceFirst("\\{\"measure\":\"([a-z-]+)\".*", "$1"))
            .toList();
    }

}
