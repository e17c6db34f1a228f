package dev.cerberus.model;

import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SpanTests {

    private final TargetModel model = new ScriptedTargetModel(40, 64);

    @Test
    void rowsStandBehindWhatTheCacheHolds() {
        try (KvCache cache = this.model.newCache(20)) {
            int[] prompt = { 1, 2, 3, 4, 5 };
            assertThat(Span.Piece.of(cache, prompt, 0, 3).position(2)).isEqualTo(2);
            this.model.prefill(cache, prompt).close();
            CandidateTree tree = CandidateTree.of(new int[] { 6, 7, 8, 9 }, new int[] { 0, 0, 0, 1 });
            Span span = new Span.Tree(cache, tree);
            assertThat(new int[] { span.position(0), span.position(1), span.position(2), span.position(3) })
                .containsExactly(5, 6, 6, 7);
        }
    }

    @Test
    void samplingByMoreThanScoresIsRefused() {
        SamplingOptions plain = new SamplingOptions(0.7, 20, 0.9, 1);
        try (KvCache cache = this.model.newCache(20)) {
            Span.Piece piece = Span.Piece.of(cache, new int[] { 1, 2 }, 0, 8);
            assertThat(piece.sampling()).isEmpty();
            assertThat(piece.withSampling(Optional.of(plain)).sampling()).hasValue(plain);
            for (SamplingOptions changed : new SamplingOptions[] { plain.withRepetitionPenalty(1.1),
                    plain.withAnswerPenalties(0, 1), plain.withLogitBias(Map.of(3, 1.0)) }) {
                assertThatIllegalArgumentException().isThrownBy(() -> piece.withSampling(Optional.of(changed)))
                    .withMessage("a model samples by its own scores, without penalties and bias");
                assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Span.Tree(cache, CandidateTree.rootOnly(1), Optional.of(changed)));
            }
        }
    }

}
