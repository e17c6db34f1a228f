package dev.cerberus.decode;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.StepCosts;
import dev.cerberus.gate.StepOutcome;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.tree.LiveMemory;
import dev.cerberus.tree.Recollection;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers of late as an opinion in drafts of further ones, without heads.
 */
class LiveDraftsTests {

    private static final int TOKENS = 120;

    private static final int VOCABULARY = 5000;

    private final StepCosts costs = new FixedCosts(
            CostCurve.through(new int[] { 0, 4, 16 }, new double[] { 1, 1.2, 1.8 }, 0));

    private final ScriptedTargetModel model = new ScriptedTargetModel(VOCABULARY, 1024);

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4);

    private final LiveMemory memory = new LiveMemory(10_000);

    private final Experience experience = new Experience();

    private final LookupTrust trust = new LookupTrust();

    private double plainSteps; // time of all answers

    private DecodeResult answer(ScriptedTargetModel from, int[] prompt, SamplingOptions sampling,
            List<Recollection> others) {
        DecodeRequest request = new DecodeRequest(prompt, TOKENS, 0, Set.of(), sampling, Optional.empty(), 16,
                DraftingOptions.DEFAULT);
        DecodeListener clock = new DecodeListener() {
            @Override
            public void onStep(DecodeStep step) {
                LiveDraftsTests.this.plainSteps += LiveDraftsTests.this.costs.plainSteps(step.nodes());
            }
        };
        DecodeResult result = new DecodeSession(from, Optional.empty(),
                new AdaptiveGate(new TreeSizer(this.costs, this.experience)), others, this.trust, request,
                (token, origin) -> TokenSink.Signal.CONTINUE, clock)
            .run();
        assertThat(result.tokens()).isEqualTo(from.continuation(prompt, TOKENS, sampling));
        return result;
    }

    private int[] prompt() {
        return this.random.ints(20, 0, VOCABULARY).toArray();
    }

    @Test
    void theSameQuestionAskedAgainIsAnsweredThreeTimesAsFast() {
        for (SamplingOptions sampling : List.of(SamplingOptions.GREEDY, new SamplingOptions(0.7, 0, 1, 5))) {
            int[] prompt = prompt();
            assertThat(answer(this.model, prompt, sampling, List.of(this.memory)).statistics().acceptanceLength())
                .isLessThan(1.2);
            this.plainSteps = 0;
            DecodeResult again = answer(this.model, prompt, sampling, List.of(this.memory));
            assertThat(again.statistics().acceptanceLength()).isGreaterThan(4);
            assertThat(TOKENS / this.plainSteps).isGreaterThan(3);
        }
    }

    @Test
    void lettersThatDifferByANameAreWrittenThreeTimesAsFast() {
        ScriptedTargetModel forgetful = new ScriptedTargetModel(VOCABULARY, 1024).withReach(3);
        int[] letter = prompt();
        for (int i = 0; i < 6; i++) {
            letter[10] = this.random.nextInt(VOCABULARY); // the name
            this.plainSteps = 0;
            answer(forgetful, letter, SamplingOptions.GREEDY, List.of(this.memory));
        }
        assertThat(TOKENS / this.plainSteps).isGreaterThan(3);
    }

    @Test
    void anUnrelatedLoadIsAsFastAsWithoutMemory() {
        // of few tokens, so that short matches come by chance
        ScriptedTargetModel wordy = new ScriptedTargetModel(60, 1024);
        int[][] prompts = new int[40][];
        Arrays.setAll(prompts, (i) -> this.random.ints(20, 0, 60).toArray());
        double[] time = new double[2];
        for (int live = 0; live < 2; live++) {
            LiveDraftsTests fresh = new LiveDraftsTests();
            for (int[] prompt : prompts) {
                fresh.answer(wordy, prompt, SamplingOptions.GREEDY, (live == 0) ? List.of() : List.of(fresh.memory));
            }
            time[live] = fresh.plainSteps;
        }
        assertThat(time[1] / time[0]).isBetween(0.99, 1.01);
    }

    @Test
    void whatWasCancelledIsNotRemembered() {
        int[] prompt = prompt();
        DecodeRequest request = new DecodeRequest(prompt, TOKENS, 0, Set.of(), SamplingOptions.GREEDY, Optional.empty(),
                16, DraftingOptions.DEFAULT);
        int[] left = { 30 };
        new DecodeSession(this.model, Optional.empty(), new AdaptiveGate(new TreeSizer(this.costs, this.experience)),
                List.of(this.memory), this.trust, request,
                (token, origin) -> (left[0]-- > 0) ? TokenSink.Signal.CONTINUE : TokenSink.Signal.CANCEL,
                DecodeListener.NONE)
            .run();
        assertThat(this.memory.after(prompt)).isEmpty();
    }

    /** Costs that do not follow what the scripted model takes on a busy machine. */
    private record FixedCosts(CostCurve curve) implements StepCosts {

        @Override
        public int maxNodes() {
            return this.curve.maxNodes();
        }

        @Override
        public double plainSteps(int nodes) {
            return this.curve.plainSteps(nodes);
        }

        @Override
        public double headsPlainSteps() {
            return this.curve.headsPlainSteps();
        }

        @Override
        public boolean plainStepIsDue(int patience) {
            return false;
        }

        @Override
        public void observe(StepOutcome outcome) {
            // the costs are those of the model that the test stands for
        }

    }

}
