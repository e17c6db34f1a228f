package dev.cerberus.engine;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.cerberus.gate.CostCurve;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftPlan;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.CandidateTree;

/**
 * Measures on this machine what a forward costs by number of draft nodes, and what the
 * heads cost.
 */
final class CostMeter {

    private static final int[] SIZES = { 0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256 };

    private static final int CONTEXT_TOKENS = 128;

    private static final int WARM_UP_ROUNDS = 8;

    private static final int ROUNDS = 15;

    private static final double WARM_UP_SECONDS = 0.7;

    private static final double BUDGET_SECONDS = 2;

    private final TargetModel model;

    private final Optional<DraftHeads> heads;

    CostMeter(TargetModel model, Optional<DraftHeads> heads) {
        this.model = model;
        this.heads = heads;
    }

    /**
     * Returns the measured curve. Rounds over all sizes are interleaved, so that a slow
     * moment of the machine hits all alike, and medians are taken; measuring ends early
     * when the time budget is used up, but not before one counted round.
     * @param maxNodes the largest tree to measure
     * @return the cost curve from 0 to {@code maxNodes}
     */
    CostCurve measure(int maxNodes) {
        int context = Math.min(CONTEXT_TOKENS, Math.max(1, this.model.dimensions().maxContext() / 2));
        int room = this.model.dimensions().maxContext() - context - 1;
        int[] sizes = IntStream.concat(Arrays.stream(SIZES).filter((n) -> n < maxNodes), IntStream.of(maxNodes))
            .filter((n) -> n <= room)
            .toArray();
        if (sizes.length == 0) {
            sizes = new int[] { 0 };
        }
        double[][] samples = new double[sizes.length + 1][ROUNDS];
        int rounds = 0;
        long start = System.nanoTime();
        try (KvCache cache = this.model.newCache(context + sizes[sizes.length - 1] + 1);
                NodeScores scores = this.model.prefill(cache, new int[context])) {
            for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                if (round < 0 && (System.nanoTime() - start) * 1e-9 > WARM_UP_SECONDS) {
                    round = 0;
                }
                int slot = Math.max(0, round);
                for (int i = 0; i < sizes.length; i++) {
                    samples[i][slot] = forwardSeconds(cache, sizes[i]);
                }
                samples[sizes.length][slot] = headsSeconds(scores, maxNodes);
                rounds = slot + 1;
                if (round >= 0 && (System.nanoTime() - start) * 1e-9 > BUDGET_SECONDS) {
                    break;
                }
            }
        }
        int counted = rounds;
        double[] medians = Arrays.stream(samples).mapToDouble((row) -> median(row, counted)).toArray();
        return CostCurve.through(sizes, Arrays.copyOf(medians, sizes.length), medians[sizes.length]);
    }

    private double forwardSeconds(KvCache cache, int nodes) {
        int[] parents = new int[nodes + 1];
        for (int i = 1; i <= nodes; i++) {
            parents[i] = (i <= 4) ? i - 1 : 0; // one path of four, the rest beside it
        }
        CandidateTree tree = CandidateTree.of(new int[nodes + 1], parents);
        long start = System.nanoTime();
        try (NodeScores scores = this.model.forward(cache, tree)) {
            scores.argmax(0);
        }
        return (System.nanoTime() - start) * 1e-9;
    }

    private double headsSeconds(NodeScores scores, int maxNodes) {
        if (this.heads.isEmpty()) {
            return 0;
        }
        DraftHeads drafting = this.heads.get();
        long start = System.nanoTime();
        drafting.draft(scores, 0, new DraftPlan(0, CONTEXT_TOKENS, maxNodes, drafting.description().heads(),
                Optional.empty(), SamplingOptions.GREEDY, false));
        return (System.nanoTime() - start) * 1e-9;
    }

    private static double median(double[] values, int count) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[count / 2];
    }

}
