package dev.cerberus.benchmarks.device;

import java.util.function.IntUnaryOperator;

import org.junit.jupiter.api.Test;

import dev.cerberus.model.KvCache;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;

class SampledStepTests {

    private static final int VOCABULARY = 40;

    private static SampledStep steps(ScriptedTargetModel model) {
        try (KvCache cache = model.newCache(20)) {
            model.prefill(cache, new int[] { 1, 2, 3 }).close();
            RandomTrees random = new RandomTrees(VOCABULARY);
            SampledStep step = new SampledStep(model, cache);
            for (int i = 0; i < 20; i++) {
                step.check(random.tree(5));
            }
            return step;
        }
    }

    private static ScriptedTargetModel choosing(IntUnaryOperator told) {
        return new ScriptedTargetModel(VOCABULARY, 64).choosing(told);
    }

    @Test
    void tokensOfAModelThatChoosesNoneAreNotCompared() {
        SampledStep steps = steps(new ScriptedTargetModel(VOCABULARY, 64));
        assertThat(steps.summary()).isEqualTo("of 100 tokens the model had sampled 0, 0 of them others than by logits");
    }

    @Test
    void tokensThatAreNotThoseOfTheLogitsAreCounted() {
        assertThat(steps(choosing((token) -> token)).summary())
            .isEqualTo("of 100 tokens the model had sampled 100, 0 of them others than by logits");
        assertThat(steps(choosing((token) -> token / 2 * 2)).different()).isBetween(30, 70);
    }

    @Test
    void tokenAfterTheRootIsTheSameEitherWay() {
        ScriptedTargetModel model = choosing((token) -> token);
        try (KvCache cache = model.newCache(20)) {
            model.prefill(cache, new int[] { 1, 2, 3 }).close();
            RandomTrees random = new RandomTrees(VOCABULARY);
            SampledStep first = new SampledStep(model, cache);
            SampledStep second = new SampledStep(model, cache);
            for (int i = 0; i < 20; i++) {
                CandidateTree tree = random.tree(1 + i % 4);
                assertThat(first.byModel(tree)).isEqualTo(second.byLogits(tree));
            }
        }
    }

}
