package dev.cerberus.decode;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cerberus.constrain.CompileBudget;
import dev.cerberus.constrain.Constraints;
import dev.cerberus.constrain.Grammar;
import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.constrain.TokenVocabulary;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * When a row of logits is read for a choice.
 */
class TokenChoiceTests {

    private static final SamplingOptions SAMPLED = new SamplingOptions(0.8, 0, 1, 3);

    private static final int[] PROMPT = { 1, 2 };

    private final Scores scores = new Scores();

    private DecodeRequest request(SamplingOptions sampling, int minTokens) {
        return new DecodeRequest(PROMPT, 20, minTokens, Set.of(3), sampling, Optional.empty(), 4,
                DraftingOptions.DEFAULT);
    }

    private int choose(DecodeRequest request) {
        return new TokenChoice(request, 20, request.constraint().map(AnswerConstraint::new)).choose(this.scores, 0,
                PROMPT.length, () -> new int[0]);
    }

    private int byLogits(int... without) {
        float[] logits = this.scores.values.clone();
        Arrays.stream(without).forEach((token) -> logits[token] = Float.NEGATIVE_INFINITY);
        return new TokenSampler(SAMPLED).choose(logits, PROMPT.length);
    }

    @Test
    void tokenThatTheModelHasChosenIsTakenWithoutLogits() {
        this.scores.chosen = OptionalInt.of(4);
        assertThat(choose(request(SAMPLED, 0))).isEqualTo(4);
        this.scores.chosen = OptionalInt.of(3);
        assertThat(choose(request(SAMPLED, 0))).isEqualTo(3);
        assertThat(this.scores.reads).isZero();
    }

    @Test
    void tokenInDoubtIsChosenByLogits() {
        assertThat(choose(request(SAMPLED, 0))).isEqualTo(byLogits());
        assertThat(this.scores.reads).isEqualTo(1);
    }

    @Test
    void endBeforeTheLeastNumberOfTokensIsReplacedByLogits() {
        this.scores.chosen = OptionalInt.of(3);
        assertThat(choose(request(SAMPLED, 1))).isEqualTo(byLogits(3));
        assertThat(this.scores.reads).isEqualTo(1);
        this.scores.chosen = OptionalInt.of(5);
        assertThat(choose(request(SAMPLED, 1))).isEqualTo(5);
        assertThat(this.scores.reads).isEqualTo(1);
    }

    @Test
    void tokenThatTheFormatForbidsIsReplacedByLogits() {
        DecodeRequest request = request(SAMPLED, 0).withConstraint(letters());
        this.scores.chosen = OptionalInt.of(4);
        assertThat(choose(request)).isEqualTo(4);
        assertThat(this.scores.reads).isZero();
        this.scores.chosen = OptionalInt.of(5);
        assertThat(choose(request)).isEqualTo(byLogits(0, 2, 3, 5)).isIn(1, 4);
        assertThat(this.scores.reads).isEqualTo(1);
    }

    @Test
    void rowWithoutNumbersIsAnErrorHoweverItsTokenIsChosen() {
        Arrays.fill(this.scores.values, Float.NaN);
        for (SamplingOptions sampling : new SamplingOptions[] { SAMPLED, SamplingOptions.GREEDY }) {
            assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> choose(request(sampling, 0)))
                .withMessageStartingWith("The model's scores of the token at position 2 are not numbers");
        }
    }

    @Test
    void filtersLookAtWhatMayBeChosen() {
        SamplingOptions filtered = SAMPLED.withMinP(0.9);
        this.scores.chosen = OptionalInt.of(3);
        assertThat(choose(request(filtered, 0))).isEqualTo(3);
        assertThat(this.scores.reads).isZero();
        // without the end, 3, others are next to the most probable one
        assertThat(choose(request(filtered, 1))).isEqualTo(2);
        this.scores.chosen = OptionalInt.of(4);
        assertThat(choose(request(filtered, 1))).isEqualTo(2);
        assertThat(this.scores.reads).isEqualTo(2);
    }

    @Test
    void modelIsAskedWhereItsScoresDecide() {
        for (SamplingOptions sampled : new SamplingOptions[] { SAMPLED, SAMPLED.withMinP(0.1),
                new SamplingOptions(1, 5, 1, 3), new SamplingOptions(1, 0, 0.9, 3) }) {
            assertThat(byScores(request(sampled, 5))).hasValue(sampled);
            assertThat(byScores(request(sampled, 0).withLogprobs(0))).isEmpty();
            assertThat(byScores(request(sampled, 0).withConstraint(letters())).isPresent())
                .isEqualTo(sampled.equals(SAMPLED));
        }
        for (SamplingOptions other : new SamplingOptions[] { SamplingOptions.GREEDY, SAMPLED.withRepetitionPenalty(1.2),
                SAMPLED.withAnswerPenalties(0, 1), SAMPLED.withLogitBias(Map.of(1, 1.0)) }) {
            assertThat(byScores(request(other, 0))).as("%s", other).isEmpty();
        }
    }

    @Test
    void endBeforeTheLeastNumberOfTokensIsNotForcedEither() {
        // "a" is a whole text, and what else begins so is longer than what may be written
        DecodeRequest request = request(SamplingOptions.GREEDY, 3)
            .withConstraint(regex("a(cccccccccccccccccccccccc)?").after(1));
        this.scores.values[4] = 9;
        int choice = new TokenChoice(request, 5, request.constraint().map(AnswerConstraint::new)).choose(this.scores, 0,
                PROMPT.length + 1, () -> new int[0]);
        assertThat(choice).isEqualTo(4);
        choice = new TokenChoice(request, 5, request.constraint().map(AnswerConstraint::new)).choose(this.scores, 0,
                PROMPT.length + 3, () -> new int[0]);
        assertThat(choice).isEqualTo(3);
    }

    @Test
    void formatThatAllowsNothingButTheEndHasItHoweverFewTokensThereAre() {
        for (SamplingOptions sampling : new SamplingOptions[] { SamplingOptions.GREEDY, SAMPLED,
                SAMPLED.withMinP(0.5) }) {
            assertThat(choose(request(sampling, 4).withConstraint(regex("")))).isEqualTo(3);
            assertThat(choose(request(sampling, 4).withConstraint(regex("a?")))).isEqualTo(1);
        }
    }

    private static Optional<SamplingOptions> byScores(DecodeRequest request) {
        return new TokenChoice(request, 20, request.constraint().map(AnswerConstraint::new)).byScores();
    }

    /** Texts of a and c, tokens 1 and 4. */
    private static TokenConstraint letters() {
        return regex("[ac]+");
    }

    private static TokenConstraint regex(String regex) {
        byte[][] texts = { {}, { 'a' }, { 'b' }, {}, { 'c' }, { 'd' } };
        return new Constraints(Grammar.regex(regex, new CompileBudget()), new TokenVocabulary(texts, Set.of(3)), false)
            .start();
    }

    /** Scores of one node. */
    private static final class Scores implements NodeScores {

        private final float[] values = { 0, 1, 2, 2.5f, 1.5f, 0.5f };

        private OptionalInt chosen = OptionalInt.empty();

        private int reads;

        @Override
        public int nodeCount() {
            return 1;
        }

        @Override
        public int argmax(int node) {
            return TokenSampler.argmax(this.values);
        }

        @Override
        public boolean areFinite(int node) {
            return Float.isFinite(this.values[argmax(node)]);
        }

        @Override
        public OptionalInt chosen(int node) {
            return this.chosen;
        }

        @Override
        public float[] logits(int node) {
            this.reads++;
            return this.values.clone();
        }

        @Override
        public float[] hidden(int node) {
            return new float[1];
        }

        @Override
        public void close() {
            // nothing to free
        }

    }

}
