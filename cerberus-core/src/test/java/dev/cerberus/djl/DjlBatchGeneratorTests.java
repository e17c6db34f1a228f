package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HalfFloats;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DjlBatchGeneratorTests {

    private static final int[][] PROMPTS = { { 5, 6, 7 }, { 9 }, { 11, 12, 13, 14, 15, 16 }, { 40, 41 }, { 80 } };

    private static final int[] LENGTHS = { 12, 4, 9, 15, 7 };

    @TempDir
    private Path directory;

    static List<String> models() {
        return TinyModels.names();
    }

    @ParameterizedTest
    @MethodSource("models")
    void tokensWhenSequencesShareStepsAndSlotsEqualThoseDecodedAlone(String name) {
        TinyModels.write(name, this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory);
                DjlBatchGenerator generator = DjlBatchGenerator.load(config, checkpoint, TorchDevice.of("cpu"),
                        Precision.FP32, 3, 40, 1, 2);
                DjlTargetModel model = DjlTargetModel.load(config, checkpoint, 64, TorchDevice.of("cpu"),
                        Precision.FP32)) {
            List<List<Integer>> texts = write(generator);
            for (int i = 0; i < PROMPTS.length; i++) {
                int[] alone = new DecodeSession(model, Optional.empty(), new NeverGate(),
                        DecodeRequest.greedy(PROMPTS[i], LENGTHS[i]), (token, origin) -> TokenSink.Signal.CONTINUE,
                        DecodeListener.NONE)
                    .run()
                    .tokens();
                assertThat(texts.get(i)).as("prompt %d", i)
                    .containsExactlyElementsOf(Arrays.stream(alone).boxed().toList());
            }
        }
    }

    @Test
    void hiddenIsTheStateThatTheTokenWasChosenFrom() {
        TinyModels.write("llama", this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory);
                DjlBatchGenerator generator = DjlBatchGenerator.load(config, checkpoint, TorchDevice.of("cpu"),
                        Precision.FP32, 2, 40, 1, 2);
                DjlTargetModel model = DjlTargetModel.load(config, checkpoint, 64, TorchDevice.of("cpu"),
                        Precision.FP32);
                KvCache cache = model.newCache(20)) {
            DjlBatchGenerator.Written first = generator.begin(new int[] { 5, 6, 7 }, -1);
            try (NodeScores scores = model.prefill(cache, new int[] { 5, 6, 7 })) {
                assertThat(bf16(first.hidden())).containsExactly(scores.hidden(0), within(0.02f));
            }
            DjlBatchGenerator.Written second = generator.advance(new double[] { -1 });
            try (NodeScores scores = model.prefill(cache, new int[] { first.tokens()[0] })) {
                assertThat(bf16(second.hidden())).containsExactly(scores.hidden(0), within(0.02f));
                assertThat(second.tokens()[0]).isEqualTo(scores.argmax(0));
                assertThat(second.likely()[0][0]).isEqualTo(scores.argmax(0));
            }
        }
    }

    @Test
    void tokenWhenSampledIsWhereTheCumulativeProbabilityPassesTheNumber() {
        TinyModels.write("llama", this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory);
                DjlBatchGenerator generator = DjlBatchGenerator.load(config, checkpoint, TorchDevice.of("cpu"),
                        Precision.FP32, 4, 40, 0.7, 2);
                DjlTargetModel model = DjlTargetModel.load(config, checkpoint, 64, TorchDevice.of("cpu"),
                        Precision.FP32);
                KvCache cache = model.newCache(20);
                NodeScores scores = model.prefill(cache, new int[] { 5, 6, 7 })) {
            for (double uniform : new double[] { 0.001, 0.3, 0.6, 0.97 }) {
                int token = generator.begin(new int[] { 5, 6, 7 }, uniform).tokens()[0];
                double[] p = new double[TinyModels.VOCABULARY];
                double total = 0;
                for (int i = 0; i < p.length; i++) {
                    p[i] = Math.exp(scores.logits(0)[i] / 0.7);
                    total += p[i];
                }
                double below = 0;
                for (int i = 0; i < token; i++) {
                    below += p[i] / total;
                }
                assertThat(uniform).isBetween(below - 1e-5, below + p[token] / total + 1e-5);
            }
        }
    }

    private static List<List<Integer>> write(DjlBatchGenerator generator) {
        List<List<Integer>> texts = new ArrayList<>();
        List<Integer> running = new ArrayList<>();
        int next = 0;
        while (next < PROMPTS.length || !running.isEmpty()) {
            while (next < PROMPTS.length && generator.hasRoom()) {
                texts.add(new ArrayList<>(List.of(generator.begin(PROMPTS[next], -1).tokens()[0])));
                running.add(next++);
            }
            double[] greedy = new double[running.size()];
            Arrays.fill(greedy, -1);
            int[] tokens = generator.advance(greedy).tokens();
            for (int slot = 0; slot < tokens.length; slot++) {
                texts.get(running.get(slot)).add(tokens[slot]);
            }
            for (int slot = tokens.length - 1; slot >= 0; slot--) {
                if (texts.get(running.get(slot)).size() == LENGTHS[running.get(slot)]) {
                    generator.end(slot);
                    int last = running.remove(running.size() - 1);
                    if (slot < running.size()) {
                        running.set(slot, last);
                    }
                }
            }
        }
        return texts;
    }

    private static float[] bf16(byte[] bytes) {
        float[] values = new float[bytes.length / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = HalfFloats.fromBFloat16((short) ((bytes[2 * i] & 0xff) | (bytes[2 * i + 1] << 8)));
        }
        return values;
    }

}
