package dev.cerberus.training.evaluation;

import java.util.Arrays;
import java.util.List;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.TargetModel;
import dev.cerberus.tree.CandidateTree;

/**
 * How far a target model in one number format is from the same model in another.
 *
 * @param positions predictions that were compared
 * @param divergenceNats mean Kullback-Leibler divergence of its predictions from those of
 * the reference, in nats
 * @param agreement share of the predictions whose first choice is the reference's, 0..1
 * @param perplexity of the texts under the model
 * @param referencePerplexity of the texts under the reference
 */
public record Fidelity(long positions, double divergenceNats, double agreement, double perplexity,
        double referencePerplexity) {

    /** Rows of a step; enough to make a step cheap, few enough to keep their scores. */
    private static final int STEP = 16;

    /**
     * A text whose end is predicted.
     *
     * @param tokens token ids, at least two
     * @param given tokens at the start that are not predicted, 1 or more
     */
    public record ScoredText(int[] tokens, int given) {

        /**
         * Checks the ranges.
         */
        public ScoredText {
            if (given < 1 || given >= tokens.length) {
                throw new IllegalArgumentException("given must be in 1.." + (tokens.length - 1) + " for "
                        + tokens.length + " tokens, was " + given);
            }
        }

    }

    /**
     * Compares two models, token by token along the same texts.
     * @param reference what is compared with
     * @param model what is measured
     * @param texts the texts, each within both models' context
     * @return the comparison
     */
    public static Fidelity measure(TargetModel reference, TargetModel model, List<ScoredText> texts) {
        double divergence = 0;
        double nats = 0;
        double referenceNats = 0;
        long equal = 0;
        long count = 0;
        for (ScoredText text : texts) {
            int[] tokens = text.tokens();
            int first = text.given() - 1; // its row predicts the first token that counts
            try (KvCache known = reference.newCache(tokens.length); KvCache cache = model.newCache(tokens.length)) {
                if (first > 0) {
                    int[] before = Arrays.copyOf(tokens, first);
                    reference.prefill(known, before).close();
                    model.prefill(cache, before).close();
                }
                for (int from = first; from < tokens.length - 1;) {
                    int rows = Math.min(Math.min(STEP, tokens.length - 1 - from),
                            Math.min(known.treeRows(), cache.treeRows()));
                    CandidateTree chain = chain(tokens, from, rows);
                    try (NodeScores expected = reference.forward(known, chain);
                            NodeScores actual = model.forward(cache, chain)) {
                        for (int i = 0; i < rows; i++) {
                            double[] p = logProbabilities(expected.logits(i));
                            double[] q = logProbabilities(actual.logits(i));
                            divergence += divergence(p, q);
                            equal += (expected.argmax(i) == actual.argmax(i)) ? 1 : 0;
                            referenceNats -= p[tokens[from + i + 1]];
                            nats -= q[tokens[from + i + 1]];
                            count++;
                        }
                    }
                    int[] path = chain.tokens();
                    Arrays.setAll(path, (node) -> node);
                    known.commit(path);
                    cache.commit(path);
                    from += rows;
                }
            }
        }
        if (count == 0) {
            throw new IllegalArgumentException("there is no text to compare the models on");
        }
        return new Fidelity(count, divergence / count, (double) equal / count, Math.exp(nats / count),
                Math.exp(referenceNats / count));
    }

    private static CandidateTree chain(int[] tokens, int from, int rows) {
        int[] parents = new int[rows];
        Arrays.setAll(parents, (node) -> Math.max(0, node - 1));
        return CandidateTree.of(Arrays.copyOfRange(tokens, from, from + rows), parents);
    }

    private static double[] logProbabilities(float[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        double normalizer = largest + Math.log(sum);
        double[] result = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            result[i] = logits[i] - normalizer;
        }
        return result;
    }

    private static double divergence(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double probability = Math.exp(p[i]);
            if (probability > 0) {
                sum += probability * (p[i] - q[i]);
            }
        }
        return sum;
    }

}
