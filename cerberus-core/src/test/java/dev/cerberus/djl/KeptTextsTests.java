package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.cerberus.decode.BatchListener;
import dev.cerberus.decode.DecodeBatch;
import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.gate.BatchCost;
import dev.cerberus.gate.BatchCosts;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that go on where others were, in caches of their own, of others, and of those
 * that still run, whose rows lie side by side or alone: each answers as if it had read
 * its whole text itself.
 */
class KeptTextsTests {

    private static final int REQUESTS = 16;

    private static final int ANSWER = 30;

    @TempDir
    private Path directory;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4);

    private final List<int[]> texts = new ArrayList<>();

    private int known;

    private void write() {
        TinyModels.writeConfigured("""
                {"architectures": ["LlamaForCausalLM"], "hidden_size": 32, "intermediate_size": 48,
                 "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
                 "vocab_size": 97, "max_position_embeddings": 2048, "rms_norm_eps": 1e-5, "rope_theta": 10000.0}""",
                this.directory);
    }

    private DecodeRequest request() {
        int[] beginning = {};
        if (!this.texts.isEmpty() && this.random.nextInt(4) > 0) {
            int[] text = this.texts.get(this.random.nextInt(this.texts.size()));
            beginning = this.random.nextBoolean() ? text : Arrays.copyOf(text, this.random.nextInt(text.length));
        }
        int own = beginning.length == 0 ? 450 + this.random.nextInt(200) : 1 + this.random.nextInt(60);
        int[] prompt = this.random.ints(beginning.length + own, 0, 97).toArray();
        System.arraycopy(beginning, 0, prompt, 0, beginning.length);
        if (prompt.length > 1500) {
            prompt = Arrays.copyOf(prompt, 1500);
        }
        SamplingOptions sampling = new SamplingOptions(this.random.nextInt(2), 0, 1, this.random.nextLong());
        return new DecodeRequest(prompt, ANSWER, 0, Set.of(), sampling, Optional.empty(), 12, DraftingOptions.DEFAULT);
    }

    @ParameterizedTest
    @EnumSource
    void whoGoesOnWhereOthersWereAnswersAsIfItHadReadAllItself(ExactFormat format) {
        write();
        CostCurve unknown = CostCurve.through(new int[] { 0 }, new double[] { 1 }, 0);
        BatchListener listener = new BatchListener() {
            @Override
            public void onPrefix(int knownTokens, int readTokens) {
                KeptTextsTests.this.known += knownTokens;
            }
        };
        try (DjlTargetModel model = format.load(this.directory);
                DecodeBatch batch = new DecodeBatch(model, new BatchCosts(unknown, new BatchCost(unknown, 0)), 6000,
                        3000, 64, listener)) {
            Map<DecodeSession, DecodeRequest> open = new IdentityHashMap<>();
            List<DecodeSession> running = new ArrayList<>();
            int asked = 0;
            int answered = 0;
            while (answered < REQUESTS) {
                while (asked < REQUESTS && running.size() < 4 && this.random.nextInt(3) > 0) {
                    DecodeRequest request = request();
                    DecodeSession session = session(model, request);
                    open.put(session, request);
                    running.add(session);
                    this.texts.add(request.prompt());
                    asked++;
                }
                assertThat(batch.step(running)).isEmpty();
                for (DecodeSession session : List.copyOf(running)) {
                    if (session.isFinished()) {
                        DecodeRequest request = open.get(session);
                        int[] answer = session.result().tokens();
                        assertThat(answer).isEqualTo(session(model, request).run().tokens());
                        int[] whole = Arrays.copyOf(request.prompt(), request.prompt().length + answer.length);
                        System.arraycopy(answer, 0, whole, request.prompt().length, answer.length);
                        this.texts.add(whole);
                        session.close();
                        running.remove(session);
                        answered++;
                    }
                }
            }
        }
        assertThat(this.known).as("tokens that were not read again").isGreaterThan(REQUESTS * 200);
    }

    private static DecodeSession session(DjlTargetModel model, DecodeRequest request) {
        return new DecodeSession(model, Optional.empty(), new NeverGate(), request,
                (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE);
    }

}
