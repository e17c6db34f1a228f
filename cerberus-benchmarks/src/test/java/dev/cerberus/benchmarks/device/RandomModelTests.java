package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.text.TextTokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class RandomModelTests {

    @TempDir
    private Path directory;

    @Test
    void everyMatrixIsSmallNumbersOfItsOwnAndEveryScaleIsOne() throws IOException {
        RandomModel.write(ModelShape.TINY, this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            ExpectedTensors.check(config, checkpoint);
            float[] query = checkpoint.floats("model.layers.0.self_attn.q_proj.weight");
            float[] next = checkpoint.floats("model.layers.1.self_attn.q_proj.weight");
            double square = IntStream.range(0, query.length).mapToDouble((i) -> query[i] * query[i]).sum();
            assertThat(Math.sqrt(square / query.length)).isCloseTo(0.02, within(0.001));
            assertThat(next).hasSameSizeAs(query);
            assertThat(IntStream.range(0, query.length).filter((i) -> query[i] == next[i]).count())
                .isLessThan(query.length / 10);
            assertThat(checkpoint.floats("model.norm.weight")).containsOnly(1);
        }
    }

    @Test
    void stepsFindWhatWasWrittenToTheEndAndOfThatShape() throws IOException {
        RandomModel.write(ModelShape.TINY, this.directory);
        assertThat(writesAgain()).isFalse();
        Files.delete(this.directory.resolve(Checkpoint.INDEX_FILE_NAME)); // cut off
        assertThat(writesAgain()).isTrue();
        Path config = this.directory.resolve(ModelConfig.FILE_NAME);
        Files.writeString(config, Files.readString(config).replace("352", "320"));
        assertThat(writesAgain()).isTrue();
        assertThat(writesAgain()).isFalse();
    }

    /** Returns whether measuring steps made the files in the folder anew. */
    private boolean writesAgain() throws IOException {
        Path tokenizer = this.directory.resolve("tokenizer.json");
        Files.writeString(tokenizer, "");
        CommandLine steps = new CommandLine(new StepsCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        assertThat(steps.execute("--shape", "tiny", "--folder", this.directory.toString(), "--device", "cpu",
                "--precision", "fp32", "--measures", "rows", "--rows", "1", "--contexts", "8", "--runs", "1"))
            .isZero();
        return Files.size(tokenizer) > 0;
    }

    @Test
    void itsTokenizerCutsTextsIntoBytesAndWritesEveryToken() throws IOException {
        RandomModel.write(ModelShape.TINY, this.directory);
        try (TextTokenizer tokenizer = TextTokenizer.load(this.directory.resolve("tokenizer.json"))) {
            int[] ids = tokenizer.encode("A b\n\u00e9", true);
            assertThat(ids).containsExactly('A' + 1, ' ' + 1, 'b' + 1, '\n' + 1, 0xC3 + 1, 0xA9 + 1);
            assertThat(tokenizer.decode(ids)).isEqualTo("A b\n\u00e9");
            int pair = 1 + 256 + 256 * 2 + 'x'; // bytes 2 and x
            assertThat(tokenizer.decode(new int[] { pair })).isEqualTo("\u0002x");
        }
    }

    @ParameterizedTest
    @CsvSource({ "0.5b,0.495", "1.1b,1.100", "7b,6.738" })
    void shapesHaveTheParametersThatTheirNamesTell(String label, double billions) throws IOException {
        Files.writeString(this.directory.resolve(ModelConfig.FILE_NAME), ModelShape.of(label).config());
        assertThat(ExpectedTensors.parameters(ModelConfig.read(this.directory)) * 1e-9).isCloseTo(billions,
                within(0.001));
    }

    @Test
    void anUnknownShapeIsToldTheKnownOnes() {
        assertThatIllegalArgumentException().isThrownBy(() -> ModelShape.of("8b"))
            .withMessage("shape must be one of tiny, 0.5b, 1.1b, 7b, was 8b");
    }

}
