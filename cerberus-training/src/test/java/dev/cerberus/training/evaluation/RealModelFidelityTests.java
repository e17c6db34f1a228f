package dev.cerberus.training.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.testing.TestData;
import dev.cerberus.training.evaluation.Fidelity.ScoredText;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What int8 does to a public model that people use, on answers that another
 * implementation wrote.
 */
class RealModelFidelityTests {

    private static final int ANSWERS = 3;

    /* Few positions, so the bounds are looser than what is documented. */
    @Test
    void int8StaysCloseToFp32OnAnswersOfTheModel() throws IOException {
        TorchDevice cpu = TorchDevice.of("cpu");
        Assumptions.assumeTrue(cpu.precisions().contains(Precision.INT8), "skipped: this CPU has no int8");
        List<ScoredText> answers = answers();
        int longest = answers.stream().mapToInt((answer) -> answer.tokens().length).max().orElseThrow();
        ModelDirectory directory = model();
        try (Checkpoint checkpoint = directory.openCheckpoint();
                DjlTargetModel fp32 = DjlTargetModel.load(directory.config(), checkpoint, longest, cpu, Precision.FP32);
                DjlTargetModel int8 = DjlTargetModel.load(directory.config(), checkpoint, longest, cpu,
                        Precision.INT8)) {
            Fidelity fidelity = Fidelity.measure(fp32, int8, answers);
            assertThat(fidelity.positions()).isGreaterThan(150);
            assertThat(fidelity.agreement()).isGreaterThanOrEqualTo(0.9);
            assertThat(fidelity.divergenceNats()).isBetween(1e-5, 0.02);
            assertThat(fidelity.perplexity() / fidelity.referencePerplexity()).isBetween(0.95, 1.05);
        }
    }

    private static ModelDirectory model() throws IOException {
        try (Stream<Path> files = Files.list(TestData.require("models/smollm2-135m-instruct"))) {
            Path gguf = files.filter((file) -> file.toString().endsWith(".gguf")).findFirst().orElseThrow();
            return ModelDirectory.open(gguf);
        }
        catch (ModelFileException ex) {
            return Assumptions.abort("skipped: this build reads no GGUF files: " + ex.getMessage());
        }
    }

    private static List<ScoredText> answers() throws IOException {
        List<ScoredText> answers = new ArrayList<>();
        for (String line : Files.readAllLines(TestData.require("oracle/smollm2-135m-instruct.jsonl"))
            .subList(0, ANSWERS)) {
            JsonNode record = new ObjectMapper().readTree(line);
            int given = record.get("ids").size();
            int[] tokens = Stream.of("ids", "greedy")
                .flatMap((part) -> record.get(part).valueStream())
                .mapToInt(JsonNode::intValue)
                .toArray();
            answers.add(new ScoredText(tokens, given));
        }
        return answers;
    }

}
