package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

import ai.djl.pytorch.jni.IValue;

import dev.cerberus.djl.AttentionUnits.Member;
import dev.cerberus.model.Span;
import dev.cerberus.tree.TreeAttentionMask;

/**
 * The rows of all sequences of a forward, one after another, those that attend together
 * side by side, as the arguments that {@code target.py} describes. The caller closes
 * them.
 */
final class SpanRows implements AutoCloseable {

    private final List<Span> spans;

    private final AttentionHeads heads;

    private final LongStream.Builder ids = LongStream.builder();

    private final LongStream.Builder at = LongStream.builder();

    private final LongStream.Builder scoredRows = LongStream.builder();

    private final LongStream.Builder indices = LongStream.builder();

    private final int[] firstScored;

    private int rows;

    private int scoredCount;

    private final IValue tokens;

    private final IValue positions;

    private final IValue extents;

    private final IValue keys;

    private final IValue nothing = IValue.listFrom(new double[0]);

    private final IValue[] eachTree;

    private final IValue trees;

    private final IValue[] eachUnit;

    private final IValue members;

    private final IValue gathered;

    private final IValue scored;

    private final IValue caches;

    SpanRows(List<Span> spans, List<List<Member<KvSlab>>> units, AttentionHeads heads) {
        this.spans = spans;
        this.heads = heads;
        this.firstScored = new int[spans.size()];
        this.eachTree = new IValue[spans.size()];
        this.eachUnit = new IValue[units.size()];
        IValue[] views = new IValue[units.size()]; // the caches' own
        long[] spanExtents = new long[3 * units.size()];
        long[] widths = new long[units.size()];
        int tree = 0;
        for (int u = 0; u < units.size(); u++) {
            List<Member<KvSlab>> unit = units.get(u);
            int first = this.rows;
            for (Member<KvSlab> member : unit) {
                this.eachTree[tree++] = among(spans.get(member.index()));
                add(member.index());
            }
            Member<KvSlab> one = unit.get(0);
            SlotKvCache cache = (SlotKvCache) spans.get(one.index()).cache();
            spanExtents[3 * u] = first;
            spanExtents[3 * u + 1] = this.rows;
            spanExtents[3 * u + 2] = cache.length();
            widths[u] = AttentionUnits.keys(unit);
            boolean alone = unit.size() == 1;
            int end = unit.get(unit.size() - 1).slot() + 1;
            views[u] = alone ? cache.slot().seen(one.keys())
                    : one.slab().seen(one.slot(), end, AttentionUnits.keys(unit));
            this.eachUnit[u] = IValue.listFrom(alone ? new long[0] : together(unit));
        }
        long[] wanted = this.scoredRows.build().toArray();
        this.tokens = IValue.listFrom(this.ids.build().toArray());
        this.positions = IValue.listFrom(this.at.build().toArray());
        this.extents = IValue.listFrom(spanExtents);
        this.keys = IValue.listFrom(widths);
        this.trees = IValue.listFrom(this.eachTree);
        this.members = IValue.listFrom(this.eachUnit);
        this.gathered = IValue.listFrom(this.indices.build().toArray());
        this.scored = IValue.listFrom((wanted.length == this.rows) ? new long[0] : wanted);
        this.caches = IValue.listFrom(views);
    }

    private void add(int index) {
        Span span = this.spans.get(index);
        int[] own = span.tokens();
        for (int i = 0; i < own.length; i++) {
            this.ids.add(own[i]);
            this.at.add(span.position(i));
        }
        this.rows += own.length;
        this.firstScored[index] = this.scoredCount;
        for (int i = this.rows - span.scoredRows(); i < this.rows; i++) {
            this.scoredRows.add(i);
        }
        this.scoredCount += span.scoredRows();
    }

    /** Adds the indices of a group, and returns what says who is in it. */
    private long[] together(List<Member<KvSlab>> group) {
        int first = group.get(0).slot();
        int slots = group.get(group.size() - 1).slot() + 1 - first;
        int padded = this.heads.padded(AttentionUnits.rows(group));
        long[] taken = new long[slots * padded]; // others are never looked at
        List<Long> back = new ArrayList<>();
        long[] written = new long[4 + 2 * slots];
        LongStream.Builder put = LongStream.builder();
        for (Member<KvSlab> member : group) {
            Span span = this.spans.get(member.index());
            int slot = member.slot() - first;
            written[4 + 2 * slot] = member.rows();
            written[5 + 2 * slot] = span.cache().length();
            for (int i = 0; i < member.rows(); i++) {
                taken[slot * padded + i] = back.size();
                back.add((long) slot * padded + i);
                put.add(member.slab().begin(member.slot())).add(span.cache().length() + (long) i);
            }
        }
        boolean inOrder = back.size() == taken.length;
        long[] places = put.build().toArray();
        written[0] = padded;
        written[1] = inOrder ? 0 : taken.length;
        written[2] = places.length;
        written[3] = inOrder ? 0 : back.size();
        if (!inOrder) {
            LongStream.of(taken).forEach(this.indices::add);
        }
        LongStream.of(places).forEach(this.indices::add);
        if (!inOrder) {
            back.forEach(this.indices::add);
        }
        return written;
    }

    /** Returns what is added to the scores of the rows among themselves. */
    private IValue among(Span span) {
        if (!(span instanceof Span.Tree tree) || span.rows() == 1) {
            return this.nothing;
        }
        float[] bias = TreeAttentionMask.additive(tree.tree());
        double[] wide = new double[bias.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = bias[i];
        }
        return IValue.listFrom(wide);
    }

    /** Returns the number of rows whose scores are wanted. */
    int scoredCount() {
        return this.scoredCount;
    }

    /** Returns where among the scored rows those of a span begin. */
    int firstScored(int span) {
        return this.firstScored[span];
    }

    IValue tokens() {
        return this.tokens;
    }

    IValue positions() {
        return this.positions;
    }

    IValue spans() {
        return this.extents;
    }

    IValue keys() {
        return this.keys;
    }

    IValue trees() {
        return this.trees;
    }

    IValue members() {
        return this.members;
    }

    IValue indices() {
        return this.gathered;
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
            if (tree != this.nothing) {
                tree.close();
            }
        }
        this.nothing.close();
        for (IValue unit : this.eachUnit) {
            unit.close();
        }
        this.tokens.close();
        this.positions.close();
        this.extents.close();
        this.keys.close();
        this.trees.close();
        this.members.close();
        this.gathered.close();
        this.scored.close();
        this.caches.close();
    }

}
