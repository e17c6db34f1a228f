package dev.cerberus.benchmarks.device;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

class CompanyCommandTests {

    @TempDir
    private Path directory;

    @Test
    void tellsOfGapsAndOfTurns() {
        TinyModels.writeWithTokenizer("llama", this.directory);
        StringWriter out = new StringWriter();
        int code = DeviceBench.run(new PrintWriter(out), "company", "--model", this.directory.toString(), "--device",
                "cpu", "--precision", "fp32", "--streams", "2", "--prompt-tokens", "60", "--turns", "2",
                "--turn-tokens", "8", "--document-tokens", "40");
        assertThat(code).as(out.toString()).isZero();
        assertThat(out.toString()).containsPattern("60 tokens amid 2 answers: first token after \\d+ ms; gaps")
            .containsPattern("2 questions at once about 40 tokens: first tokens after \\d+ ms")
            .containsPattern("first token of turn 1 after [\\d.]+ ms, of turn 2 \\(32 tokens\\) after");
    }

    @Test
    void whatDoesNotFitIntoTheContextIsRefused() {
        TinyModels.writeWithTokenizer("llama", this.directory);
        StringWriter out = new StringWriter();
        int code = DeviceBench.run(new PrintWriter(out), "company", "--model", this.directory.toString(), "--device",
                "cpu", "--precision", "fp32");
        assertThat(code).isNotZero();
        assertThat(out.toString())
            .contains("tokens; lower --prompt-tokens, --document-tokens, --turns or --turn-tokens, which need 2001");
    }

}
