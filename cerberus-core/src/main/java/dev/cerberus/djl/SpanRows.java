package dev.cerberus.djl;

import java.util.List;

import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.Span;
import dev.cerberus.tree.TreeAttentionMask;

/**
 * The rows of all sequences of a forward, one after another, as the arguments that
 * {@code target.py} describes. The caller closes them.
 */
final class SpanRows implements AutoCloseable {

    private final long[] scoredRows;

    private final IValue tokens;

    private final IValue positions;

    private final IValue spans;

    private final IValue keys;

    private final IValue[] eachTree;

    private final IValue trees;

    private final IValue scored;

    private final IValue caches;

    SpanRows(List<Span> sequences) {
        int count = sequences.size();
        int rows = sequences.stream().mapToInt(Span::rows).sum();
        this.scoredRows = new long[sequences.stream().mapToInt(Span::scoredRows).sum()];
        long[] ids = new long[rows];
        long[] at = new long[rows];
        long[] extents = new long[3 * count];
        long[] widths = new long[count];
        this.eachTree = new IValue[count];
        IValue[] views = new IValue[count]; // the caches' own
        int row = 0;
        int wanted = 0;
        for (int s = 0; s < count; s++) {
            Span span = sequences.get(s);
            DjlKvCache cache = (DjlKvCache) span.cache();
            int[] own = span.tokens();
            extents[3 * s] = row;
            extents[3 * s + 1] = row + (long) own.length;
            extents[3 * s + 2] = cache.length();
            for (int i = 0; i < own.length; i++) {
                ids[row + i] = own[i];
                at[row + i] = cache.length() + (long) offset(span, i);
            }
            row += own.length;
            for (int i = row - span.scoredRows(); i < row; i++) {
                this.scoredRows[wanted++] = i;
            }
            int seen = cache.keys(own.length);
            widths[s] = seen;
            views[s] = cache.seen(seen);
            this.eachTree[s] = IValue.listFrom(among(span));
        }
        this.tokens = IValue.listFrom(ids);
        this.positions = IValue.listFrom(at);
        this.spans = IValue.listFrom(extents);
        this.keys = IValue.listFrom(widths);
        this.trees = IValue.listFrom(this.eachTree);
        this.scored = IValue.listFrom((this.scoredRows.length == rows) ? new long[0] : this.scoredRows);
        this.caches = IValue.listFrom(views);
    }

    /** Returns how far behind the cached tokens a row stands. */
    private static int offset(Span span, int row) {
        return (span instanceof Span.Tree tree) ? tree.tree().depth(row) : row;
    }

    /** Returns what is added to the scores of the rows among themselves. */
    private static double[] among(Span span) {
        if (!(span instanceof Span.Tree tree) || span.rows() == 1) {
            return new double[0];
        }
        float[] bias = TreeAttentionMask.additive(tree.tree());
        double[] wide = new double[bias.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = bias[i];
        }
        return wide;
    }

    /** Returns the number of rows whose scores are wanted. */
    int scoredCount() {
        return this.scoredRows.length;
    }

    IValue tokens() {
        return this.tokens;
    }

    IValue positions() {
        return this.positions;
    }

    IValue spans() {
        return this.spans;
    }

    IValue keys() {
        return this.keys;
    }

    IValue trees() {
        return this.trees;
    }

    IValue scored() {
        return this.scored;
    }

    IValue caches() {
        return this.caches;
    }

    @Override
    public void close() {
        for (IValue tree : this.eachTree) {
            tree.close();
        }
        this.tokens.close();
        this.positions.close();
        this.spans.close();
        this.keys.close();
        this.trees.close();
        this.scored.close();
        this.caches.close();
    }

}
