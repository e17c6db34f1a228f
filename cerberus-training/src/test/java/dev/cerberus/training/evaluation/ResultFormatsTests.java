package dev.cerberus.training.evaluation;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import javax.xml.parsers.DocumentBuilderFactory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.engine.Calibration;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.sample.SamplingOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The files that evaluations write.
 */
class ResultFormatsTests {

    private static final List<Conversation> PROMPTS = List.of(new Conversation("1", "math", List.of("a")));

    private static final BenchOptions OPTIONS = new BenchOptions(
            EnumSet.of(BenchMode.CERBERUS_ALWAYS, BenchMode.CERBERUS), true, 8, 0, 1, 0, SamplingOptions.GREEDY,
            DraftingOptions.DEFAULT, Map.of(), 4, GateOptions.DEFAULT);

    @TempDir
    private Path directory;

    private final ScriptedSubject subject = new ScriptedSubject(
            (request) -> (ScriptedSubject.mode(request) == GateMode.NEVER)
                    ? ScriptedSubject.plainAnswer("x", 2, 1, 2, 3) : ScriptedSubject.answer("x", 1, 2, 1, 2, 4));

    private BenchOutcome outcome() {
        return new Bench(OPTIONS, (mode) -> this.subject, (done, total) -> {
        }).run(PROMPTS);
    }

    @Test
    void benchJsonHasTheFieldsOfTheContract() throws IOException {
        Path file = this.directory.resolve("results/bench.json");
        BenchJson.write(file, this.subject.description(), 2, "p.jsonl", OPTIONS, this.subject.costs(), outcome());
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertThat(root.path("model").textValue()).isEqualTo("scripted");
        assertThat(root.path("device").textValue()).isEqualTo("cpu");
        assertThat(root.path("precision").textValue()).isEqualTo("fp32");
        assertThat(root.path("threads").intValue()).isEqualTo(2);
        assertThat(root.path("versions").path("djl").isTextual()).isTrue();
        assertThat(root.path("results")).hasSize(3 * 2)
            .allSatisfy((row) -> assertThat(row.fieldNames()).toIterable()
                .startsWith("mode", "category", "prompts", "tokens", "decodeSeconds", "tokensPerSecond", "speedup",
                        "acceptanceLength", "zeroAcceptShare", "skipShare", "identical"));
        assertThat(root.path("flips")).hasSize(2);
        assertThat(root.path("flips").get(0).path("margin").doubleValue()).isEqualTo(2.25);
    }

    private void report(Optional<Recording> recording) {
        BenchReport.write(this.directory,
                new ReportOrigin("a CPU, 2 processors", "cerberus bench --prompts 'a <b>.jsonl'",
                        ZonedDateTime.of(2026, 3, 4, 5, 6, 7, 0, ZoneOffset.UTC)),
                this.subject.description(), 2, "p.jsonl", OPTIONS, outcome(), recording);
    }

    @Test
    void reportShowsTableAndPlotsWithASentenceEach() throws IOException {
        report(Optional.of(Recordings.random(new Random(1))));
        String markdown = Files.readString(this.directory.resolve("report.md"));
        String html = Files.readString(this.directory.resolve("report.html"));
        assertThat(markdown).contains("| cerberus-always | all", "## Gate signals", "tree-expectation", "0.25");
        for (String plot : List.of("speedup-by-category", "acceptance-by-depth", "signal-against-accepts",
                "gain-against-threshold", "tokens-per-second-against-tree-size", "prediction-of-the-adaptive-gate")) {
            assertThat(markdown).containsPattern("\\(" + plot + "\\.svg\\)\n\n[A-Z].{40,}\\.\n");
            String svg = Files.readString(this.directory.resolve(plot + ".svg"));
            assertThat(html).as(plot).contains(svg + "<figcaption>");
        }
        assertThat(html.split("<figcaption>[A-Z].{40,}\\.</figcaption>")).hasSize(7);
    }

    @Test
    void reportSaysWhereWhenAndHowItWasMeasured() throws Exception {
        report(Optional.empty());
        assertThat(Files.readString(this.directory.resolve("report.md"))).contains("a CPU, 2 processors",
                "cerberus bench --prompts 'a <b>.jsonl'", "2026-03-04T05:06:07Z");
        String html = Files.readString(this.directory.resolve("report.html"));
        assertThat(html).contains("a CPU, 2 processors", "'a &lt;b&gt;.jsonl'", "2026-03-04T05:06:07Z");
        // every element is closed
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(html.replaceAll("<!doctype html>|<meta [^>]*>", ""))));
    }

    @Test
    void recordingSurvivesWritingAndReading() {
        Recording recording = Recordings.random(new Random(2));
        Path file = this.directory.resolve("recording.jsonl");
        RecordingFile.write(file, recording);
        Recording read = RecordingFile.read(file);
        assertThat(read).usingRecursiveComparison().isEqualTo(recording);
    }

    @Test
    void recordingMayHaveBlankLinesAndAByteOrderMark() throws IOException {
        Recording recording = Recordings.random(new Random(2));
        Path file = this.directory.resolve("recording.jsonl");
        RecordingFile.write(file, recording);
        String text = Files.readString(file);
        Files.writeString(file, "\uFEFF" + text.replaceFirst("\n", "\n\r\n") + "\n  \n");
        assertThat(RecordingFile.read(file)).usingRecursiveComparison().isEqualTo(recording);
    }

    @Test
    void recordingThatIsDamagedIsRefusedWithItsLine() throws IOException {
        Path file = this.directory.resolve("recording.jsonl");
        RecordingFile.write(file, Recordings.random(new Random(2)));
        List<String> lines = Files.readAllLines(file);
        String answer = lines.get(2);
        for (String damaged : List.of(answer.substring(0, 20), answer.substring(0, answer.length() - 1), answer + "}",
                answer + answer, "null", "{}", "[]", "7",
                answer.replaceFirst("\"draft\":\\{[^}]*}", "\"draft\":null"))) {
            Files.write(file, List.of(lines.get(0), "", lines.get(1), damaged));
            assertThatExceptionOfType(EvaluationException.class).as(damaged)
                .isThrownBy(() -> RecordingFile.read(file))
                .withMessageStartingWith("Line 4 of " + file + " is not what a recording has there (")
                .withMessageEndingWith("); make one with cerberus bench --record");
        }
    }

    @Test
    void recordingThatIsNotUtf8IsRefusedWithItsLine() throws IOException {
        Path file = this.directory.resolve("recording.jsonl");
        RecordingFile.write(file, Recordings.random(new Random(2)));
        String text = Files.readString(file).replaceFirst("\"writing\"", "\"pr\u00fcfung\"");
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> RecordingFile.read(file))
            .withMessage("The recording " + file + " is not UTF-8 (line 2); convert it");
    }

    @Test
    void recordingOfAnotherVersionIsCalledSo() throws IOException {
        Path file = Files.writeString(this.directory.resolve("recording.jsonl"),
                "{\"format\":\"cerberus-recording-1\",\"title\":\"x\"}\n");
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> RecordingFile.read(file))
            .withMessage(file + " is no recording of this version (format cerberus-recording-1, expected "
                    + "cerberus-recording-2); make one with cerberus bench --record");
    }

    @Test
    void recordingThatIsSomethingElseIsRefused() throws IOException {
        for (String nothing : List.of("", " \n\n")) {
            Path empty = Files.writeString(this.directory.resolve("empty"), nothing);
            assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> RecordingFile.read(empty))
                .withMessageContaining("is empty");
        }
        for (String other : List.of("null", "[]", "# Prompts", "{\"prompt\":\"a\"}", "{\"format\":2}")) {
            Path file = Files.writeString(this.directory.resolve("other"), "\n" + other);
            assertThatExceptionOfType(EvaluationException.class).as(other)
                .isThrownBy(() -> RecordingFile.read(file))
                .withMessageStartingWith("Line 2 of " + file + " is not what a recording has there (");
        }
        assertThatExceptionOfType(EvaluationException.class)
            .isThrownBy(() -> RecordingFile.read(this.directory.resolve("none")))
            .withMessageContaining("There is no recording");
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> RecordingFile.read(this.directory))
            .withMessage("The recording " + this.directory + " is a directory; name a file");
    }

    @Test
    void recorderNamesAnswersByPromptAndTurn() {
        Recording recording = new Recorder(this.subject, OPTIONS, this.subject.costs(), (done, total) -> {
        }).record(List.of(new Conversation("7", "stem", List.of("a", "b"))));
        assertThat(recording.answers())
            .extracting(RecordedAnswer::prompt, RecordedAnswer::turn, RecordedAnswer::category)
            .containsExactly(tuple("7", 0, "stem"), tuple("7", 1, "stem"));
        assertThat(recording.stepSeconds()).isEqualTo(this.subject.costs().stepSeconds());
    }

    @Test
    void calibrationHoldsTreesSignalsAndAccuracies() {
        Calibration calibration = new Calibrator(Recordings.of(Recordings.answer(List.of(0, 0, 1, 0, 0, 3, 0, 0), 20)),
                12)
            .calibrate("abc", "root", "p.jsonl", Calibration.Machine.current("cpu", "fp32", 2));
        assertThat(calibration.trees().get(0).shape()).isEqualTo("0;");
        assertThat(calibration.trees().get(0).acceptedDraftTokens()).isEqualTo(6 / 8.0);
        assertThat(calibration.signals()).extracting(Calibration.SignalFit::signal)
            .containsExactlyInAnyOrder(Arrays.stream(GateSignal.values()).map(GateSignal::id).toArray(String[]::new));
        assertThat(calibration.heads().get(0).accuracyByRank()).startsWith(6 / 8.0, 1 / 8.0, 0);
        assertThat(calibration.source().positions()).isEqualTo(8);
        Path file = this.directory.resolve("calibration.json");
        calibration.write(file);
        assertThat(Calibration.read(file)).usingRecursiveComparison().isEqualTo(calibration);
        assertThat(Calibrator.table(calibration)).contains("head-entropy");
    }

    @Test
    void calibrationHoldsNoTreeWhoseCostIsNotKnown() {
        Recording known = Recordings.random(new Random(7));
        Recording recording = new Recording(known.model(), known.device(), known.precision(), known.headsKind(),
                known.heads(), known.ranks(), 0, false, Arrays.copyOf(known.stepSeconds(), 6), known.headsSeconds(),
                known.answers());
        Calibration calibration = new Calibrator(recording, 12).calibrate("abc", "root", "p.jsonl",
                Calibration.Machine.current("cpu", "fp32", 2));
        assertThat(calibration.trees()).extracting(Calibration.StaticTree::nodes).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void calibrationWithoutAnyDraftIsRefused() {
        Calibrator calibrator = new Calibrator(Recordings.of(Recordings.answer(List.of(0), 2)), 12);
        assertThatExceptionOfType(EvaluationException.class)
            .isThrownBy(
                    () -> calibrator.calibrate("abc", "root", "p.jsonl", Calibration.Machine.current("cpu", "fp32", 2)))
            .withMessageContaining("raise --max-tokens");
    }

    @Test
    void replayTablesShowModesAndSweeps() throws IOException {
        Replay replay = new Replay(Recordings.random(new Random(4)));
        String text = ReplayTable.of(replay, Optional.empty(), 4, GateOptions.DEFAULT);
        assertThat(text).contains("| cerberus-threshold |", "| head-confidence", "static tree, nodes");
        Path file = this.directory.resolve("replay.json");
        ReplayTable.write(file, replay, Optional.empty(), 4, GateOptions.DEFAULT);
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertThat(root.path("results")).hasSize(4);
        assertThat(root.path("signals")).hasSize(6);
        for (String mode : List.of("autoregressive", "cerberus-always")) { // without gate
            assertThat(text.lines().filter((line) -> line.startsWith("| " + mode + " "))).singleElement()
                .asString()
                .endsWith(" 0.0 % |");
            assertThat(root.path("results")).filteredOn((row) -> row.path("mode").textValue().equals(mode))
                .singleElement()
                .satisfies((row) -> assertThat(row.path("skipShare").doubleValue()).isZero());
        }
    }

    @Test
    void fileThatCanNotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(this.directory.resolve("file"), "old");
        assertThatExceptionOfType(EvaluationException.class)
            .isThrownBy(() -> ResultFiles.write(file.resolve("below"), "new"))
            .withMessageContaining("can not be written");
        assertThat(file).hasContent("old");
    }

    @Test
    void whatIsNoFileIsNotReplaced() throws Exception {
        Path pipe = this.directory.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "mkfifo makes no pipe here");
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> ResultFiles.write(pipe, "new"))
            .withMessageContaining("is a device or a pipe");
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }

    @Test
    void tableKeepsCellsApartWhateverTheyHold() {
        ResultTable table = new ResultTable(1, List.of("name", "n")).row(List.of("c|c++\nand c", "1"));
        assertThat(table.toString().lines().toList().get(2)).isEqualTo("| c\\|c++ and c |   1 |");
        assertThat(table.html()).contains("c|c++");
    }

    @Test
    void recorderNamesAPromptThatCanNotBeAnswered() {
        Subject refusing = new ScriptedSubject((request) -> {
            throw new IllegalArgumentException("The prompt is too long");
        });
        Recorder recorder = new Recorder(refusing, OPTIONS, refusing.costs(), (done, total) -> {
        });
        assertThatExceptionOfType(EvaluationException.class)
            .isThrownBy(() -> recorder.record(List.of(new Conversation("7", "math", List.of("a", "b")))))
            .withMessage("Prompt 7 of category math, turn 1, can not be answered: The prompt is too long");
    }

    @Test
    void tableLinesUp() {
        ResultTable table = new ResultTable(1, List.of("name", "n")).row(List.of("a", "1"))
            .row(List.of("longer", "1000"));
        assertThat(table.toString()).isEqualTo("""
                | name   |    n |
                | ------ | ---: |
                | a      |    1 |
                | longer | 1000 |
                """);
    }

}
