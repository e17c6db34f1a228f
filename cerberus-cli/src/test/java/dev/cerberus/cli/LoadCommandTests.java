package dev.cerberus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.testing.DemoFixture;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

class LoadCommandTests extends AbstractCommandTests {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = { "load --model m", "load --model m --prompts p --clients 0",
            "load --model m --prompts p --clients 1,many", "load --model m --prompts p --requests 0",
            "load --model m --prompts p --rounds 0", "load --model m --prompts p --gates sometimes",
            "load --model m --prompts p --max-tokens 0" })
    void wrongUsageExitsWithTwo(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(this.err.toString()).startsWith("cerberus: ");
    }

    @Test
    void aRowIsPrintedForEveryNumberOfClientsAndEveryGate() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path prompts = Files.writeString(this.directory.resolve("prompts.jsonl"), """
                {"prompt": "one two", "category": "a"}
                {"question_id": 2, "category": "b", "turns": ["three", "never asked"]}
                """);
        assertThat(run("load", "--model", model.toString(), "--raw", "--prompts", prompts.toString(), "--clients",
                "1,3", "--requests", "5", "--rounds", "2", "--max-tokens", "6", "--min-tokens", "6", "--precision",
                "fp32"))
            .as(this.err.toString())
            .isZero();
        List<String[]> rows = this.out.toString().lines().skip(2).map((line) -> line.split("\\s*\\|\\s*")).toList();
        assertThat(rows).extracting((cells) -> cells[1] + " " + cells[2])
            .containsExactly("1 never", "1 adaptive", "3 never", "3 adaptive");
        for (String[] cells : rows) {
            assertThat(Double.parseDouble(cells[3])).as(Arrays.toString(cells)).isPositive();
            assertThat(cells[10]).isEqualTo("1.000");
        }
        // 7 tokens of a prompt and 6 tokens are more than one row a forward
        assertThat(Double.parseDouble(rows.get(0)[9])).isGreaterThan(1);
    }

    @Test
    void boundDecidesWhetherTheThresholdGateDrafts() throws IOException {
        Path prompts = Files.writeString(this.directory.resolve("prompts.jsonl"), "{\"prompt\": \"Hello\"}\n");
        for (String bound : List.of("0", "1000")) {
            assertThat(run("load", "--model", DemoFixture.model().toString(), "--prompts", prompts.toString(),
                    "--clients", "1", "--gates", "threshold", "--requests", "1", "--rounds", "1", "--max-tokens", "16",
                    "--no-context-lookup", "--precision", "fp32", "--signal", "hidden-entropy", "--threshold", bound))
                .as(this.err.toString())
                .isZero();
        }
        List<String> rows = this.out.toString().lines().filter((line) -> line.contains("| threshold ")).toList();
        assertThat(rows).hasSize(2);
        assertThat(rows).extracting((row) -> Double.parseDouble(row.split("\\s*\\|\\s*")[7]) > 0)
            .containsExactly(false, true);
    }

    @Test
    void answersOfOneTokenHaveNoGaps() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path prompts = Files.writeString(this.directory.resolve("prompts.jsonl"), "{\"prompt\": \"one\"}\n");
        assertThat(run("load", "--model", model.toString(), "--raw", "--prompts", prompts.toString(), "--clients", "1",
                "--gates", "never", "--requests", "2", "--rounds", "1", "--max-tokens", "1", "--precision", "fp32"))
            .as(this.err.toString())
            .isZero();
        String[] cells = this.out.toString().lines().skip(2).findFirst().orElseThrow().split("\\s*\\|\\s*");
        assertThat(cells[5]).isEqualTo("-");
        assertThat(cells[6]).isEqualTo("-");
    }

    @Test
    void aPromptThatIsTooLongIsNamed() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path prompts = Files.writeString(this.directory.resolve("prompts.jsonl"),
                "{\"prompt\": \"one\"}\n{\"prompt\": \"" + "many ".repeat(2000) + "\"}\n");
        assertThat(run("load", "--model", model.toString(), "--raw", "--prompts", prompts.toString(), "--clients", "1",
                "--requests", "2", "--rounds", "1", "--max-tokens", "6", "--precision", "fp32"))
            .isEqualTo(1);
        assertThat(this.err.toString()).contains("Request 2 can not be answered: ").doesNotContain("Exception");
    }

    @Test
    void freshPromptsAreAskedOfTwoEngines() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            lines.append("{\"prompt\": \"question ").append(i).append("\"}\n");
        }
        Path prompts = Files.writeString(this.directory.resolve("prompts.jsonl"), lines);
        List<String> args = List.of("load", "--model", model.toString(), "--raw", "--prompts", prompts.toString(),
                "--clients", "2", "--requests", "3", "--max-tokens", "6", "--precision", "fp32", "--live-memory",
                "--fresh", "--rounds");
        assertThat(run(Stream.concat(args.stream(), Stream.of("2")).toArray(String[]::new))).isEqualTo(2);
        assertThat(this.err.toString()).contains("--fresh needs 9 prompts").contains("has 6");
        assertThat(run(Stream.concat(args.stream(), Stream.of("2147483647")).toArray(String[]::new))).isEqualTo(2);
        assertThat(this.err.toString()).contains("--fresh needs 6442450944 prompts");
        assertThat(run(Stream.concat(args.stream(), Stream.of("1")).toArray(String[]::new))).as(this.err.toString())
            .isZero();
        List<String[]> rows = this.out.toString().lines().skip(2).map((line) -> line.split("\\s*\\|\\s*")).toList();
        assertThat(rows).extracting((cells) -> cells[1] + " " + cells[2])
            .containsExactly("2 never", "2 adaptive", "2 adaptive, live memory");
        assertThat(rows).extracting((cells) -> cells[10]).containsOnly("1.000");
    }

}
