package dev.cerberus.tree;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Random trees and candidates that every run draws alike.
 */
final class RandomTrees {

    private RandomTrees() {
    }

    static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    static CandidateTree tree(RandomGenerator random, int nodes) {
        int[] tokens = random.ints(nodes, 0, 50).toArray();
        int[] parents = new int[nodes];
        for (int i = 1; i < nodes; i++) {
            parents[i] = random.nextInt(i);
        }
        return CandidateTree.of(tokens, parents);
    }

    static HeadCandidates candidates(RandomGenerator random, int heads, int ranks) {
        int[][] tokens = new int[heads][ranks];
        double[][] probabilities = new double[heads][];
        for (int h = 0; h < heads; h++) {
            int offset = 100 * h;
            Arrays.setAll(tokens[h], (rank) -> offset + rank);
            double[] ascending = random.doubles(ranks).sorted().toArray();
            double sum = Arrays.stream(ascending).sum() * (1 + random.nextDouble());
            probabilities[h] = new double[ranks];
            for (int rank = 0; rank < ranks; rank++) {
                probabilities[h][rank] = ascending[ranks - 1 - rank] / sum;
            }
        }
        return new HeadCandidates(tokens, probabilities, 1);
    }

}
