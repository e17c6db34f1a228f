package dev.cerberus.sample;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AnswerPenaltyTests {

    @Test
    void logitsFallByEveryTimeAndOnceMore() {
        AnswerPenalty penalty = new AnswerPenalty(0.5, 2);
        penalty.add(1);
        penalty.add(1);
        penalty.add(3);
        float[] logits = { 4, 4, 4, -4 };
        penalty.apply(logits, new int[0]);
        assertThat(logits).containsExactly(4, 1, 4, -6.5f);
    }

    @Test
    void penaltyOfAPathEqualsThatOfTheTextWithIt() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(8);
        for (int round = 0; round < 200; round++) {
            int[] text = random.ints(random.nextInt(100), 0, 30).toArray();
            int split = (text.length == 0) ? 0 : random.nextInt(text.length);
            AnswerPenalty whole = new AnswerPenalty(0.3, -0.7);
            AnswerPenalty parted = new AnswerPenalty(0.3, -0.7);
            for (int i = 0; i < text.length; i++) {
                whole.add(text[i]);
                if (i < split) {
                    parted.add(text[i]);
                }
            }
            float[] logits = new float[30];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) random.nextGaussian(0, 5);
            }
            float[] other = logits.clone();
            whole.apply(logits, new int[0]);
            parted.apply(other, Arrays.copyOfRange(text, split, text.length));
            assertThat(other).containsExactly(logits);
        }
    }

    @Test
    void pathIsForgotten() {
        AnswerPenalty penalty = new AnswerPenalty(1, 1);
        penalty.apply(new float[4], new int[] { 3 });
        float[] logits = { 4, 4, 4, 4 };
        penalty.apply(logits, new int[0]);
        assertThat(logits).containsOnly(4);
    }

}
