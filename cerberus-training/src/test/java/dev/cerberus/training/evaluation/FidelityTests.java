package dev.cerberus.training.evaluation;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.training.evaluation.Fidelity.ScoredText;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * The comparison of two models, against one without cache or steps.
 */
class FidelityTests {

    private static final int VOCABULARY = 23;

    private final ScriptedTargetModel reference = new ScriptedTargetModel(VOCABULARY, 64);

    private final ScriptedTargetModel other = new ScriptedTargetModel(VOCABULARY, 64).withSeed(99);

    private static List<ScoredText> texts() {
        int[] tokens = new int[50];
        Arrays.setAll(tokens, (i) -> i * i % VOCABULARY);
        return List.of(new ScoredText(tokens, 7), new ScoredText(new int[] { 4, 5 }, 1),
                new ScoredText(Arrays.copyOf(tokens, 17), 1));
    }

    @Test
    void modelComparedWithItselfIsNoDistanceAway() {
        Fidelity fidelity = Fidelity.measure(this.reference, new ScriptedTargetModel(VOCABULARY, 64), texts());
        assertThat(fidelity.divergenceNats()).isZero();
        assertThat(fidelity.agreement()).isEqualTo(1);
        assertThat(fidelity.perplexity()).isEqualTo(fidelity.referencePerplexity());
        assertThat(fidelity.positions()).isEqualTo(43 + 1 + 16);
    }

    /* Whatever the steps are cut into, and without trees that a cache does not allow. */
    @ParameterizedTest
    @ValueSource(ints = { 1, 3, 16, 1000 })
    void numbersAreThoseOfTheDefinition(int blockTokens) {
        double divergence = 0;
        double nats = 0;
        double referenceNats = 0;
        int equal = 0;
        int count = 0;
        for (ScoredText text : texts()) {
            for (int at = text.given(); at < text.tokens().length; at++) {
                int[] before = Arrays.copyOf(text.tokens(), at);
                double[] p = probabilities(this.reference.logitsAfter(before));
                double[] q = probabilities(this.other.logitsAfter(before));
                for (int i = 0; i < VOCABULARY; i++) {
                    divergence += p[i] * Math.log(p[i] / q[i]);
                }
                equal += (best(p) == best(q)) ? 1 : 0;
                referenceNats -= Math.log(p[text.tokens()[at]]);
                nats -= Math.log(q[text.tokens()[at]]);
                count++;
            }
        }
        Fidelity fidelity = Fidelity.measure(this.reference, this.other.withBlocks(blockTokens), texts());
        assertThat(fidelity.positions()).isEqualTo(count);
        assertThat(fidelity.divergenceNats()).isCloseTo(divergence / count, within(1e-9)).isGreaterThan(0.1);
        assertThat(fidelity.agreement()).isEqualTo((double) equal / count).isLessThan(1);
        assertThat(fidelity.perplexity()).isCloseTo(Math.exp(nats / count), within(1e-9));
        assertThat(fidelity.referencePerplexity()).isCloseTo(Math.exp(referenceNats / count), within(1e-9));
        this.reference.close(); // which fails if anything is still open
        this.other.close();
    }

    @Test
    void nothingToCompareIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Fidelity.measure(this.reference, this.other, List.of()))
            .withMessage("there is no text to compare the models on");
    }

    @ParameterizedTest
    @ValueSource(ints = { -1, 0, 3, 4 })
    void textMustHaveTokensBeforeAndAfter(int given) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ScoredText(new int[] { 1, 2, 3 }, given))
            .withMessage("given must be in 1..2 for 3 tokens, was " + given);
    }

    private static double[] probabilities(float[] logits) {
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit);
        }
        double[] result = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            result[i] = Math.exp(logits[i]) / total;
        }
        return result;
    }

    private static int best(double[] probabilities) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = (probabilities[i] > probabilities[best]) ? i : best;
        }
        return best;
    }

}
