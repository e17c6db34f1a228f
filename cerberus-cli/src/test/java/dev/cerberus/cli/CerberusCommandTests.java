package dev.cerberus.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

class CerberusCommandTests extends AbstractCommandTests {

    @TempDir
    private Path directory;

    private static String stories() {
        String data = System.getenv("CERBERUS_TEST_DATA");
        Assumptions.assumeTrue(data != null, "CERBERUS_TEST_DATA is not set, so stories260K is not there");
        return Path.of(data, "models", "stories260K").toString();
    }

    private Path prompts() throws IOException {
        return Files.writeString(this.directory.resolve("prompts.jsonl"), """
                {"question_id": 1, "category": "story", "turns": ["Once upon a time", "Then"]}
                {"prompt": "Tom", "category": "dog"}
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = { "calibrate --model m --prompts p --out", "remember --model m --data p --out",
            "train --model m --data p --out", "bench --model m --prompts p --json",
            "bench --model m --prompts p --record", "bench --model m --prompts p --report" })
    void destinationThatCanNotBeWrittenIsRefusedBeforeAnythingIsRead(String command) throws IOException {
        String option = command.substring(command.lastIndexOf(' ') + 1);
        boolean folder = option.equals("--report");
        Path file = Files.writeString(this.directory.resolve("file"), "kept");
        Path closed = Files.createDirectory(this.directory.resolve("closed"));
        Path nothing = Path.of("/dev/null");
        if (Files.exists(nothing)) { // as root that would be the end of it
            assertRefused(command, option, nothing, folder ? "is a file" : "is a device");
        }
        assertRefused(command, option, folder ? file : this.directory, folder ? "is a file" : "is a directory");
        assertRefused(command, option, file.resolve("a").resolve("b"), "because " + file + " is not a folder");
        if (closed.toFile().setWritable(false) && !Files.isWritable(closed)) { // not so
                                                                               // for root
            assertRefused(command, option, closed.resolve("a"), "the folder " + closed + " takes no files");
        }
        assertThat(file).hasContent("kept");
    }

    private void assertRefused(String command, String option, Path destination, String problem) {
        this.err.getBuffer().setLength(0);
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.add(destination.toString());
        assertThat(run(words.toArray(String[]::new))).isEqualTo(2);
        assertThat(this.err.toString().lines().findFirst().orElse(""))
            .startsWith("cerberus: " + option + " " + destination + " ")
            .contains(problem, "; ");
    }

    @Test
    void versionNamesWhatItRunsOn() {
        assertThat(run("--version")).isZero();
        assertThat(this.out.toString()).contains("cerberus ", "djl 0.", "pytorch 2.");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "dance", "generate", "generate --prompt a --prompts b", "generate --prompt a --oops",
            "generate --prompt a --max-tokens 0", "generate --prompt a --max-tokens many",
            "generate --prompt a --temperature -1", "generate --prompt a --top-p 2", "generate --prompt a --top-k -1",
            "generate --prompt a --gate threshold --signal top1-margin --threshold 1.5",
            "generate --prompt a --gate sometimes", "generate --prompt a --gate threshold --signal mood",
            "generate --prompt a --tree x", "generate --prompt a --max-nodes 0",
            "generate --prompt a --model x --threads 0", "generate --prompt a --model x --threads 1025", "bench",
            "bench --prompts p --modes fast", "bench --prompts p --modes medusa", "bench --prompts p --repeat 0",
            "bench --record a --replay b", "pull", "pull nothing", "pull a/b --mirror ftp://x", "calibrate --prompts p",
            "remember --model m --data d", "remember --model m --data d --out o --tokens 0",
            "remember --model m --data d --out o --precision fp8", "remember --model m --data d --out o --threads 0",
            "train --model m --data d --out o --threads 1025", "train --model m --data d --out o --threads 0",
            "remember --model m --out o --answered", "remember --model m --data d --out o --max-context 1",
            "fidelity --model m", "fidelity --model m --max-text 10", "fidelity --model m --text t --max-text 1",
            "fidelity --model m --prompts p --max-tokens 0", "fidelity --model m --text t --max-tokens many",
            "fidelity --model m --text t --precision bogus", "fidelity --model m --text t --precision fp32" })
    void wrongUsageExitsWithTwo(String line) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(this.err.toString()).startsWith("cerberus: ");
        assertThat(this.out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "--top-k 0", "--signal top1-margin --threshold 1", "--signal head-entropy --threshold 3",
            "--signal tree-expectation --threshold 3" })
    void valuesAtTheEndOfARangeAreNoWrongUsage(String options) {
        String missing = this.directory.resolve("nothing").toString();
        assertThat(run(("generate --prompt a --gate threshold --model " + missing + " " + options).split(" ")))
            .isEqualTo(1);
        assertThat(this.err.toString()).contains(missing);
    }

    @Test
    void modeWithoutItsHeadsNamesTheFile() {
        assertThat(run("bench", "--prompts", "p", "--modes", "hydra")).isEqualTo(2);
        assertThat(this.err.toString()).contains("--hydra-heads FILE", "hydra-heads.safetensors");
    }

    @Test
    void failureExitsWithOneAndOneLine() throws IOException {
        Path missing = this.directory.resolve("nothing");
        List<List<String>> commands = List.of(List.of("generate", "--model", missing.toString(), "--prompt", "a"),
                List.of("generate", "--model", this.directory.toString(), "--prompt", "a"),
                List.of("generate", "--model", "m", "--heads", missing.toString(), "--prompt", "a"),
                List.of("generate", "--model", "m", "--prompts", missing.toString()),
                List.of("bench", "--replay", missing.toString()),
                List.of("remember", "--model", missing.toString(), "--data", prompts().toString(), "--out", "o"),
                List.of("fidelity", "--model", missing.toString(), "--prompts", prompts().toString()),
                List.of("calibrate", "--model", missing.toString(), "--prompts", prompts().toString(), "--out", "o"));
        for (List<String> command : commands) {
            this.err.getBuffer().setLength(0);
            assertThat(run(command.toArray(String[]::new))).as(command.toString()).isEqualTo(1);
            assertThat(this.err.toString().lines()).as(command.toString())
                .singleElement()
                .asString()
                .startsWith("cerberus: ")
                .doesNotContain("Exception");
        }
    }

    @Test
    void generatePrintsOneLineOfJsonPerTurn() throws IOException {
        assertThat(run("generate", "--model", stories(), "--prompts", prompts().toString(), "--raw", "--json",
                "--max-tokens", "7", "--precision", "fp32"))
            .isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : this.out.toString().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines).extracting((line) -> line.path("prompt").textValue())
            .containsExactly("Once upon a time", "Once upon a time" + lines.get(0).path("text").textValue() + "\nThen",
                    "Tom");
        assertThat(lines).allSatisfy((line) -> {
            assertThat(line.fieldNames()).toIterable()
                .containsExactly("prompt", "tokens", "text", "finishReason", "promptTokens", "outputTokens", "steps",
                        "draftSteps", "acceptedDraftTokens", "prefillSeconds", "seconds");
            assertThat(line.path("tokens")).hasSize(7);
            assertThat(line.path("outputTokens").intValue()).isEqualTo(7);
            assertThat(line.path("finishReason").textValue()).isEqualTo("length");
        });
        // the second turn follows the first one and its answer
        assertThat(lines.get(1).path("promptTokens").intValue())
            .isGreaterThan(lines.get(0).path("promptTokens").intValue() + 7);
    }

    @Test
    void generatePrintsTheConversationOfALaterTurn() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        assertThat(run("generate", "--model", model.toString(), "--prompts", prompts().toString(), "--json",
                "--max-tokens", "4"))
            .as(this.err.toString())
            .isZero();
        List<String> lines = this.out.toString().lines().toList();
        JsonNode first = new ObjectMapper().readTree(lines.get(0));
        JsonNode second = new ObjectMapper().readTree(lines.get(1));
        assertThat(first.has("messages")).isFalse();
        assertThat(second.path("prompt").textValue()).isEqualTo("Then");
        assertThat(second.path("messages")).extracting((message) -> message.path("role").textValue())
            .containsExactly("user", "assistant", "user");
        assertThat(second.path("messages")).extracting((message) -> message.path("content").textValue())
            .containsExactly("Once upon a time", first.path("text").textValue(), "Then");
    }

    @Test
    void generatePrintsTheTextAlone() {
        assertThat(run("generate", "--model", stories(), "--prompt", "Once upon a time", "--raw", "--max-tokens", "12"))
            .isZero();
        assertThat(this.out.toString()).startsWith(", there was a").endsWith(System.lineSeparator());
    }

    @Test
    void promptMayComeFromStandardInputAndStatisticsGoToStandardError() {
        assertThat(run(new StringReader("Once upon a time"), "generate", "--model", stories(), "--prompt", "-", "--raw",
                "--max-tokens", "12"))
            .isZero();
        assertThat(this.out.toString()).startsWith(", there was a");
        assertThat(this.err.toString()).contains("12 tokens in ", " tokens/s) after ", " of 11 steps drafted");
    }

    @Test
    void quietSaysNothingBesideTheAnswer() {
        assertThat(run("generate", "--model", stories(), "--prompt", "Once", "--raw", "--max-tokens", "3", "-q"))
            .isZero();
        assertThat(this.err.toString()).doesNotContain("tokens/s");
    }

    @Test
    void conversationWithoutChatTemplateSaysWhatToAdd() {
        assertThat(run("generate", "--model", stories(), "--prompt", "a")).isEqualTo(1);
        assertThat(this.err.toString()).contains("has no chat template; add --raw");
    }

    @Test
    void promptBeyondTheContextIsRefused() {
        char[] text = new char[4000];
        Arrays.fill(text, 'x');
        assertThat(run("generate", "--model", stories(), "--raw", "--prompt", new String(text))).isEqualTo(1);
        assertThat(this.err.toString()).contains("the context holds 512");
    }

    @Test
    void benchWritesTableJsonAndReport() throws IOException {
        Path json = this.directory.resolve("bench.json");
        Path report = this.directory.resolve("report");
        assertThat(run("bench", "--model", stories(), "--prompts", prompts().toString(), "--raw", "--max-tokens", "5",
                "--modes", "autoregressive", "--precision", "fp32", "--json", json.toString(), "--report",
                report.toString()))
            .isZero();
        assertThat(this.out.toString()).contains("| mode ", "| autoregressive | all ",
                "Only plain decoding was measured");
        JsonNode root = new ObjectMapper().readTree(json.toFile());
        assertThat(root.path("model").textValue()).isEqualTo("stories260K");
        assertThat(root.path("precision").textValue()).isEqualTo("fp32");
        assertThat(root.path("results")).extracting((row) -> row.path("category").textValue())
            .containsExactlyInAnyOrder("story", "dog", "all");
        assertThat(root.path("results")).extracting((row) -> row.path("prompts").intValue())
            .containsExactlyInAnyOrder(2, 1, 3);
        assertThat(Files.readString(report.resolve("report.html"))).contains("Measured on ",
                "<pre>cerberus bench --model ", "Only plain decoding was measured");
    }

    @Test
    void benchWithoutHeadsMeasuresEveryModeOfLookup() throws IOException {
        Path json = this.directory.resolve("bench.json");
        assertThat(run("bench", "--model", stories(), "--prompts", prompts().toString(), "--raw", "--max-tokens", "120",
                "--precision", "fp32", "--json", json.toString()))
            .as(this.err.toString())
            .isZero();
        JsonNode root = new ObjectMapper().readTree(json.toFile());
        assertThat(root.path("results")).extracting((row) -> row.path("mode").textValue())
            .contains("autoregressive", "cerberus-always", "cerberus-threshold", "cerberus");
        assertThat(root.path("settings").path("signal").textValue()).isEqualTo("tree-expectation");
        assertThat(root.path("settings").path("threshold").doubleValue()).isEqualTo(0.5);
        assertThat(root.path("results")).allSatisfy((row) -> {
            assertThat(row.path("identical").doubleValue()).isEqualTo(1);
            JsonNode source = row.path("source");
            assertThat(source.fieldNames()).toIterable().containsExactly("heads", "lookup", "memory");
            assertThat(source.path("heads").doubleValue()).isZero();
            assertThat(source.path("lookup").doubleValue())
                .isEqualTo((row.path("acceptedDraftTokens").intValue() > 0) ? 1 : 0);
        });
    }

    @Test
    void benchTellsTheThresholdOfTheCalibrationInUse() throws IOException {
        Path model = Files.createDirectory(this.directory.resolve("demo"));
        try (Stream<Path> files = Files.list(Path.of("../cerberus-demo-model/fixture/cerberus-demo"))) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path calibration = model.resolve("cerberus-calibration.json");
        Path json = this.directory.resolve("bench.json");
        List<String> both = List.of("--model", model.toString(), "--prompts", prompts().toString(), "--max-tokens",
                "60", "--threads", "1");
        assertThat(run(Stream.of(List.of("calibrate"), both, List.of("--out", calibration.toString()))
            .flatMap(List::stream)
            .toArray(String[]::new))).as(this.err.toString()).isZero();
        assertThat(run(Stream
            .of(List.of("bench"), both,
                    List.of("--json", json.toString(), "--modes", "autoregressive", "--warm-up", "0"))
            .flatMap(List::stream)
            .toArray(String[]::new))).as(this.err.toString()).isZero();
        double threshold = 0;
        for (JsonNode signal : new ObjectMapper().readTree(calibration.toFile()).path("signals")) {
            if (signal.path("signal").textValue().equals("head-entropy")) {
                threshold = signal.path("threshold").doubleValue();
            }
        }
        assertThat(threshold).isPositive().isNotEqualTo(2);
        assertThat(new ObjectMapper().readTree(json.toFile()).path("settings").path("threshold").doubleValue())
            .isEqualTo(threshold);
    }

    @Test
    void benchReportsATreeOfMoreNodesThanAreRecordedElse() throws IOException {
        Path report = this.directory.resolve("report");
        List<String> bench = List.of("bench", "--model", "../cerberus-demo-model/fixture/cerberus-demo", "--prompts",
                prompts().toString(), "--max-tokens", "8", "--warm-up", "0", "--modes", "cerberus", "--precision",
                "fp32", "--threads", "1", "--report", report.toString());
        assertThat(run(Stream.concat(bench.stream(), Stream.of("--tree", "7,5")).toArray(String[]::new)))
            .as(this.err.toString())
            .isZero();
        assertThat(report.resolve("report.html")).exists();
        assertThat(run(Stream.concat(bench.stream(), Stream.of("--tree", "8,8")).toArray(String[]::new))).isEqualTo(1);
        assertThat(this.err.toString()).contains("which has 72 draft nodes, and what a step costs is known up to 63");
        assertThat(run(Stream.concat(bench.stream(), Stream.of("--tree", "40")).toArray(String[]::new))).isEqualTo(1);
        assertThat(this.err.toString()).contains("which takes 40 candidates of a head, and 32 of them are recorded");
    }

    @Test
    void benchThatCanNotRecordSaysSoBeforeItMeasures() throws IOException {
        String demo = "../cerberus-demo-model/fixture/";
        List<String> bench = List.of("bench", "--model", demo + "cerberus-demo", "--prompts", prompts().toString(),
                "--max-tokens", "4", "--warm-up", "0", "--threads", "1", "--record",
                this.directory.resolve("recording").toString());
        assertThat(run(Stream
            .concat(bench.stream(),
                    Stream.of("--modes", "hydra", "--hydra-heads", demo + "baselines/hydra-heads.safetensors"))
            .toArray(String[]::new))).isEqualTo(1);
        assertThat(run(Stream.concat(bench.stream(), Stream.of("--modes", "autoregressive", "--heads", "none"))
            .toArray(String[]::new))).isEqualTo(1);
        assertThat(this.err.toString()).contains("not those of kind hydra; give --heads FILE, or leave --record out")
            .contains("--record needs draft heads")
            .doesNotContain(" answers");
        assertThat(this.out.toString()).isEmpty();
    }

    @Test
    void benchThatCanNotDraftWithoutHeadsSaysWhy() throws IOException {
        List<String> bench = List.of("bench", "--model", stories(), "--prompts", prompts().toString(), "--raw",
                "--modes", "cerberus", "--heads", "none");
        for (List<String> more : List.of(List.of("--tree", "2,1"), List.of("--no-context-lookup"))) {
            this.err.getBuffer().setLength(0);
            assertThat(run(Stream.concat(bench.stream(), more.stream()).toArray(String[]::new))).isEqualTo(1);
            assertThat(this.err.toString()).contains("needs draft heads", "give --heads FILE", more.get(0));
        }
    }

    @Test
    void benchWithoutPromptsSaysWhatToGive() {
        for (String line : List.of("bench --model m", "bench --model m --record r")) {
            this.err.getBuffer().setLength(0);
            assertThat(run(line.split(" "))).isEqualTo(2);
            assertThat(this.err.toString()).contains("--prompts=FILE");
        }
        assertThat(run("bench", "--model", "m", "--prompts", "p", "--replay", "r")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = { "--temperature 0.7", "--model m", "--modes cerberus", "--heads h", "--max-tokens 9" })
    void whatAReplayCanNotChangeIsRefusedAndNotForgotten(String option) {
        assertThat(run(("bench --replay r " + option).split(" "))).isEqualTo(2);
        assertThat(this.err.toString()).contains(option.split(" ")[0] + " is a matter of answers, and --replay takes "
                + "those that were recorded; leave it out, or give --prompts instead of --replay");
    }

    @Test
    void reportOfAReplayIsRefusedAndNotForgotten() {
        assertThat(run("bench", "--replay", "r", "--report", this.directory.resolve("report").toString())).isEqualTo(2);
        assertThat(this.err.toString()).contains("--report", "--replay", "--prompts");
    }

    @ParameterizedTest
    @ValueSource(strings = { "train", "remember" })
    void roomIsSaidBeforeAnythingIsWritten(String command) throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        assertThat(run(command, "--model", model.toString(), "--data", this.directory.resolve("nothing").toString(),
                "--out", this.directory.resolve("out").toString()))
            .isEqualTo(1);
        assertThat(this.err.toString()).startsWith(command + ": needs up to ").contains(" are free");
    }

    @Test
    void headsThatAreADirectoryAreCalledSo() {
        assertThat(run("generate", "--model", "m", "--heads", this.directory.toString(), "--prompt", "a")).isEqualTo(1);
        assertThat(this.err.toString()).contains("heads file " + this.directory + " is a directory", "--heads");
    }

    @Test
    void memoryThatIsNoFileIsRefusedBeforeTheModelIsLookedFor() {
        assertThat(run("generate", "--model", "m", "--memory", this.directory.toString(), "--prompt", "a"))
            .isEqualTo(1);
        assertThat(this.err.toString()).contains("memory file " + this.directory + " is a directory", "--memory");
        this.err.getBuffer().setLength(0);
        assertThat(
                run("generate", "--model", "m", "--memory", this.directory.resolve("none").toString(), "--prompt", "a"))
            .isEqualTo(1);
        assertThat(this.err.toString()).contains("There is no memory file ", "; correct --memory");
    }

    @Test
    void textThatIsNoneIsRefusedBeforeTheModelIsLoaded() throws IOException {
        Path folder = Files.createDirectory(this.directory.resolve("folder"));
        Path broken = Files.write(this.directory.resolve("broken"), new byte[] { 'a', (byte) 0xff });
        Path binary = Files.write(this.directory.resolve("binary"), new byte[] { 'a', 0, 1 });
        Path empty = Files.writeString(this.directory.resolve("empty"), " \n");
        Map<Path, String> problems = Map.of(this.directory.resolve("none"), "There is no ", folder, "is a directory",
                broken, "is not UTF-8", binary, "is not text");
        for (String command : List.of("fidelity --text", "fidelity --prompts", "load --prompts", "generate --prompts",
                "bench --prompts")) {
            assertThat(run(command.split(" ")[0], "--model", "no-model", command.split(" ")[1], empty.toString()))
                .isEqualTo(1);
            assertThat(this.err.toString()).contains(empty.toString()).containsPattern("is empty|has no prompt");
            problems.forEach((file, problem) -> {
                this.err.getBuffer().setLength(0);
                String[] words = command.split(" ");
                assertThat(run(words[0], "--model", "no-model", words[1], file.toString())).isEqualTo(1);
                assertThat(this.err.toString().lines()).as(command)
                    .singleElement()
                    .asString()
                    .contains(problem, file.toString(), "; ")
                    .doesNotContain("no-model");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "fidelity", "generate" })
    void promptThatIsTooLongIsNamed(String command) throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path file = Files.writeString(this.directory.resolve("long.jsonl"),
                "{\"prompt\": \"I\"}\n{\"question_id\": 7, \"prompt\": \"" + "It is a long way. ".repeat(200)
                        + "\"}\n");
        assertThat(run(command, "--model", model.toString(), "--prompts", file.toString(), "--max-tokens", "2"))
            .isEqualTo(1);
        assertThat(this.err.toString()).contains("Prompt 7 of category uncategorized, turn 1, can not be answered: ");
    }

    @ParameterizedTest
    @ValueSource(strings = { "generate --prompt a --threshold 1", "chat --signal top1-margin --gate always",
            "load --prompts p --threshold 1 --gates never,adaptive",
            "bench --prompts p --signal top1-margin --modes autoregressive,cerberus" })
    void boundOfAGateThatIsNotAskedIsRefusedAndNotForgotten(String command) {
        assertThat(run(command.split(" "))).isEqualTo(2);
        assertThat(this.err.toString()).containsPattern("--(signal|threshold) is of gate mode threshold, which is not "
                + "among those asked for: give --(gates? |modes cerberus-)threshold, or leave --(signal|threshold) out");
    }

    @ParameterizedTest
    @ValueSource(strings = { "generate --prompt a --tree 2,1 --gate never", "chat --gate never --no-context-lookup",
            "chat --tree auto --gate never", "load --prompts p --tree 2,1 --gates never",
            "load --prompts p --no-context-lookup --gates never,never" })
    void draftsThatAreNeverMadeAreRefusedAndNotForgotten(String command) {
        assertThat(run(command.split(" "))).isEqualTo(2);
        String option = command.contains("--tree") ? "--tree" : "--no-context-lookup";
        String gate = command.startsWith("load") ? "--gates" : "--gate";
        assertThat(this.err.toString()).startsWith("cerberus: " + option + " says what is drafted, which is nothing "
                + "with " + gate + " never: give another " + gate + ", or leave " + option + " out");
    }

    @ParameterizedTest
    @ValueSource(strings = { "--tree 2,1", "--tree auto", "--no-context-lookup" })
    void draftsThatNoModeMakesAreRefusedAndNotForgotten(String draft) {
        String command = "bench --prompts p --modes autoregressive " + draft;
        assertThat(run(command.split(" "))).isEqualTo(2);
        String option = draft.split(" ")[0];
        assertThat(this.err.toString()).startsWith("cerberus: " + option + " says what is drafted, which is nothing "
                + "with --modes autoregressive: give another mode, or leave " + option + " out");
    }

    @ParameterizedTest
    @ValueSource(strings = { "medusa", "hydra" })
    void treeOfAModeThatIsNotMeasuredIsRefusedAndNotForgotten(String mode) {
        for (String modes : List.of("", " --modes autoregressive", " --modes cerberus")) {
            this.err.getBuffer().setLength(0);
            assertThat(run(("bench --prompts p --" + mode + "-tree 2,1" + modes).split(" "))).isEqualTo(2);
            assertThat(this.err.toString()).startsWith(
                    "cerberus: --" + mode + "-tree is of mode " + mode + ", which is not among those measured: give --"
                            + mode + "-heads and the mode, or leave --" + mode + "-tree out");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "--tree 2,1", "--signal top1-margin", "--threshold 1", "--no-context-lookup" })
    void calibrationOffersNothingThatItHasNoUseFor(String option) {
        assertThat(run(("calibrate --model m --prompts p --out o " + option).split(" "))).isEqualTo(2);
        assertThat(this.err.toString()).contains("Unknown option", option.split(" ")[0]);
    }

}
