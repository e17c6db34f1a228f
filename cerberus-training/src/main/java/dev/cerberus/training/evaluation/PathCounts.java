package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.cerberus.tree.TreeShape;

/**
 * How often the answer followed each path of head ranks: what a static tree is built
 * from.
 *
 * <p>
 * Paths are counted jointly, not multiplied up from single heads, whose hits depend on
 * one another. Immutable and thread-safe.
 */
final class PathCounts {

    private final Map<List<Integer>, Integer> hits = new HashMap<>();

    private final int positions;

    PathCounts(Recording recording) {
        int counted = 0;
        for (RecordedAnswer answer : recording.answers()) {
            for (RecordedPosition position : answer.positions()) {
                if (position.heads() > 0) {
                    counted++;
                    count(position.trueRanks(), recording.ranks());
                }
            }
        }
        this.positions = counted;
    }

    private void count(int[] trueRanks, int ranks) {
        List<Integer> path = new ArrayList<>();
        for (int rank : trueRanks) {
            if (rank >= ranks) {
                return;
            }
            path.add(rank);
            this.hits.merge(List.copyOf(path), 1, Integer::sum);
        }
    }

    /** Returns a path's share of all positions. */
    double share(List<Integer> path) {
        return (this.positions == 0) ? 0 : (double) this.hits.getOrDefault(path, 0) / this.positions;
    }

    /**
     * Returns the paths of the best static tree, in the order in which they are worth
     * adding: every prefix of the list is the best tree of its size.
     * @param maxNodes the most paths
     */
    /*
     * A path is hit at most as often as its parent, so taking paths by count keeps
     * parents first.
     */
    List<List<Integer>> best(int maxNodes) {
        return this.hits.entrySet()
            .stream()
            .sorted(Map.Entry.<List<Integer>, Integer>comparingByValue()
                .reversed()
                .thenComparing((entry) -> entry.getKey().size())
                .thenComparing((entry) -> entry.getKey().toString()))
            .limit(maxNodes)
            .map(Map.Entry::getKey)
            .toList();
    }

    /** Returns the tree made of some paths. */
    static TreeShape shape(List<List<Integer>> paths) {
        return TreeShape
            .ofPaths(paths.stream().map((path) -> path.stream().mapToInt(Integer::intValue).toArray()).toList());
    }

    @Override
    public String toString() {
        return this.positions + " positions, best paths " + Arrays.toString(best(8).toArray());
    }

}
