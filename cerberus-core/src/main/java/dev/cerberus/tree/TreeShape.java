package dev.cerberus.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * A static set of draft paths: which ranks of which head are tried at every depth.
 *
 * <p>
 * A path {@code r1,r2,…,rd} names the candidate of rank {@code r1} of the first head,
 * below it the candidate of rank {@code r2} of the second head, and so on; ranks count
 * from 0, the most probable candidate. Nodes are kept in depth-first order, so a parent
 * comes before its children and a node's first child directly follows it. Immutable and
 * thread-safe.
 */
public final class TreeShape {

    private static final int MAX_NODES = 1024;

    private final int[] parents; // [nodes], index into the tree with its root

    private final int[] ranks; // [nodes]

    private final int[] depths; // [nodes], 1-based

    private final int depth;

    private TreeShape(List<int[]> sortedPaths) {
        int n = sortedPaths.size();
        this.parents = new int[n];
        this.ranks = new int[n];
        this.depths = new int[n];
        int deepest = 0;
        for (int i = 0; i < n; i++) {
            int[] path = sortedPaths.get(i);
            this.ranks[i] = path[path.length - 1];
            this.depths[i] = path.length;
            deepest = Math.max(deepest, path.length);
            for (int j = 0; j < i; j++) {
                if (isParent(sortedPaths.get(j), path)) {
                    this.parents[i] = j + 1;
                }
            }
        }
        this.depth = deepest;
    }

    private static boolean isParent(int[] parent, int[] child) {
        return parent.length == child.length - 1 && Arrays.equals(parent, 0, parent.length, child, 0, parent.length);
    }

    /**
     * Returns the shape in which every node at depth d has the given number of children.
     * @param branching children per node, from the root downwards, each at least 1
     * @return the full tree
     */
    public static TreeShape branching(int... branching) {
        if (branching.length == 0) {
            throw new IllegalArgumentException("a tree shape needs at least one depth, such as 4,2,1");
        }
        List<int[]> paths = new ArrayList<>();
        List<int[]> level = List.of(new int[0]);
        for (int width : branching) {
            if (width < 1) {
                throw new IllegalArgumentException("children per node of a tree shape must be at least 1, was " + width
                        + " in " + Arrays.toString(branching));
            }
            if (paths.size() + (long) level.size() * width > MAX_NODES) {
                throw new IllegalArgumentException("tree shape " + Arrays.toString(branching) + " has more than "
                        + MAX_NODES + " nodes; use fewer children per node");
            }
            List<int[]> next = new ArrayList<>();
            for (int[] parent : level) {
                for (int rank = 0; rank < width; rank++) {
                    int[] path = Arrays.copyOf(parent, parent.length + 1);
                    path[parent.length] = rank;
                    next.add(path);
                }
            }
            paths.addAll(next);
            level = next;
        }
        return ofPaths(paths);
    }

    /**
     * Returns the shape made of the given paths; the prefixes of every path are added.
     * @param paths ranks per depth, each path with at least one rank, each rank at least
     * 0
     * @return the shape
     */
    public static TreeShape ofPaths(List<int[]> paths) {
        TreeSet<int[]> all = new TreeSet<>((Comparator<int[]>) Arrays::compare);
        for (int[] path : paths) {
            if (path.length == 0 || path.length > MAX_NODES) {
                throw new IllegalArgumentException(
                        "a path of a tree shape needs 1.." + MAX_NODES + " ranks, was " + path.length);
            }
            for (int rank : path) {
                if (rank < 0) {
                    throw new IllegalArgumentException("ranks in a tree shape must be at least 0, was " + rank
                            + " in path " + Arrays.toString(path));
                }
            }
            for (int length = 1; length <= path.length; length++) {
                all.add(Arrays.copyOf(path, length));
            }
            if (all.size() > MAX_NODES) {
                throw new IllegalArgumentException("a tree shape may have at most " + MAX_NODES
                        + " nodes, the prefixes of its paths included; give fewer or shorter paths");
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("a tree shape needs at least one path, such as 0;1;0,0");
        }
        return new TreeShape(List.copyOf(all));
    }

    /**
     * Reads a shape as written in configuration: a branching list such as {@code 4,2,1}
     * or explicit paths such as {@code 0;1;0,0;0,1}. A single path ends in a semicolon.
     * @param text the shape
     * @return the parsed shape
     * @throws IllegalArgumentException if the text is neither
     */
    public static TreeShape parse(String text) {
        try {
            if (!text.contains(";")) {
                return branching(ranks(text));
            }
            List<int[]> paths = new ArrayList<>();
            String list = text.strip();
            for (String path : (list.endsWith(";") ? list.substring(0, list.length() - 1) : list).split(";", -1)) {
                paths.add(ranks(path));
            }
            return ofPaths(paths);
        }
        catch (NumberFormatException ex) {
            throw new IllegalArgumentException(
                    "tree shape '" + text
                            + "' is neither 'auto', nor a branching list such as 4,2,1, nor paths such as 0;1;0,0;0,1",
                    ex);
        }
    }

    private static int[] ranks(String text) {
        return Arrays.stream(text.split(",", -1)).map(String::strip).mapToInt(Integer::parseInt).toArray();
    }

    /**
     * Returns the number of draft nodes; the root is not counted.
     * @return the number of nodes, at least 1
     */
    public int nodeCount() {
        return this.ranks.length;
    }

    /**
     * Returns the number of heads that the shape uses.
     * @return the length of the longest path, at least 1
     */
    public int depth() {
        return this.depth;
    }

    /**
     * Returns the parent of a node as an index into the tree whose node 0 is the root and
     * whose node {@code i + 1} is this shape's node {@code i}.
     * @param node the node of this shape
     * @return 0 for the root, else the parent's index plus 1
     */
    public int parentInTree(int node) {
        return this.parents[node];
    }

    /**
     * Returns the rank of a node among its head's candidates.
     * @param node the node of this shape
     * @return the rank, 0 is the most probable
     */
    public int rank(int node) {
        return this.ranks[node];
    }

    /**
     * Returns the number of edges between the root and a node.
     * @param node the node of this shape
     * @return the depth, at least 1
     */
    public int depth(int node) {
        return this.depths[node];
    }

    /**
     * Returns the number of candidates needed from one head.
     * @param depth the depth that the head predicts, 1-based
     * @return the largest rank used there plus 1; 0 if the shape does not reach it
     */
    public int width(int depth) {
        int width = 0;
        for (int i = 0; i < this.ranks.length; i++) {
            if (this.depths[i] == depth) {
                width = Math.max(width, this.ranks[i] + 1);
            }
        }
        return width;
    }

    /**
     * Returns the most candidates that one node's children are chosen from.
     * @return the largest width of any depth
     */
    public int width() {
        int width = 0;
        for (int depth = 1; depth <= depth(); depth++) {
            width = Math.max(width, width(depth));
        }
        return width;
    }

    /**
     * Returns the part of this shape that reaches no deeper than the given depth.
     * @param maxDepth the deepest level kept, at least 1
     * @return this shape or a smaller one
     */
    public TreeShape limitedTo(int maxDepth) {
        if (maxDepth < 1) {
            throw new IllegalArgumentException("the depth limit of a tree shape must be at least 1, was " + maxDepth);
        }
        if (maxDepth >= this.depth) {
            return this;
        }
        List<int[]> kept = new ArrayList<>();
        for (int i = 0; i < this.ranks.length; i++) {
            if (this.depths[i] <= maxDepth) {
                kept.add(path(i));
            }
        }
        return ofPaths(kept);
    }

    private int[] path(int node) {
        int[] path = new int[this.depths[node]];
        int at = node;
        for (int d = path.length - 1; d >= 0; d--) {
            path[d] = this.ranks[at];
            at = this.parents[at] - 1;
        }
        return path;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TreeShape that && Arrays.equals(this.parents, that.parents)
                && Arrays.equals(this.ranks, that.ranks);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(this.parents) + Arrays.hashCode(this.ranks);
    }

    /**
     * Returns the shape as explicit paths, in the form that {@link #parse} reads.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < this.ranks.length; i++) {
            int[] path = path(i);
            for (int d = 0; d < path.length; d++) {
                text.append((d == 0) ? "" : ",").append(path[d]);
            }
            text.append(';');
        }
        return text.toString();
    }

}
