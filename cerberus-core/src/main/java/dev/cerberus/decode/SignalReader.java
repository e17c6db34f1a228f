package dev.cerberus.decode;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import org.jspecify.annotations.Nullable;

import dev.cerberus.gate.Distributions;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.DraftTree;

/**
 * The gate signals of one step, computed when asked and remembered.
 */
final class SignalReader implements ToDoubleFunction<GateSignal> {

    private final NodeScores scores;

    private final int node;

    private final Map<GateSignal, Double> values = new EnumMap<>(GateSignal.class);

    private float @Nullable [] logits;

    private @Nullable DraftTree draft;

    private boolean known;

    SignalReader(NodeScores scores, int node) {
        this.scores = scores;
        this.node = node;
    }

    /**
     * Takes the draft.
     * @param tree the draft
     * @param nextIsKnown whether the heads were not asked, since only one token can come
     * next: what they would have to say of it is certain
     */
    void drafted(DraftTree tree, boolean nextIsKnown) {
        this.draft = tree;
        this.known = nextIsKnown;
    }

    @Override
    public double applyAsDouble(GateSignal signal) {
        Double known = this.values.get(signal);
        if (known != null) {
            return known;
        }
        double value = compute(signal);
        this.values.put(signal, value);
        return value;
    }

    private double compute(GateSignal signal) {
        return switch (signal) {
            case HIDDEN_ENTROPY -> Distributions.entropyNats(this.scores.hidden(this.node));
            case VOCAB_ENTROPY -> Distributions.entropyNats(logits());
            case TOP1_MARGIN -> Distributions.top1Margin(logits());
            case HEAD_CONFIDENCE -> this.known ? 1 : requireDraft(signal).headConfidence();
            case HEAD_ENTROPY -> this.known ? 0 : requireDraft(signal).headEntropyNats();
            case TREE_EXPECTATION -> requireDraft(signal).expectation(requireDraft(signal).nodeCount());
        };
    }

    private float[] logits() {
        float[] row = this.logits;
        if (row == null) {
            row = this.scores.logits(this.node);
            this.logits = row;
        }
        return row;
    }

    private DraftTree requireDraft(GateSignal signal) {
        if (this.draft == null) {
            throw new IllegalStateException("signal " + signal.id() + " is known only after the heads have run");
        }
        return this.draft;
    }

    Map<GateSignal, Double> values() {
        return Map.copyOf(this.values);
    }

}
