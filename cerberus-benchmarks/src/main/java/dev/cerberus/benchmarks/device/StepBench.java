package dev.cerberus.benchmarks.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.tree.CandidateTree;

/**
 * Times of a model's forwards. A step counts from the call until the best token of its
 * root is known, with the commit where one belongs to it. Used by one thread.
 */
final class StepBench {

    private static final int WARM_UPS = 10;

    /** Tokens kept of a tree's step at most, so that a text does not grow too fast. */
    private static final int LONGEST_PATH = 3;

    /** Trees whose tokens are compared one by one. */
    private static final int CHECKS = 5;

    private static final int FIRST_CONTEXT = 64;

    private static final int BATCH_CONTEXT = 128;

    private final TargetModel model;

    private final ResultLog log;

    private final RandomTrees random;

    private final double floor;

    private final int runs;

    private int otherTokens;

    /**
     * Creates a measurement.
     * @param model what to run
     * @param log takes the times
     * @param floor milliseconds in which the weights can be read once; 0 if unknown
     * @param runs times that everything but growing texts is run, at least 1
     */
    StepBench(TargetModel model, ResultLog log, double floor, int runs) {
        this.model = model;
        this.log = log;
        this.random = new RandomTrees(model.dimensions().vocabularySize());
        this.floor = floor;
        this.runs = runs;
    }

    /**
     * Steps of one size, nothing committed, so that all have the same context.
     * @param rows nodes of the tree
     * @param context tokens before it
     */
    void rows(int rows, int context) {
        if (!fits("rows", rows, context + rows)) {
            return;
        }
        try (KvCache cache = cache(context, context + rows)) {
            if (rows > cache.treeRows()) {
                skip("rows", rows, "a tree may have " + cache.treeRows() + " rows here");
                return;
            }
            Times times = Times.of(WARM_UPS, this.runs, () -> step(cache, this.random.tree(rows)));
            this.log.times(new ResultLog.Row("rows", rows, 1, context, times, 1, this.floor));
        }
    }

    /**
     * Steps of one size whose tokens are sampled: by the model itself where it does so,
     * and by a row of logits. Compares the tokens besides.
     * @param rows nodes of the tree
     * @param context tokens before it
     */
    void sampled(int rows, int context) {
        if (!fits("sampled", rows, context + rows)) {
            return;
        }
        try (KvCache cache = cache(context, context + rows)) {
            if (rows > cache.treeRows()) {
                skip("sampled", rows, "a tree may have " + cache.treeRows() + " rows here");
                return;
            }
            SampledStep step = new SampledStep(this.model, cache);
            Times itself = Times.of(WARM_UPS, this.runs, () -> step.byModel(this.random.tree(rows)));
            this.log.times(new ResultLog.Row("sampled", rows, 1, context, itself, 1, this.floor));
            Times logits = Times.of(WARM_UPS, this.runs, () -> step.byLogits(this.random.tree(rows)));
            this.log.times(new ResultLog.Row("sampled-logits", rows, 1, context, logits, 1, this.floor));
            for (int i = 0; i < CHECKS; i++) {
                step.check(this.random.tree(rows));
            }
            this.log.say("sampling", step.summary(), Map.of("rows", rows, "nodes", step.nodes(), "chosen",
                    step.chosen(), "different", step.different()));
            this.otherTokens += step.different();
        }
    }

    /**
     * Steps of a text that grows with each of them.
     * @param fewest nodes of the smallest tree
     * @param most nodes of the largest one
     * @param steps how many steps count
     */
    void growing(int fewest, int most, int steps) {
        String measure = (fewest == most) ? "growing" : "growing-mixed";
        int growth = Math.min(most, LONGEST_PATH);
        int needed = FIRST_CONTEXT + (WARM_UPS + steps) * growth + most;
        if (!fits(measure, most, needed)) {
            return;
        }
        try (KvCache cache = cache(FIRST_CONTEXT, needed)) {
            if (most > cache.treeRows()) {
                skip(measure, most, "a tree may have " + cache.treeRows() + " rows here");
                return;
            }
            Times times = Times.of(WARM_UPS, steps, () -> {
                int nodes = this.random.between(fewest, most);
                CandidateTree tree = this.random.tree(Math.min(nodes, cache.treeRows()));
                step(cache, tree);
                cache.commit(this.random.path(tree, growth));
            });
            double gained = (double) (cache.length() - FIRST_CONTEXT) / (WARM_UPS + steps);
            this.log.times(new ResultLog.Row(measure, most, 1, FIRST_CONTEXT, times, gained, this.floor));
        }
    }

    /**
     * Prompts, in pieces of the most rows that a forward may have.
     * @param tokens length of the prompt
     */
    void prefill(int tokens) {
        if (!fits("prefill", tokens, tokens)) {
            return;
        }
        int[] prompt = this.random.tokens(tokens);
        try (KvCache cache = this.model.newCache(tokens)) {
            Times times = Times.of(2, Math.max(1, this.runs / 5), () -> {
                cache.truncate(0);
                try (NodeScores scores = this.model.prefill(cache, prompt)) {
                    scores.argmax(0);
                }
            });
            this.log.times(
                    new ResultLog.Row("prefill", Math.min(tokens, this.model.rowLimit()), 1, tokens, times, tokens, 0));
        }
    }

    /**
     * Steps of several sequences in one forward, each keeping its root's token.
     * @param sequences how many
     * @param rows nodes of each one's tree
     */
    void batch(int sequences, int rows) {
        int needed = BATCH_CONTEXT + WARM_UPS + this.runs + rows;
        if (!fits("batch", rows, needed)) {
            return;
        }
        List<KvCache> caches = new ArrayList<>();
        try {
            caches.add(cache(BATCH_CONTEXT, needed));
            while (caches.size() < sequences) {
                KvCache copy = this.model.newCache(needed);
                caches.add(copy);
                copy.copy(caches.get(0), BATCH_CONTEXT);
            }
            Times times = Times.of(WARM_UPS, this.runs, () -> together(caches, rows));
            this.log.times(new ResultLog.Row("batch", rows, sequences, BATCH_CONTEXT, times, sequences, this.floor));
        }
        finally {
            caches.forEach(KvCache::close);
        }
    }

    private void together(List<KvCache> caches, int rows) {
        List<Span> spans = new ArrayList<>();
        caches.forEach((cache) -> spans.add(new Span.Tree(cache, this.random.tree(rows))));
        List<NodeScores> scores = this.model.forward(spans);
        scores.forEach((each) -> each.argmax(0));
        scores.forEach(NodeScores::close);
        caches.forEach((cache) -> cache.commit(RandomTrees.root()));
    }

    private void step(KvCache cache, CandidateTree tree) {
        try (NodeScores scores = this.model.forward(cache, tree)) {
            scores.argmax(0);
        }
    }

    /** Returns how many tokens the model has sampled that its logits do not. */
    int otherTokens() {
        return this.otherTokens;
    }

    private KvCache cache(int tokens, int capacity) {
        KvCache cache = this.model.newCache(capacity);
        this.model.prefill(cache, this.random.tokens(tokens)).close();
        return cache;
    }

    private boolean fits(String measure, int rows, int tokens) {
        int most = this.model.dimensions().maxContext();
        if (tokens > most) {
            skip(measure, rows, tokens + " tokens do not fit the " + most + " of the model");
        }
        return tokens <= most;
    }

    private void skip(String measure, int rows, String reason) {
        this.log.say(measure, rows + " rows skipped: " + reason, Map.of("rows", rows, "skipped", reason));
    }

}
