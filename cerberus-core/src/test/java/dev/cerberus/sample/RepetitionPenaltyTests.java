package dev.cerberus.sample;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RepetitionPenaltyTests {

    @Test
    void tokensOfTheTextArePenalisedOnceBySign() {
        RepetitionPenalty penalty = new RepetitionPenalty(2);
        penalty.add(1);
        penalty.add(2);
        penalty.add(1);
        float[] logits = { 4, 4, -4, 4, 0, Float.NEGATIVE_INFINITY };
        penalty.add(5);
        penalty.apply(logits, new int[] { 3, 3, 1, 4 });
        assertThat(logits).containsExactly(4, 2, -8, 2, 0, Float.NEGATIVE_INFINITY);
    }

    @Test
    void tinyPenaltyLeavesNumbers() {
        RepetitionPenalty penalty = new RepetitionPenalty(1e-46);
        float[] logits = { 4, 0, -4, 3 };
        penalty.apply(logits, new int[] { 0, 1, 2 });
        assertThat(logits).containsExactly(Float.MAX_VALUE, 0, -0f, 3);
    }

    @Test
    void pathIsNotKept() {
        RepetitionPenalty penalty = new RepetitionPenalty(2);
        penalty.apply(new float[4], new int[] { 3 });
        float[] logits = { 4, 4, 4, 4 };
        penalty.apply(logits, new int[0]);
        assertThat(logits).containsOnly(4);
    }

    @Test
    void penaltyOfAPathEqualsThatOfTheTextWithIt() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(6);
        for (int round = 0; round < 200; round++) {
            int[] text = random.ints(random.nextInt(200), 0, 50).toArray();
            int split = (text.length == 0) ? 0 : random.nextInt(text.length);
            RepetitionPenalty whole = new RepetitionPenalty(1.3);
            RepetitionPenalty parted = new RepetitionPenalty(1.3);
            Set<Integer> present = new HashSet<>();
            for (int i = 0; i < text.length; i++) {
                whole.add(text[i]);
                present.add(text[i]);
                if (i < split) {
                    parted.add(text[i]);
                }
            }
            float[] logits = new float[50];
            float[] expected = new float[50];
            for (int token = 0; token < logits.length; token++) {
                float logit = (float) random.nextGaussian(0, 5);
                logits[token] = logit;
                expected[token] = !present.contains(token) ? logit : (logit < 0) ? logit * 1.3f : logit / 1.3f;
            }
            float[] other = logits.clone();
            whole.apply(logits, new int[0]);
            parted.apply(other, Arrays.copyOfRange(text, split, text.length));
            assertThat(logits).containsExactly(expected);
            assertThat(other).containsExactly(expected);
        }
    }

}
