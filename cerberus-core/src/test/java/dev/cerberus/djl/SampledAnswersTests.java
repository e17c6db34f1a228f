package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.cerberus.decode.BatchListener;
import dev.cerberus.decode.DecodeBatch;
import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeResult;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.BatchCost;
import dev.cerberus.gate.BatchCosts;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.DemoFixture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole answers of the demo model whose tokens are sampled where the scores are: those
 * that are written token by token from rows of logits.
 */
class SampledAnswersTests {

    private static final int TOKENS = 20;

    private static final Path MODEL = DemoFixture.model();

    private static DjlTargetModel shared;

    private static DjlTargetModel separate;

    private static DraftHeads sharedHeads;

    private final WatchedModel pooled = new WatchedModel(shared);

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(8);

    @BeforeAll
    static void load() {
        shared = PooledModels.pooled(MODEL);
        separate = PooledModels.separate(MODEL);
        try (Checkpoint checkpoint = Checkpoint.open(MODEL)) {
            sharedHeads = DjlDraftHeads.load(HeadsFile.read(MODEL.resolve("cerberus-heads.safetensors")),
                    OptionalInt.empty(), ModelConfig.read(MODEL), checkpoint, shared);
        }
    }

    @AfterAll
    static void close() {
        sharedHeads.close();
        separate.close();
        shared.close();
    }

    private DecodeRequest request(SamplingOptions sampling) {
        int[] prompt = this.random.ints(12, 3, this.pooled.dimensions().vocabularySize()).toArray();
        return new DecodeRequest(prompt, TOKENS, 0, Set.of(), sampling, Optional.empty(), 12, DraftingOptions.DEFAULT);
    }

    private List<DecodeRequest> plainlySampled() {
        List<DecodeRequest> requests = new ArrayList<>();
        for (double temperature : new double[] { 0.05, 0.4, 0.7, 1, 1.5 }) {
            requests.add(request(new SamplingOptions(temperature, 0, 1, this.random.nextLong())));
        }
        return requests;
    }

    private static DecodeSession session(WatchedModel model, Optional<DraftHeads> heads, DecodeRequest request) {
        CostCurve free = CostCurve.through(new int[] { 0, 12 }, new double[] { 1, 1 }, 0);
        Gate gate = heads.isPresent()
                ? new AlwaysGate(new TreeSizer(new BatchCosts(free, new BatchCost(free, 0)), new Experience()))
                : new NeverGate();
        return new DecodeSession(model, heads, gate, request, (token, origin) -> TokenSink.Signal.CONTINUE,
                DecodeListener.NONE);
    }

    /** Returns the answers to all requests, written together with drafts. */
    private List<DecodeResult> together(List<DecodeRequest> requests) {
        CostCurve free = CostCurve.through(new int[] { 0, 12 }, new double[] { 1, 1 }, 0);
        DraftHeads heads = this.pooled.watching(sharedHeads);
        try (DecodeBatch batch = new DecodeBatch(this.pooled, new BatchCosts(free, new BatchCost(free, 0)), 100_000, 0,
                64, BatchListener.NONE)) {
            List<DecodeSession> all = requests.stream()
                .map((request) -> session(this.pooled, Optional.of(heads), request))
                .toList();
            List<DecodeSession> open = new ArrayList<>(all);
            while (!open.isEmpty()) {
                assertThat(batch.step(open)).isEmpty();
                open.removeIf(DecodeSession::isFinished);
            }
            all.forEach(DecodeSession::close);
            return all.stream().map(DecodeSession::result).toList();
        }
    }

    /** Checks answers against those written alone, without drafts, by logits. */
    private static void assertWrittenTokenByToken(List<DecodeRequest> requests, List<DecodeResult> answers) {
        WatchedModel watched = new WatchedModel(separate);
        for (int i = 0; i < requests.size(); i++) {
            DecodeResult expected = session(watched, Optional.empty(), requests.get(i)).run();
            assertThat(answers.get(i).tokens()).as("%s", requests.get(i).sampling()).isEqualTo(expected.tokens());
        }
        assertThat(watched.reads()).isPositive();
    }

    @Test
    void plainlySampledAnswersNeedNoLogits() {
        List<DecodeRequest> requests = plainlySampled();
        requests.add(2, request(SamplingOptions.GREEDY));
        List<DecodeResult> answers = together(requests);
        assertThat(this.pooled.reads()).isZero();
        assertThat(this.pooled.largestForward()).isEqualTo(requests.size());
        assertThat(answers).allSatisfy((answer) -> assertThat(answer.tokens()).hasSize(TOKENS));
        assertThat(answers.stream().mapToInt((answer) -> answer.statistics().acceptedDraftTokens()).sum())
            .isGreaterThan(TOKENS);
        assertWrittenTokenByToken(requests, answers);
        // the same forwards once more, by their logits
        this.pooled.silence();
        List<DecodeResult> byLogits = together(requests);
        assertThat(this.pooled.reads()).isGreaterThanOrEqualTo((requests.size() - 1) * TOKENS);
        for (int i = 0; i < requests.size(); i++) {
            assertThat(byLogits.get(i).tokens()).isEqualTo(answers.get(i).tokens());
            assertThat(byLogits.get(i).statistics().acceptedDraftTokens())
                .isEqualTo(answers.get(i).statistics().acceptedDraftTokens());
        }
    }

    @Test
    void filteredAnswersNeedFewRowsOfLogits() {
        List<DecodeRequest> requests = List.of(request(new SamplingOptions(0.8, 40, 1, 1)),
                request(new SamplingOptions(0.8, 0, 0.9, 2)), request(new SamplingOptions(0.7, 20, 0.8, 3)),
                request(new SamplingOptions(1, 0, 1, 4).withMinP(0.05)));
        List<DecodeResult> answers = together(requests);
        assertThat(this.pooled.reads()).isBetween(1, requests.size() * TOKENS / 2);
        assertWrittenTokenByToken(requests, answers);
    }

    @Test
    void whatIsNotSampledByScoresAloneIsChosenByLogitsBesideOthers() {
        SamplingOptions plain = new SamplingOptions(0.8, 0, 1, 6);
        List<DecodeRequest> requests = List.of(request(plain.withRepetitionPenalty(1.1)), request(plain),
                request(plain).withLogprobs(2));
        List<DecodeResult> answers = together(requests);
        // the prompt, and no more than a span a token
        assertThat(this.pooled.samplings()).isBetween(1, TOKENS);
        assertThat(this.pooled.reads()).isGreaterThanOrEqualTo((requests.size() - 1) * TOKENS);
        assertWrittenTokenByToken(requests, answers);
    }

}
