package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.ModelException;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;
import dev.cerberus.testing.ScriptedHeads;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

/**
 * What every way of decoding must do, with tokens equal to those that the target model
 * writes alone.
 */
abstract class AbstractDecoderContractTests {

    private static final int[] PROMPT = { 3, 1, 4, 1, 5 };

    private static final int HEADS = 4;

    private static final int MAX_NODES = 12;

    protected final ScriptedTargetModel model = new ScriptedTargetModel(40, 256);

    private final Recorder recorder = new Recorder();

    private SamplingOptions sampling = SamplingOptions.GREEDY;

    private double accuracy = 0.7;

    private Optional<ScriptedHeads> heads = Optional.empty();

    /** Returns a fresh gate of the kind under test. */
    protected abstract Gate gate();

    /** Returns the static shape under test, if it is one. */
    protected Optional<TreeShape> shape() {
        return Optional.empty();
    }

    /** Returns whether the decoder under test has draft heads at all. */
    protected boolean hasHeads() {
        return true;
    }

    /** Returns a sizer for the same machine where there are no heads to be run. */
    protected static TreeSizer sizerWithoutHeads() {
        return new TreeSizer(CostCurve.through(new int[] { 0, 4, MAX_NODES }, new double[] { 1, 1.5, 2.5 }, 0),
                new Experience());
    }

    /** Returns whether every step drafts as long as there is room and budget. */
    protected boolean draftsEveryStep() {
        return false;
    }

    /** Returns a sizer for a machine on which four nodes cost half a plain step more. */
    protected static TreeSizer sizer() {
        return new TreeSizer(CostCurve.through(new int[] { 0, 4, MAX_NODES }, new double[] { 1, 1.5, 2.5 }, 0.1),
                new Experience());
    }

    private DecodeRequest request(int maxTokens, int minTokens, Set<Integer> endOfSequence) {
        return new DecodeRequest(PROMPT, maxTokens, minTokens, endOfSequence, this.sampling, shape(), MAX_NODES,
                DraftingOptions.DEFAULT);
    }

    private DecodeSession session(DecodeRequest request, TokenSink sink) {
        this.heads = hasHeads() ? Optional.of(new ScriptedHeads(this.model, HEADS, this.accuracy, this.sampling))
                : Optional.empty();
        return new DecodeSession(this.model, this.heads.map((present) -> (DraftHeads) present), gate(), request, sink,
                this.recorder);
    }

    private DecodeResult run(DecodeRequest request, TokenSink sink) {
        DecodeResult result = session(request, sink).run();
        assertThat(this.model.openCaches()).as("caches left open").isZero();
        assertThat(this.model.openScores()).as("scores left open").isZero();
        return result;
    }

    private DecodeResult run(DecodeRequest request) {
        return run(request, this.recorder);
    }

    private int[] expected(int tokens) {
        return this.model.continuation(PROMPT, tokens, this.sampling);
    }

    /** Returns the first index from the given one on whose token did not occur before. */
    private static int firstNew(int[] tokens, int from) {
        for (int i = from; i < tokens.length; i++) {
            int token = tokens[i];
            if (Arrays.stream(tokens, 0, i).noneMatch((earlier) -> earlier == token)) {
                return i;
            }
        }
        throw new AssertionError("no new token from " + from + " on in " + Arrays.toString(tokens));
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0, 0.3, 0.7, 1 })
    void greedyTextEqualsTheTargetsOwn(double headAccuracy) {
        this.accuracy = headAccuracy;
        DecodeResult result = run(request(120, 0, Set.of()));
        assertThat(result.tokens()).isEqualTo(expected(120));
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(this.recorder.tokens).isEqualTo(Arrays.stream(result.tokens()).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
    void sampledTextEqualsTheTargetsOwnWithTheSameSeed(long seed) {
        this.sampling = new SamplingOptions(0.8, 20, 0.95, seed);
        assertThat(run(request(60, 0, Set.of())).tokens()).isEqualTo(expected(60));
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 3 })
    void textThatTheModelSamplesItselfEqualsTheTargetsOwn(long seed) {
        this.model.choosing((token) -> token);
        this.sampling = new SamplingOptions(0.8, 0, 1, seed);
        assertThat(run(request(60, 0, Set.of())).tokens()).isEqualTo(expected(60));
    }

    @ParameterizedTest
    @ValueSource(doubles = { 1.05, 1.3, 4, 0.8 })
    void penalisedTextEqualsTheTargetsOwn(double penalty) {
        this.model.withReach(2); // goes in circles where it is not penalised
        for (double temperature : new double[] { 0, 0.2, 1 }) {
            this.sampling = new SamplingOptions(temperature, 0, 0.9, penalty, 11);
            assertThat(run(request(100, 0, Set.of())).tokens()).isEqualTo(expected(100));
        }
        assertThat(this.model.continuation(PROMPT, 100, this.sampling))
            .isNotEqualTo(this.model.continuation(PROMPT, 100, this.sampling.withRepetitionPenalty(1)));
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0.3, 1, -0.4 })
    void textPenalisedByTheAnswerEqualsTheTargetsOwn(double penalty) {
        this.model.withReach(2);
        this.accuracy = 0.9;
        for (double temperature : new double[] { 0, 0.2, 1 }) {
            SamplingOptions plain = new SamplingOptions(temperature, 0, 0.9, 1.1, 12);
            this.sampling = plain.withAnswerPenalties(penalty, 0);
            int[] frequency = run(request(100, 0, Set.of())).tokens();
            assertThat(frequency).isEqualTo(expected(100));
            this.sampling = plain.withAnswerPenalties(0, penalty);
            assertThat(run(request(100, 0, Set.of())).tokens()).isEqualTo(expected(100)).isNotEqualTo(frequency);
            this.sampling = plain.withAnswerPenalties(penalty, -2 * penalty);
            assertThat(run(request(100, 0, Set.of())).tokens()).isEqualTo(expected(100));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0, 0.7, 2 })
    void textUnderABiasEqualsTheTargetsOwn(double temperature) {
        this.sampling = new SamplingOptions(temperature, 0, 1, 13)
            .withLogitBias(Map.of(7, 2.0, 8, -100.0, 9, -3.5, 39, 1.0));
        int[] tokens = run(request(100, 0, Set.of())).tokens();
        assertThat(tokens).isEqualTo(expected(100)).doesNotContain(8);
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0.02, 0.3, 1 })
    void textAboveALeastProbabilityEqualsTheTargetsOwn(double minP) {
        this.sampling = new SamplingOptions(1.5, 30, 0.95, 14).withMinP(minP);
        int[] tokens = run(request(100, 0, Set.of())).tokens();
        assertThat(tokens).isEqualTo(expected(100));
        if (minP == 1) {
            assertThat(tokens).isEqualTo(this.model.continuation(PROMPT, 100, SamplingOptions.GREEDY));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0, 1 })
    void probabilitiesAreTheTargetsOwnWhateverTheChoiceIsMadeOf(double temperature) {
        this.accuracy = 0.9;
        this.sampling = new SamplingOptions(temperature, 5, 0.9, 1.2, 15).withAnswerPenalties(0.2, 0.1)
            .withLogitBias(Map.of(3, 1.0));
        DecodeResult result = run(request(60, 0, Set.of()).withLogprobs(3));
        assertThat(result.tokens()).isEqualTo(expected(60));
        assertThat(result.logprobs()).hasSize(60);
        int[] text = Arrays.copyOf(PROMPT, PROMPT.length + 60);
        System.arraycopy(result.tokens(), 0, text, PROMPT.length, 60);
        for (int i = 0; i < 60; i++) {
            float[] logits = this.model.logitsAfter(Arrays.copyOf(text, PROMPT.length + i));
            double total = 0;
            for (float logit : logits) {
                total += Math.exp(logit);
            }
            TokenLogprobs known = result.logprobs().get(i);
            assertThat(known.token()).isEqualTo(result.tokens()[i]);
            assertThat(known.logprob()).isCloseTo(logits[known.token()] - Math.log(total), within(1e-9));
            assertThat(known.topTokens()).hasSize(3);
            assertThat(known.topTokens()[0]).isEqualTo(TokenSampler.argmax(logits));
            assertThat(known.topLogprobs()[0]).isGreaterThanOrEqualTo(known.topLogprobs()[1]);
            assertThat(known.topLogprobs()[1]).isGreaterThanOrEqualTo(known.topLogprobs()[2]);
            assertThat(known.topLogprobs()[2]).isCloseTo(logits[known.topTokens()[2]] - Math.log(total), within(1e-9));
        }
    }

    @Test
    void probabilitiesEndWithTheAnswer() {
        this.accuracy = 1;
        int[] all = expected(40);
        int at = firstNew(all, 5);
        DecodeResult result = run(request(40, 0, Set.of(all[at])).withLogprobs(0));
        assertThat(result.logprobs().stream().mapToInt(TokenLogprobs::token).toArray())
            .isEqualTo(Arrays.copyOf(all, at));
        assertThat(result.logprobs().get(0).topTokens()).isEmpty();
        assertThat(run(request(40, 0, Set.of())).logprobs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 7, 13, 40 })
    void treesNeverCrossTheEndOfABlockOfTheCache(int tokens) {
        this.model.withBlocks(tokens); // which fails where a tree does
        this.accuracy = 0.9;
        DecodeResult result = run(request(120, 0, Set.of()));
        assertThat(result.tokens()).isEqualTo(expected(120));
        if (tokens == 1) {
            assertThat(result.statistics().draftedTokens()).isZero();
        }
        else if (draftsEveryStep() && tokens == 40) {
            assertThat(result.statistics().acceptanceLength()).isGreaterThan(1.5);
        }
    }

    @Test
    void sampledTextsOfTwoSeedsDiffer() {
        this.sampling = new SamplingOptions(1, 0, 1, 1);
        int[] one = run(request(30, 0, Set.of())).tokens();
        this.sampling = new SamplingOptions(1, 0, 1, 2);
        assertThat(run(request(30, 0, Set.of())).tokens()).isNotEqualTo(one);
    }

    @Test
    void runTwiceGivesTheSameText() {
        this.sampling = new SamplingOptions(1.5, 0, 0.9, 77);
        assertThat(run(request(40, 0, Set.of())).tokens()).isEqualTo(run(request(40, 0, Set.of())).tokens());
    }

    @Test
    void endOfSequenceFirstGivesAnEmptyAnswer() {
        DecodeResult result = run(request(20, 0, Set.of(expected(1)[0])));
        assertThat(result.tokens()).isEmpty();
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(result.statistics().steps()).isZero();
        assertThat(this.recorder.tokens).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 8 })
    void endOfSequenceEndsTheAnswerWhereverItLiesInAPath(int from) {
        this.accuracy = 1;
        int[] all = expected(40);
        int at = firstNew(all, from);
        DecodeResult result = run(request(40, 0, Set.of(all[at])));
        assertThat(result.tokens()).isEqualTo(Arrays.copyOf(all, at));
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        // One token from the prompt's forward, then one per step, the end-of-sequence
        // token among them, and those accepted; nothing behind the end.
        assertThat(1 + result.statistics().steps() + result.statistics().acceptedDraftTokens()).isEqualTo(at + 1);
        assertThat(this.recorder.draftTokens).isEqualTo(result.statistics().acceptedDraftTokens());
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0, 0.8 })
    void endOfSequenceIsNotChosenBeforeMinTokens(double temperature) {
        this.accuracy = 1;
        this.sampling = new SamplingOptions(temperature, 0, 1, 7);
        int[] plain = expected(40);
        Set<Integer> ends = Set.of(plain[0], plain[2], plain[firstNew(plain, 12)]);
        // What is chosen where the ends are ruled out, one token after another.
        int[] sequence = Arrays.copyOf(PROMPT, PROMPT.length + 40);
        TokenSampler sampler = new TokenSampler(this.sampling);
        int count = 0;
        while (count < 40) {
            int at = PROMPT.length + count;
            float[] logits = this.model.logitsAfter(Arrays.copyOf(sequence, at));
            if (count < 10) {
                ends.forEach((end) -> logits[end] = Float.NEGATIVE_INFINITY);
            }
            sequence[at] = sampler.choose(logits, at);
            if (ends.contains(sequence[at])) {
                break;
            }
            count++;
        }
        DecodeResult result = run(request(40, 10, ends));
        assertThat(result.tokens()).isEqualTo(Arrays.copyOfRange(sequence, PROMPT.length, PROMPT.length + count))
            .hasSizeGreaterThanOrEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })
    void maxTokensIsExactWhereverItLiesInAPath(int maxTokens) {
        this.accuracy = 1;
        DecodeResult result = run(request(maxTokens, 0, Set.of()));
        assertThat(result.tokens()).isEqualTo(expected(maxTokens));
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(this.recorder.tokens).hasSize(maxTokens);
    }

    @ParameterizedTest
    @ValueSource(ints = { 6, 7, 8, 9, 13, 21 })
    void contextEndsTheAnswerExactlyAtItsEnd(int context) {
        this.accuracy = 1;
        ScriptedTargetModel small = new ScriptedTargetModel(40, context);
        Optional<DraftHeads> drafting = hasHeads()
                ? Optional.of(new ScriptedHeads(small, HEADS, 1, SamplingOptions.GREEDY)) : Optional.empty();
        DecodeResult result = new DecodeSession(small, drafting, gate(), request(100, 0, Set.of()), this.recorder,
                this.recorder)
            .run();
        assertThat(result.tokens()).isEqualTo(small.continuation(PROMPT, context - PROMPT.length, this.sampling));
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        small.close();
    }

    @Test
    void promptThatFillsTheContextIsRefused() {
        ScriptedTargetModel small = new ScriptedTargetModel(40, PROMPT.length);
        assertThatExceptionOfType(PromptTooLongException.class)
            .isThrownBy(() -> new DecodeSession(small, Optional.empty(), gate(), request(10, 0, Set.of()),
                    this.recorder, this.recorder))
            .withMessageContaining("5 tokens")
            .satisfies((ex) -> assertThat(ex.promptTokens()).isEqualTo(5))
            .satisfies((ex) -> assertThat(ex.contextTokens()).isEqualTo(5));
        small.close();
    }

    @Test
    void emptyPromptIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> DecodeRequest.greedy(new int[0], 5))
            .withMessage("the prompt is empty; decoding needs at least one token");
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7 })
    void sinkThatStopsDropsTheRestOfThePath(int wanted) {
        this.accuracy = 1;
        this.recorder.endAfter(wanted, TokenSink.Signal.STOP);
        DecodeResult result = run(request(40, 0, Set.of()));
        assertThat(result.tokens()).isEqualTo(expected(wanted));
        assertThat(this.recorder.tokens).hasSize(wanted);
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(result.statistics().acceptedDraftTokens()).isEqualTo(this.recorder.draftTokens)
            .isEqualTo(this.recorder.steps.stream().mapToInt(DecodeStep::acceptedDraftTokens).sum());
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7 })
    void cancelInThePathKeepsWhatWasWrittenAndFreesTheCache(int wanted) {
        this.accuracy = 1;
        this.recorder.endAfter(wanted, TokenSink.Signal.CANCEL);
        DecodeResult result = run(request(40, 0, Set.of()));
        assertThat(result.tokens()).isEqualTo(expected(wanted));
        assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void cancelBetweenStepsLeavesTheCommittedTextInTheCache() {
        try (DecodeSession session = session(request(40, 0, Set.of()), this.recorder)) {
            session.step();
            session.step();
            session.cancel();
            assertThat(session.step()).isFalse();
            // The last token has not been through the model yet.
            assertThat(session.cachedTokens()).isEqualTo(PROMPT.length + this.recorder.tokens.size() - 1);
            assertThat(session.result().finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(session.result().tokens()).isEqualTo(expected(this.recorder.tokens.size()));
        }
        this.model.close();
    }

    @Test
    void closeBeforeTheEndFreesEverythingAndCountsAsCancelled() {
        DecodeSession session = session(request(40, 0, Set.of()), this.recorder);
        session.step();
        assertThatIllegalStateException().isThrownBy(session::result).withMessageContaining("not finished");
        session.close();
        session.close();
        assertThat(session.step()).isFalse();
        assertThat(session.result().finishReason()).isEqualTo(FinishReason.CANCELLED);
        this.model.close();
    }

    @Test
    void failingForwardLeavesTheSessionClosable() {
        this.model.failAtForward(3);
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> run(request(40, 0, Set.of())))
            .withMessageContaining("as told");
        this.model.close();
        this.model.failAtForward(Integer.MAX_VALUE);
        this.recorder.tokens.clear();
        assertThat(run(request(40, 0, Set.of())).tokens()).as("the model is still usable").isEqualTo(expected(40));
    }

    @Test
    void headsRunOnlyWhereADraftTokenCouldBeKept() {
        this.accuracy = 1;
        DecodeResult result = run(request(2, 0, Set.of()));
        // The first token comes from the prompt's forward, the second from a plain step.
        assertThat(result.statistics().steps()).isEqualTo(1);
        assertThat(this.heads.map(ScriptedHeads::drafts).orElse(0)).isZero();
        if (draftsEveryStep()) {
            run(request(3, 0, Set.of()));
            assertThat(this.heads.orElseThrow().drafts()).isEqualTo(1);
        }
    }

    @Test
    void statisticsAndStepsTellTheSame() {
        DecodeStatistics statistics = run(request(80, 0, Set.of())).statistics();
        List<DecodeStep> steps = this.recorder.steps;
        assertThat(statistics.promptTokens()).isEqualTo(PROMPT.length).isEqualTo(this.recorder.promptTokens);
        assertThat(statistics.steps()).isEqualTo(steps.size()).isEqualTo(this.model.forwards());
        assertThat(statistics.draftSteps()).isEqualTo((int) steps.stream().filter(DecodeStep::drafted).count());
        assertThat(statistics.draftedTokens()).isEqualTo(steps.stream().mapToInt(DecodeStep::nodes).sum());
        assertThat(statistics.acceptedDraftTokens())
            .isEqualTo(steps.stream().mapToInt(DecodeStep::acceptedDraftTokens).sum());
        assertThat(statistics.zeroAcceptSteps()).isEqualTo(
                (int) steps.stream().filter((step) -> step.drafted() && step.acceptedDraftTokens() == 0).count());
        // One token from the prompt's forward, then one per step and those accepted.
        assertThat(1 + statistics.steps() + statistics.acceptedDraftTokens()).isEqualTo(80);
        assertThat(this.recorder.draftTokens).isEqualTo(statistics.acceptedDraftTokens());
        assertThat(statistics.acceptanceLength()).isCloseTo(79.0 / statistics.steps(), within(1e-12));
        if (draftsEveryStep()) {
            assertThat(statistics.acceptanceLength()).isGreaterThan(1.5);
            // Looked-up tokens may lie below the last head.
            assertThat(steps).allSatisfy((step) -> assertThat(step.draftDepth()).isLessThanOrEqualTo(step.nodes()));
        }
    }

    private static final class Recorder implements TokenSink, DecodeListener {

        private final List<Integer> tokens = new ArrayList<>();

        private final List<DecodeStep> steps = new ArrayList<>();

        private int promptTokens;

        private int draftTokens;

        private int wanted = Integer.MAX_VALUE;

        private Signal last = Signal.CONTINUE;

        void endAfter(int count, Signal signal) {
            this.wanted = count;
            this.last = signal;
        }

        @Override
        public Signal accept(int token, TokenOrigin origin) {
            this.tokens.add(token);
            this.draftTokens += (origin == TokenOrigin.DRAFT) ? 1 : 0;
            return (this.tokens.size() == this.wanted) ? this.last : Signal.CONTINUE;
        }

        @Override
        public void onPrefill(int count, double seconds) {
            this.promptTokens = count;
        }

        @Override
        public void onStep(DecodeStep step) {
            this.steps.add(step);
        }

    }

}
