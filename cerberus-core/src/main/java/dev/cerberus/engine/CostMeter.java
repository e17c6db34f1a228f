package dev.cerberus.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.cerberus.gate.CostCurve;
import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftLimits;

/**
 * Measures on this machine what a forward costs by number of draft nodes, and what the
 * heads cost.
 *
 * <p>
 * Briefly, since nobody is answered before it is done: the curve follows what requests
 * show from then on.
 */
final class CostMeter {

    private static final int[] SIZES = { 0, 1, 2, 4, 8, 16, 32, 64, 128, 256 };

    private static final int WARM_UP_ROUNDS = 8;

    private static final int ROUNDS = 15;

    /**
     * A round that is so much shorter than the one before shows that one was no measure.
     */
    private static final double SHORTER = 0.7;

    private static final double BUDGET_SECONDS = 0.6;

    private static final int SEQUENCES = 4;

    private static final int SEQUENCE_TOKENS = 4;

    private static final double SEQUENCES_BUDGET_SECONDS = 0.1;

    private final TargetModel model;

    private final Optional<DraftHeads> heads;

    private final DeviceProfile profile;

    /**
     * Creates a meter.
     * @param model the model to measure
     * @param heads its heads, if there are any
     * @param profile what is known of the kind of device, such as at which contexts to
     * measure
     */
    CostMeter(TargetModel model, Optional<DraftHeads> heads, DeviceProfile profile) {
        this.model = model;
        this.heads = heads;
        this.profile = profile;
    }

    /**
     * Returns the measured curve, the mean of those at all contexts. Rounds over all
     * sizes are interleaved, so that a slow moment of the machine hits all alike, and
     * medians are taken. Rounds count once they get no shorter: the first ones compile.
     * Measuring ends early when the time budget is used up, but not before one counted
     * round. On a device that plans by shape the sequence grows by a token with every
     * forward, as it does when text is written.
     * @param maxNodes the largest tree to measure
     * @return the cost curve from 0 to {@code maxNodes}, or to the largest tree that may
     * be verified there
     */
    CostCurve measure(int maxNodes) {
        int[] contexts = this.profile.costContexts()
            .stream()
            .mapToInt((tokens) -> Math.min(tokens, Math.max(1, this.model.dimensions().maxContext() / 2)))
            .distinct()
            .toArray();
        int most = Arrays.stream(contexts).map((context) -> mostNodes(context, maxNodes)).min().orElseThrow();
        int[] sizes = IntStream.concat(Arrays.stream(SIZES).filter((n) -> n < most), IntStream.of(most)).toArray();
        double[] means = new double[sizes.length + 1];
        for (int context : contexts) {
            double[] medians = medians(context, sizes, maxNodes);
            for (int i = 0; i < means.length; i++) {
                means[i] += medians[i] / contexts.length;
            }
        }
        return CostCurve.through(sizes, Arrays.copyOf(means, sizes.length), means[sizes.length]);
    }

    /** Returns the most nodes that a tree behind some tokens may have, 0 or more. */
    private int mostNodes(int context, int wanted) {
        int room = Math.min(this.model.dimensions().maxContext(), context + wanted + 1);
        try (KvCache cache = this.model.newCache(room)) {
            this.model.prefill(cache, new int[context]).close();
            return Math.max(0, cache.treeRows() - 1);
        }
    }

    /**
     * Returns the seconds of a forward of every size, and after them those of the heads.
     */
    private double[] medians(int context, int[] sizes, int maxNodes) {
        int largest = context + sizes[sizes.length - 1] + 1;
        int growth = this.profile.plansByShape()
                ? Math.min(this.model.dimensions().maxContext() - largest, (WARM_UP_ROUNDS + ROUNDS) * sizes.length)
                : 0;
        double[][] samples = new double[sizes.length + 1][ROUNDS];
        int rounds = 0;
        long start = System.nanoTime();
        try (KvCache cache = this.model.newCache(largest + growth);
                NodeScores scores = this.model.prefill(cache, new int[context])) {
            double before = Double.POSITIVE_INFINITY;
            for (int round = 0; rounds < ROUNDS; round++) {
                long begun = System.nanoTime();
                for (int i = 0; i < sizes.length; i++) {
                    samples[i][rounds] = forwardSeconds(cache, sizes[i]);
                    if (cache.length() < context + growth && cache.treeRows() > largest - context) {
                        cache.commit(new int[] { 0 });
                    }
                }
                samples[sizes.length][rounds] = headsSeconds(scores, context, maxNodes);
                double took = (System.nanoTime() - begun) * 1e-9;
                boolean warmingUp = rounds == 0 && took < SHORTER * before && round < WARM_UP_ROUNDS;
                before = took;
                if (!warmingUp) {
                    rounds++;
                    if ((System.nanoTime() - start) * 1e-9 > BUDGET_SECONDS) {
                        break;
                    }
                }
            }
        }
        int counted = rounds;
        return Arrays.stream(samples).mapToDouble((row) -> median(row, counted)).toArray();
    }

    /**
     * Returns what a further sequence adds to a forward: that of some sequences with a
     * row each is compared with that of one sequence with as many rows.
     * @return seconds, 0 or more
     */
    double sequenceSeconds() {
        int rows = Math.min(SEQUENCES, this.model.rowLimit());
        int room = this.model.dimensions().maxContext() - rows;
        int context = Math.min(SEQUENCE_TOKENS, Math.min(room, this.model.rowLimit() / rows));
        if (rows < 2 || context < 1) {
            return 0;
        }
        List<KvCache> caches = new ArrayList<>();
        try {
            for (int i = 0; i < rows; i++) {
                caches.add(this.model.newCache(context + rows));
            }
            seconds(caches.stream().map((cache) -> (Span) new Span.Piece(cache, new int[context], true)).toList());
            List<Span> spans = caches.stream()
                .map((cache) -> (Span) new Span.Tree(cache, CandidateTree.rootOnly(0)))
                .toList();
            double[] together = new double[ROUNDS];
            double[] alone = new double[ROUNDS];
            int rounds = 0;
            long start = System.nanoTime();
            do {
                together[rounds] = seconds(spans);
                alone[rounds] = forwardSeconds(caches.get(0), rows - 1);
                rounds++;
            }
            while (rounds < ROUNDS && (System.nanoTime() - start) * 1e-9 < SEQUENCES_BUDGET_SECONDS);
            return Math.max(0, median(together, rounds) - median(alone, rounds)) / (rows - 1);
        }
        finally {
            caches.forEach(KvCache::close);
        }
    }

    private double seconds(List<Span> spans) {
        long start = System.nanoTime();
        List<NodeScores> scores = this.model.forward(spans);
        scores.get(0).argmax(0);
        double seconds = (System.nanoTime() - start) * 1e-9;
        scores.forEach(NodeScores::close);
        return seconds;
    }

    private double forwardSeconds(KvCache cache, int nodes) {
        int[] parents = new int[nodes + 1];
        for (int i = 1; i <= nodes; i++) {
            parents[i] = (i <= 4) ? i - 1 : 0; // one path of four, the rest beside it
        }
        return seconds(List.of(new Span.Tree(cache, CandidateTree.of(new int[nodes + 1], parents))));
    }

    private double headsSeconds(NodeScores scores, int context, int maxNodes) {
        if (this.heads.isEmpty()) {
            return 0;
        }
        DraftHeads drafting = this.heads.get();
        long start = System.nanoTime();
        drafting.propose(new DraftRoot(scores, 0, 0, context, SamplingOptions.GREEDY, false, maxNodes))
            .draft(DraftLimits.of(maxNodes, drafting.description().heads()));
        return (System.nanoTime() - start) * 1e-9;
    }

    private static double median(double[] values, int count) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[count / 2];
    }

}
