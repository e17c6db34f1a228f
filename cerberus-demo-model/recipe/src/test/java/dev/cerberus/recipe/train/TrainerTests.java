package dev.cerberus.recipe.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TrainerTests {

    private static final ModelShape SHAPE = new ModelShape(16, 1, 2, 1, 8, 32, 12, 32);

    private static final BatchPolicy POLICY = new BatchPolicy(64, 32, 0.25, 16, 0);

    private static final OptimizerSettings OPTIMIZER = new OptimizerSettings(0.02, 0.01, 0.01, 0, 0.95, 1, 1e-4, true);

    @TempDir
    Path work;

    @BeforeEach
    void writeCountingCorpus() throws IOException {
        // Documents count upwards from 1, 2, 3 or 4 in turn to 10 and end with 0, so that
        // the
        // next token is certain.
        int[] tokens = new int[900];
        int value = 1;
        int documents = 0;
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = value;
            if (value == 0) {
                documents++;
                value = 1 + documents % 4;
            }
            else {
                value = (value == 10) ? 0 : value + 1;
            }
        }
        int[] mask = new int[tokens.length];
        Arrays.fill(mask, 1);
        CorpusTests.write(this.work, "tokens", tokens, mask);
        Files.move(this.work.resolve("tokens-mask.bin"), this.work.resolve("loss-mask.bin"));
        CorpusTests.write(this.work, "validation", Arrays.copyOf(tokens, 90), Arrays.copyOf(mask, 90));
    }

    @Test
    void trainWhenNextTokenIsCertainLearnsIt() throws IOException {
        train(Schedule.of(5, 160, 0.3), options(1000, true));
        JsonNode last = lastLogLine();
        assertThat(last.path("validationAccuracy").asDouble()).isEqualTo(1);
        assertThat(last.path("exportedLoss").asDouble()).isLessThan(0.2);
    }

    @Test
    void trainWhenContinuedSeesTheBatchesOfARunThatWasNotStopped() throws IOException {
        train(new Schedule(2, 6, 12), options(1000, false));
        TensorFile uninterrupted = TensorFile.read(checkpoint());
        // Up to step 6 both schedules are on their plateau; the checkpoint then gets the
        // longer one.
        train(new Schedule(2, 5, 6), options(1000, false));
        TensorFile stopped = TensorFile.read(checkpoint());
        assertThat(stopped.metadata()).isNotEqualTo(uninterrupted.metadata());
        stopped.metadata().put("decayStart", "6");
        stopped.metadata().put("end", "12");
        stopped.write(checkpoint(), false);
        train(new Schedule(2, 5, 6), options(1000, true));
        // Parameters differ by rounding, see TrainableModelTests; the place in the corpus
        // must not.
        assertThat(TensorFile.read(checkpoint()).metadata()).isEqualTo(uninterrupted.metadata());
    }

    @Test
    void trainWhenStopFileNamesAStepEndsThere() throws IOException {
        Files.writeString(this.work.resolve("STOP-AT"), "5\n");
        train(Schedule.of(2, 12, 0.5), options(1000, false));
        assertThat(lastLogLine().path("step").asInt()).isEqualTo(5);
        assertThat(TensorFile.read(checkpoint()).metadata()).containsEntry("step", "5").containsEntry("end", "5");
    }

    /* As an editor leaves it for a moment. */
    @Test
    void trainWhenStopFileIsEmptyGoesOn() throws IOException {
        Files.writeString(this.work.resolve("STOP-AT"), "\n");
        train(Schedule.of(2, 3, 0.5), options(1000, false));
        assertThat(lastLogLine().path("step").asInt()).isEqualTo(3);
    }

    /* The work of hours is not given up for a slip of the pen. */
    @ParameterizedTest
    @ValueSource(strings = { "soon", "1e3", "99999999999", "0", "-4", "\u00ff" })
    void trainWhenStopFileNamesNoStepToComeSaysSoOnceAndGoesOn(String content) throws IOException {
        Path file = Files.writeString(this.work.resolve("STOP-AT"), content + "\n", StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            train(Schedule.of(2, 3, 0.5), options(1000, false));
        }
        finally {
            System.setErr(before);
        }
        assertThat(lastLogLine().path("step").asInt()).isEqualTo(3);
        assertThat(log.toString(StandardCharsets.UTF_8).lines().filter((line) -> line.contains("WARN"))).singleElement()
            .asString()
            .endsWith(file + " names no step after 0, so training goes on to step 3; write a later step into it, or "
                    + "remove it");
    }

    @Test
    void exportWritesEveryParameterAndTheConfiguration() throws IOException {
        train(Schedule.of(1, 3, 0.5), options(1000, false));
        Path target = this.work.resolve("model");
        Trainer.export(this.work, target, 0, List.of(2, 0));
        JsonNode config = new ObjectMapper().readTree(target.resolve("config.json").toFile());
        assertThat(config.path("model_type").asText()).isEqualTo("llama");
        assertThat(config.path("num_key_value_heads").asInt()).isEqualTo(1);
        assertThat(config.path("eos_token_id")).hasSize(2);
        // 8 bytes of length, the header, then 2 bytes per parameter
        byte[] file = Files.readAllBytes(target.resolve("model.safetensors"));
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat(file.length).isEqualTo(8 + header + 2 * SHAPE.parameterCount());
        assertThat(new String(file, 8, (int) header, StandardCharsets.UTF_8)).contains(SHAPE.parameters().keySet())
            .doesNotContain("optimizer");
    }

    @Test
    void trainWhenCheckpointExistsGoesOnFromIt() throws IOException {
        train(Schedule.of(2, 6, 0.5), options(1000, false));
        float[] trained = parameters();
        train(Schedule.of(2, 6, 0.5), options(1000, true));
        assertThat(parameters()).as("nothing is left to do").isEqualTo(trained);
    }

    @Test
    void trainWhenTokenIsBeyondTheVocabularyExplains() throws IOException {
        CorpusTests.write(this.work, "validation", new int[] { 1, 12, 0 }, new int[] { 1, 1, 1 });
        assertThatIllegalArgumentException().isThrownBy(() -> train(Schedule.of(2, 6, 0.5), options(1000, false)))
            .withMessage("The corpus holds token 12 but the vocabulary ends at 11; raise --vocabulary");
    }

    private void train(Schedule schedule, TrainingOptions options) throws IOException {
        Trainer.train(SHAPE, POLICY, OPTIMIZER, schedule, options);
    }

    private TrainingOptions options(int checkpointEvery, boolean resume) {
        return new TrainingOptions(this.work, 0, true, 16, 64, checkpointEvery, 1000, 4, 7, resume);
    }

    private Path checkpoint() {
        return this.work.resolve("checkpoints").resolve("last.safetensors");
    }

    private float[] parameters() throws IOException {
        return TensorFile.read(checkpoint()).tensors().get("model.embed_tokens.weight").values();
    }

    private JsonNode lastLogLine() throws IOException {
        String[] lines = Files.readString(this.work.resolve("train-log.jsonl")).split("\n");
        return new ObjectMapper().readTree(lines[lines.length - 1]);
    }

}
