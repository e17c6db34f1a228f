package dev.cerberus.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.hf.ModelFileException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CalibrationTests {

    @TempDir
    private Path directory;

    private static Calibration calibration(String model) {
        return new Calibration(Calibration.FORMAT,
                new Calibration.Source(model, "abc", "cerberus", "root", 4, "prompts.jsonl", 3, 200, 0, 16),
                Calibration.Machine.current("cpu", "fp32", 2), new Calibration.Costs(new double[] { 1, 1.2 }, 0.1),
                List.of(new Calibration.StaticTree(1, "0;", 0.5)),
                List.of(new Calibration.SignalFit("head-entropy", -0.5, 0.8, 2, 1.4)),
                List.of(new Calibration.HeadAccuracy(1, 200, new double[] { 0.5, 0.2 })),
                List.of(new Calibration.ReliabilityBin(1, 20, 0.6, 0.61)));
    }

    @Test
    void readReturnsWhatWasWritten() {
        Path file = this.directory.resolve("new/calibration.json");
        calibration("a").write(file);
        assertThat(Calibration.read(file)).usingRecursiveComparison().isEqualTo(calibration("a"));
    }

    @Test
    void writeReplacesAnOldFileAndLeavesNothingElse() throws IOException {
        Path file = this.directory.resolve("calibration.json");
        calibration("old").write(file);
        calibration("new").write(file);
        assertThat(Calibration.read(file).source().model()).isEqualTo("new");
        try (var files = Files.list(this.directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void writeWhenItCanNotSaysWhereAndKeepsTheOldFile() throws IOException {
        Path file = Files.writeString(this.directory.resolve("file"), "old");
        assertThatExceptionOfType(ModelFileException.class)
            .isThrownBy(() -> calibration("a").write(file.resolve("below.json")))
            .withMessageContaining("can not be written");
        assertThat(file).hasContent("old");
    }

    @Test
    void readIgnoresFieldsOfLaterVersions() throws IOException {
        Path file = this.directory.resolve("calibration.json");
        calibration("a").write(file);
        Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{\"later\": 1,"));
        assertThat(Calibration.read(file).source().positions()).isEqualTo(200);
    }

    @Test
    void readWhenTheFileIsDamagedSaysWhatToDo() throws IOException {
        Path file = this.directory.resolve("calibration.json");
        calibration("a").write(file);
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() / 2));
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> Calibration.read(file))
            .withMessageContaining("is no calibration file")
            .withMessageContaining("cerberus calibrate");
        Files.writeString(file, "{\"format\": \"cerberus-calibration-1\"}");
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> Calibration.read(file));
        Files.writeString(file, text.replace("calibration-1", "calibration-0"));
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> Calibration.read(file))
            .withMessageContaining("calibration-0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            "abc"                 ~ null    ~ source.targetSha256 is missing or null
            "cerberus"            ~ null    ~ source.headsKind is missing or null
            "root"                ~ null    ~ source.condition is missing or null
            "probability" : 0.6   ~ "probability" : "NaN" ~ reliability.probability must be a number in 0..1, was NaN
            "accuracy" : 0.61     ~ "accuracy" : -1       ~ reliability.accuracy must be a number in 0..1, was -1.0
            "headsSeconds" : 0.1  ~ "headsSeconds" : -2   ~ costs.headsSeconds must be a number of at least 0, was -2.0
            "spearman" : -0.5     ~ "spearman" : 1e999    ~ signals.head-entropy.spearman must be finite
            """)
    void readWhenAValueIsMissingOrOutOfRangeNamesFileAndField(String old, String other, String reason)
            throws IOException {
        Path file = this.directory.resolve("calibration.json");
        calibration("a").write(file);
        String text = Files.readString(file);
        assertThat(text).contains(old);
        Files.writeString(file, text.replace(old, other));
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> Calibration.read(file))
            .withMessageContaining("calibration.json")
            .withMessageContaining(reason)
            .withMessageContaining("measure again");
    }

    @ParameterizedTest
    @ValueSource(strings = { "null", "{\"format\": \"cerberus-calibration-1\", \"source\": null, \"machine\": null, "
            + "\"costs\": null, \"trees\": [null], \"signals\": [], \"heads\": [], \"reliability\": []}" })
    void readWhenNullStandsForAPartRefuses(String json) throws IOException {
        Path file = Files.writeString(this.directory.resolve("calibration.json"), json);
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> Calibration.read(file))
            .withMessageContaining("calibration.json");
    }

    @Test
    void readWhenThereIsNoFileNamesIt() {
        assertThatExceptionOfType(ModelFileException.class)
            .isThrownBy(() -> Calibration.read(this.directory.resolve("none.json")))
            .withMessageContaining("none.json");
    }

}
