package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which sequences of a forward attend together, in one batch of products.
 * Immutable and thread-safe.
 *
 * @param <S> a slab
 * @param heads the heads of the model
 */
/*
 * What attention costs is mostly the calls of its operators, about fifteen a layer and
 * sequence, until contexts are long. A batch has them once, but computes as many rows and
 * keys for every slot between its first and its last as the largest of its sequences has,
 * whether a slot takes part or not. So rows of their own go together, small trees go with
 * them or by themselves, and what is left goes one by one.
 */
record AttentionUnits<S>(AttentionHeads heads) {

    /** Keys from which on a batch no longer stays in the processor's caches. */
    static final int MOST_KEYS = 512;

    /** Groups of one slab: each has more rows a sequence than the one before. */
    static final int MOST_GROUPS = 4;

    /** Rows of a sequence that goes together with others. */
    private static final int MOST_ROWS = 1 << (MOST_GROUPS - 1);

    /** Multiplications in whose time the operators of one call are called. */
    private static final long CALL = 1 << 18;

    /** What a batch takes beside, to bring rows into its order and back. */
    private static final long GATHERING = CALL / 2;

    /**
     * Forms units.
     * @param sequences what wants to attend, in any order
     * @return every sequence in exactly one unit, at most {@link #MOST_GROUPS} of several
     * for a slab; those that attend together in the order of their slots
     */
    List<List<Member<S>>> of(List<Member<S>> sequences) {
        List<List<Member<S>>> units = new ArrayList<>();
        Map<S, List<Member<S>>> bySlab = new LinkedHashMap<>();
        sequences.forEach((member) -> bySlab.computeIfAbsent(member.slab(), (slab) -> new ArrayList<>()).add(member));
        bySlab.values().forEach((members) -> {
            List<Member<S>> left = new ArrayList<>(members);
            left.sort(Comparator.comparingInt(Member::slot));
            for (List<Member<S>> best = best(left); !best.isEmpty(); best = best(left)) {
                units.add(best);
                left.removeAll(best);
            }
            left.forEach((member) -> units.add(List.of(member)));
        });
        return units;
    }

    /** Returns the group that saves most, empty if none saves anything. */
    private List<Member<S>> best(List<Member<S>> members) {
        List<Member<S>> best = List.of();
        long most = 0;
        for (int rows = 1; rows <= MOST_ROWS; rows *= 2) {
            int limit = rows;
            List<Member<S>> group = members.stream()
                .filter((member) -> member.rows() <= limit && member.keys() <= MOST_KEYS)
                .toList();
            long saved = (group.size() < 2) ? 0
                    : group.stream().mapToLong((member) -> cost(1, member.rows(), member.keys())).sum() - GATHERING
                            - cost(slots(group), rows(group), keys(group));
            if (saved > most) {
                best = group;
                most = saved;
            }
        }
        return best;
    }

    private long cost(int slots, int rows, int keys) {
        return CALL + (long) slots * this.heads.queryRows(rows) * keys * this.heads.keyValueHeads() * this.heads.dim();
    }

    private static int slots(List<? extends Member<?>> group) {
        return group.get(group.size() - 1).slot() - group.get(0).slot() + 1;
    }

    /** Returns the most rows of a member. */
    static int rows(List<? extends Member<?>> group) {
        return group.stream().mapToInt(Member::rows).max().orElseThrow();
    }

    /** Returns the keys that all members see. */
    static int keys(List<? extends Member<?>> group) {
        return group.stream().mapToInt(Member::keys).max().orElseThrow();
    }

    /**
     * A sequence of a forward.
     *
     * @param index its place among the spans
     * @param slab where its cache lies
     * @param slot which slot of the slab that is
     * @param rows its rows in the forward
     * @param keys keys that it has to see
     */
    record Member<S>(int index, S slab, int slot, int rows, int keys) {
    }

}
