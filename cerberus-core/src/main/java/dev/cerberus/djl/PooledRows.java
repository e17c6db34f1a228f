package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.cerberus.model.Span;
import dev.cerberus.tree.CandidateTree;

/**
 * The rows of all sequences of a forward in the order that {@code target_pooled.py}
 * wants, and its arguments.
 *
 * <p>
 * Trees come before pieces of prompts, in the order of their regions. Immutable.
 */
final class PooledRows {

    /** Bits of the rows that a row sees, to a number. */
    private static final int WORD = 32;

    private final List<Span> ordered;

    private final long[] numbers;

    private final long[] layout;

    private final int scored;

    private final SampledRows sampled;

    PooledRows(List<Span> spans, int group) {
        List<Span> trees = spans.stream()
            .filter(Span.Tree.class::isInstance)
            .sorted(Comparator.comparingInt((span) -> cache(span).first()))
            .toList();
        List<Span> pieces = spans.stream().filter(Span.Piece.class::isInstance).toList();
        this.ordered = new ArrayList<>(trees);
        this.ordered.addAll(pieces);
        int rows = rows(this.ordered);
        int treeRows = rows(trees);
        int largest = trees.stream().mapToInt(Span::rows).max().orElse(0);
        this.scored = this.ordered.stream().mapToInt(Span::scoredRows).sum();
        this.layout = layout(trees, pieces, rows, treeRows, largest);
        int padded = trees.size() * largest;
        int words = (largest + WORD - 1) / WORD;
        boolean differing = padded > treeRows;
        int bits = (largest > 1) ? padded * words : 0;
        int maps = (largest > 1 && differing) ? padded + treeRows : 0;
        int named = (this.scored < rows) ? this.scored : 0;
        this.sampled = new SampledRows(this.ordered);
        long[] last = this.sampled.numbers();
        this.numbers = new long[3 * rows + 3 * trees.size() + 2 + bits + maps + named + last.length];
        fillRows(rows);
        int at = fillTrees(trees, group, 3 * rows);
        if (largest > 1) {
            at = fillSeen(trees, largest, words, at);
            if (differing) {
                at = fillMaps(trees, largest, treeRows, at);
            }
        }
        if (named > 0) {
            fillScored(at);
        }
        System.arraycopy(last, 0, this.numbers, this.numbers.length - last.length, last.length);
    }

    private static int rows(List<Span> spans) {
        return spans.stream().mapToInt(Span::rows).sum();
    }

    private static PooledKvCache cache(Span span) {
        return (PooledKvCache) span.cache();
    }

    private static long[] layout(List<Span> trees, List<Span> pieces, int rows, int treeRows, int largest) {
        long[] layout = new long[8 + 4 * pieces.size()];
        layout[0] = rows;
        layout[1] = trees.size();
        layout[2] = treeRows;
        layout[3] = largest;
        layout[4] = trees.stream().mapToInt((span) -> span.cache().length()).max().orElse(0);
        layout[5] = trees.stream().anyMatch((span) -> span.cache().length() == 0) ? 1 : 0;
        if (!trees.isEmpty()) {
            layout[6] = cache(trees.get(0)).first();
            layout[7] = cache(trees.get(0)).length();
        }
        int row = treeRows;
        for (int p = 0; p < pieces.size(); p++) {
            Span piece = pieces.get(p);
            layout[8 + 4 * p] = row;
            row += piece.rows();
            layout[9 + 4 * p] = row;
            layout[10 + 4 * p] = cache(piece).first();
            layout[11 + 4 * p] = cache(piece).length();
        }
        return layout;
    }

    private void fillRows(int rows) {
        int row = 0;
        for (Span span : this.ordered) {
            PooledKvCache cache = cache(span);
            int[] tokens = span.tokens();
            for (int i = 0; i < tokens.length; i++) {
                this.numbers[row] = tokens[i];
                this.numbers[rows + row] = span.position(i);
                this.numbers[2 * rows + row] = cache.first() + cache.length() + (long) i;
                row++;
            }
        }
    }

    private int fillTrees(List<Span> trees, int group, int at) {
        int count = trees.size();
        int row = 0;
        for (int s = 0; s < count; s++) {
            PooledKvCache cache = cache(trees.get(s));
            this.numbers[at + s] = (long) row * group;
            row += trees.get(s).rows();
            this.numbers[at + count + 1 + s] = cache.first();
            this.numbers[at + count + 2 + s] = cache.first() + (long) cache.capacity(); // overwritten
                                                                                        // by
                                                                                        // the
                                                                                        // next
            this.numbers[at + 2 * count + 2 + s] = cache.length();
        }
        this.numbers[at + count] = (long) row * group;
        return at + 3 * count + 2;
    }

    private int fillSeen(List<Span> trees, int largest, int words, int from) {
        int first = from;
        for (Span span : trees) {
            CandidateTree tree = ((Span.Tree) span).tree();
            for (int row = 0; row < largest; row++) {
                int own = first + row * words;
                if (row > 0 && row < tree.nodeCount()) {
                    System.arraycopy(this.numbers, first + tree.parent(row) * words, this.numbers, own, words);
                }
                // Rows beyond the tree see themselves too: one that sees nothing would be
                // no number.
                this.numbers[own + row / WORD] |= 1L << (row % WORD);
            }
            first += largest * words;
        }
        return first;
    }

    private int fillMaps(List<Span> trees, int largest, int treeRows, int from) {
        int laid = from + trees.size() * largest;
        int row = 0;
        for (int s = 0; s < trees.size(); s++) {
            for (int i = 0; i < largest; i++) {
                boolean own = i < trees.get(s).rows();
                this.numbers[from + s * largest + i] = own ? row : 0;
                if (own) {
                    this.numbers[laid + row] = s * (long) largest + i;
                    row++;
                }
            }
        }
        return laid + treeRows;
    }

    private void fillScored(int from) {
        int at = from;
        int row = 0;
        for (Span span : this.ordered) {
            row += span.rows();
            for (int i = row - span.scoredRows(); i < row; i++) {
                this.numbers[at++] = i;
            }
        }
    }

    /** Returns what the device has to know. */
    long[] numbers() {
        return this.numbers.clone();
    }

    /** Returns what the program has to know. */
    long[] layout() {
        return this.layout.clone();
    }

    /** Returns the number of rows whose scores are wanted. */
    int scored() {
        return this.scored;
    }

    /** Returns the rows whose tokens are sampled. */
    SampledRows sampled() {
        return this.sampled;
    }

    /** Returns of every span the first of its scored rows, in the order of the spans. */
    int[] firstScored(List<Span> spans) {
        int[] first = new int[spans.size()];
        int row = 0;
        for (Span span : this.ordered) {
            first[spans.indexOf(span)] = row;
            row += span.scoredRows();
        }
        return first;
    }

}
