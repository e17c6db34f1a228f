package dev.cerberus.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.training.evaluation.FidelityFile;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code fidelity} measures, prints and keeps. */
class FidelityCommandTests extends AbstractCommandTests {

    @TempDir
    private Path directory;

    private Path prompts() throws IOException {
        return Files.writeString(this.directory.resolve("prompts.jsonl"), """
                {"question_id": 1, "category": "story", "turns": ["Once upon a time", "Then"]}
                {"prompt": "Tom", "category": "dog"}
                """);
    }

    @Test
    void fidelityWithoutAnOptionSaysWhichToGive() {
        assertThat(run("fidelity", "--model", "m")).isEqualTo(2);
        assertThat(this.err.toString()).contains("--prompts FILE or --text FILE");
    }

    @Test
    void fidelityPrintsARowForEveryOtherPrecision() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        // longer than a request may be
        Path text = Files.writeString(this.directory.resolve("text.txt"), "It is a long way to the sea. ".repeat(1000));
        assertThat(run("fidelity", "--model", model.toString(), "--prompts", prompts().toString(), "--text",
                text.toString(), "--max-tokens", "8", "--max-text", "400"))
            .as(this.err.toString())
            .isZero();
        List<String> lines = this.out.toString().lines().toList();
        assertThat(lines.get(0)).startsWith("| precision | KL (nats) |");
        List<String> expected = TorchDevice.of("cpu")
            .precisions()
            .stream()
            .filter((precision) -> precision != Precision.FP32)
            .map((precision) -> precision.name().toLowerCase(Locale.ROOT))
            .toList();
        assertThat(expected).isNotEmpty();
        List<String> rows = lines.subList(2, lines.size());
        assertThat(rows).extracting((row) -> row.split("\\|")[1].strip()).containsExactlyElementsOf(expected);
        assertThat(rows).allSatisfy((row) -> {
            String[] cells = row.split("\\|");
            assertThat(Double.parseDouble(cells[2])).isBetween(cells[1].strip().equals("fp16") ? 0 : 1e-5, 1.0);
            assertThat(Double.parseDouble(cells[3])).isBetween(0.5, 1.0);
            assertThat(Double.parseDouble(cells[4])).isGreaterThan(1);
        });
    }

    @Test
    void fidelityReadsTheBeginningOfATextThatIsLongerThanCanBeTokenized() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path text = Files.writeString(this.directory.resolve("text.txt"), "It is far.\n".repeat(370_000));
        assertThat(run("fidelity", "--model", model.toString(), "--text", text.toString(), "--precision", "bf16",
                "--max-text", "50"))
            .as(this.err.toString())
            .isZero();
        assertThat(this.out.toString().lines().skip(2)).singleElement().asString().startsWith("| bf16 |");
    }

    @Test
    void fidelityOfOnePrecisionIsThatAlone() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path text = Files.writeString(this.directory.resolve("text.txt"), "It is a long way to the sea.");
        assertThat(run("fidelity", "--model", model.toString(), "--text", text.toString(), "--precision", "bf16"))
            .as(this.err.toString())
            .isZero();
        assertThat(this.out.toString().lines().skip(2)).singleElement().asString().startsWith("| bf16 |");
        assertThat(run("fidelity", "--model", model.toString(), "--text", text.toString(), "--precision", "int4",
                "--device", "cpu"))
            .isEqualTo(2);
        assertThat(this.err.toString()).contains("--precision must be auto, fp32, bf16, fp16 or int8, was 'int4'");
    }

    @Test
    void infoShowsTheFidelityThatWasSaved() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path text = Files.writeString(this.directory.resolve("text.txt"), "It is a long way to the sea.");
        assertThat(run("info", model.toString())).isZero();
        assertThat(this.out.toString()).contains("cerberus fidelity --save measures").doesNotContain("divergence");
        assertThat(run("fidelity", "--model", model.toString(), "--text", text.toString(), "--save"))
            .as(this.err.toString())
            .isZero();
        this.out.getBuffer().setLength(0);
        assertThat(run("info", model.toString())).isZero();
        assertThat(this.out.toString())
            .containsPattern(
                    "from fp32: divergence 0\\.\\d{4} nats, first choice equal in \\d+\\.\\d %, perplexity [+-]")
            .doesNotContain("fidelity --save");
        Files.writeString(model.resolve("cerberus-fidelity.json"), "{\"format\": 1");
        assertThat(run("info", model.toString())).isEqualTo(1);
        assertThat(this.err.toString().lines()).singleElement()
            .asString()
            .contains("cerberus-fidelity.json is damaged", "cerberus fidelity --save");
    }

    @Test
    void fidelityThatCanNotBeKeptIsNotMeasured() throws IOException {
        Path model = TinyModels.write("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path text = Files.writeString(this.directory.resolve("text.txt"), "It is a long way to the sea.");
        String[] command = { "fidelity", "--model", model.toString(), "--text", text.toString(), "--save" };
        Path kept = Files.createDirectory(model.resolve("cerberus-fidelity.json"));
        assertThat(run(command)).isEqualTo(2);
        assertThat(this.err.toString())
            .startsWith("cerberus: --save " + kept + " is a directory; remove it, or leave --save out");
        Files.delete(kept);
        Files.writeString(kept, "other");
        this.err.getBuffer().setLength(0);
        assertThat(run(command)).isEqualTo(1);
        assertThat(this.err.toString().lines()).singleElement()
            .asString()
            .contains(kept + " is damaged", "; remove it, and measure");
        assertThat(kept).hasContent("other");
        assertThat(this.out.toString()).isEmpty();
    }

    @Test
    void fidelityOnATextOfOneTokenSaysSo() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path text = Files.writeString(this.directory.resolve("text.txt"), "I");
        assertThat(run("fidelity", "--model", model.toString(), "--text", text.toString())).isEqualTo(1);
        assertThat(this.err.toString()).contains("fewer than two tokens");
    }

    @Test
    void formatsThatWereMeasuredAreKeptWhereTheRestIsNot() throws IOException {
        Path model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        Path text = Files.writeString(this.directory.resolve("text.txt"), "It is a long way to the sea.");
        String[] command = { "fidelity", "--model", model.toString(), "--text", text.toString(), "--save" };
        StringWriter broken = new StringWriter() {

            @Override
            public void write(char[] characters, int from, int length) {
                super.write(characters, from, length);
                if (toString().lines().count() > 3) { // two of the table's head
                    throw new IllegalStateException("broken off");
                }
            }

        };
        assertThat(CerberusCommand.run(Reader.nullReader(), broken, new PrintWriter(this.err, true), command))
            .isEqualTo(1);
        assertThat(this.err.toString()).contains("broken off");
        Path kept = model.resolve("cerberus-fidelity.json");
        Set<String> before = FidelityFile.read(kept).keySet();
        assertThat(run(command)).as(this.err.toString()).isZero();
        assertThat(FidelityFile.read(kept).keySet()).containsAll(before).hasSizeGreaterThan(before.size());
        assertThat(this.out.toString()).endsWith("Kept in " + kept + System.lineSeparator());
    }

}
