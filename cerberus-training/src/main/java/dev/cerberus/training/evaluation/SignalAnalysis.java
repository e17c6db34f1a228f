package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import dev.cerberus.gate.GateSignal;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.TreeShape;

/**
 * How well a gate signal tells beforehand what a draft will yield.
 *
 * @param signal the signal
 * @param values its value at every position with a draft
 * @param accepted draft tokens that the tree would have had accepted there
 */
record SignalAnalysis(GateSignal signal, double[] values, double[] accepted) {

    /** Returns the analysis of all six signals for one tree. */
    static List<SignalAnalysis> of(Replay replay, Optional<TreeShape> shape, int maxNodes) {
        List<double[]> rows = new ArrayList<>();
        GateSignal[] signals = GateSignal.values();
        for (RecordedAnswer answer : replay.recording().answers()) {
            for (RecordedPosition position : answer.positions()) {
                if (position.heads() > 0) {
                    DraftTree draft = replay.draft(position, shape, maxNodes);
                    double[] row = new double[signals.length + 1];
                    for (int s = 0; s < signals.length; s++) {
                        row[s] = Replay.signal(signals[s], position, draft);
                    }
                    row[signals.length] = Replay.acceptedNodes(draft, draft.nodeCount(), position.trueRanks()).length;
                    rows.add(row);
                }
            }
        }
        double[] accepted = rows.stream().mapToDouble((row) -> row[signals.length]).toArray();
        List<SignalAnalysis> analyses = new ArrayList<>();
        for (int s = 0; s < signals.length; s++) {
            int column = s;
            analyses.add(new SignalAnalysis(signals[s], rows.stream().mapToDouble((row) -> row[column]).toArray(),
                    accepted));
        }
        return analyses;
    }

    int positions() {
        return this.values.length;
    }

    /** Returns the rank correlation of signal and accepted draft tokens, in -1..1. */
    double spearman() {
        return Statistics.spearman(this.values, this.accepted);
    }

    /**
     * Returns how likely a position where something is accepted looks better to the
     * signal than one where nothing is, in 0..1.
     */
    double areaUnderCurve() {
        double[] scores = this.values.clone();
        boolean[] positive = new boolean[scores.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = this.signal.draftsBelow() ? -scores[i] : scores[i];
            positive[i] = this.accepted[i] > 0;
        }
        return Statistics.areaUnderCurve(scores, positive);
    }

    /** Returns the share of positions where nothing is accepted. */
    double zeroAcceptShare() {
        long zeros = Arrays.stream(this.accepted).filter((count) -> count == 0).count();
        return (this.accepted.length == 0) ? 0 : (double) zeros / this.accepted.length;
    }

    /**
     * Returns values that part the positions evenly, ascending and without repetition.
     */
    double[] quantiles(int parts) {
        if (this.values.length == 0) {
            return new double[0];
        }
        double[] quantiles = new double[parts + 1];
        for (int i = 0; i <= parts; i++) {
            quantiles[i] = Statistics.quantile(this.values, (double) i / parts);
        }
        return Arrays.stream(quantiles).distinct().toArray();
    }

}
