package dev.cerberus.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HalfFloats;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TextWriterTests {

    private static final int[][] PROMPTS = { { 5, 6, 7 }, { 9 }, { 11, 12, 13, 14, 15, 16 }, { 40, 41 }, { 80 } };

    private static final int MAX_NEW = 15;

    @TempDir
    private Path directory;

    static List<String> models() {
        return TinyModels.names();
    }

    private DjlTargetModel load(String name) {
        TinyModels.write(name, this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            return DjlTargetModel.load(config, checkpoint, 64, TorchDevice.of("cpu"), Precision.FP32);
        }
    }

    private static List<Continuation> write(TextWriter writer, int ranks) {
        List<Continuation> all = new ArrayList<>();
        for (int i = 0; i < PROMPTS.length; i++) {
            all.add(new Continuation(PROMPTS[i], sampling(i), ranks));
        }
        int next = 0;
        while (!all.stream().allMatch(Continuation::isFinished)) {
            while (next < all.size() && writer.hasRoom(PROMPTS[next])) {
                writer.begin(all.get(next++));
            }
            writer.step();
        }
        return all;
    }

    private static SamplingOptions sampling(int index) {
        return (index % 2 == 0) ? SamplingOptions.GREEDY : new SamplingOptions(0.7, 0, 1, 100 + index);
    }

    @ParameterizedTest
    @MethodSource("models")
    void textIsWhatTheEngineDecodesAlone(String name) {
        List<Continuation> written;
        int end = 3;
        try (DjlTargetModel target = load(name);
                TextWriter writer = new TextWriter(target, 3, 1 << 20, MAX_NEW, Set.of(end))) {
            written = write(writer, 0);
        }
        try (DjlTargetModel model = load(name)) {
            for (int i = 0; i < PROMPTS.length; i++) {
                DecodeRequest request = new DecodeRequest(PROMPTS[i], MAX_NEW, 0, Set.of(end), sampling(i),
                        Optional.empty(), 1, DraftingOptions.HEADS_ALONE);
                int[] alone = new DecodeSession(model, Optional.empty(), new NeverGate(), request,
                        (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE)
                    .run()
                    .tokens();
                List<Integer> tokens = new ArrayList<>(written.get(i).tokens());
                if (tokens.size() > alone.length) { // the end is kept here
                    assertThat(tokens.remove(tokens.size() - 1)).isEqualTo(end);
                }
                assertThat(tokens).as("prompt %d", i).containsExactlyElementsOf(Arrays.stream(alone).boxed().toList());
            }
        }
    }

    @Test
    void everyTokenComesWithTheStateThatItWasChosenFrom() {
        List<Continuation> written;
        try (DjlTargetModel target = load("llama");
                TextWriter writer = new TextWriter(target, 2, 1 << 20, MAX_NEW, Set.of())) {
            written = write(writer, 2);
        }
        try (DjlTargetModel model = load("llama")) {
            for (Continuation continuation : written) {
                try (KvCache cache = model.newCache(64)) {
                    float[] states = bf16(continuation.hidden());
                    int[] next = continuation.prompt();
                    for (int i = 0; i < continuation.length(); i++) {
                        try (NodeScores scores = model.prefill(cache, next)) {
                            float[] expected = scores.hidden(0);
                            assertThat(Arrays.copyOfRange(states, i * expected.length, (i + 1) * expected.length))
                                .containsExactly(expected, within(0.02f));
                            assertThat(continuation.likely().get(i).tokens()[0]).isEqualTo(scores.argmax(0));
                        }
                        next = new int[] { continuation.tokens().get(i) };
                    }
                }
            }
        }
    }

    @Test
    void sequencesBeginWhereThereIsMemoryForTheirWholeLength() {
        try (DjlTargetModel target = load("llama");
                TextWriter writer = new TextWriter(target, 100, 0, MAX_NEW, Set.of())) {
            assertThat(writer.hasRoom(PROMPTS[0])).isTrue(); // one always fits
            writer.begin(new Continuation(PROMPTS[0], SamplingOptions.GREEDY, 0));
            assertThat(writer.hasRoom(PROMPTS[1])).isFalse();
            for (int i = 0; i < MAX_NEW; i++) {
                writer.step();
            }
            assertThat(writer.hasRoom(PROMPTS[1])).isTrue();
        }
    }

    @Test
    void likelyTokensComeByFallingProbability() {
        LikelyTokens likely = LikelyTokens.of(new float[] { 0, 2, 1, 2, -1 }, 3);
        assertThat(likely.tokens()).containsExactly(1, 3, 2);
        double total = 1 + 2 * Math.exp(2) + Math.exp(1) + Math.exp(-1);
        assertThat(likely.probabilities()).containsExactly(new float[] { (float) (Math.exp(2) / total),
                (float) (Math.exp(2) / total), (float) (Math.exp(1) / total) }, within(1e-6f));
        assertThat(LikelyTokens.of(new float[] { 1, 2 }, 8).tokens()).containsExactly(1, 0);
    }

    private static float[] bf16(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.length / Short.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = HalfFloats.fromBFloat16(buffer.getShort());
        }
        return values;
    }

}
