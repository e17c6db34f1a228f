package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.model.ModelException;

/**
 * Decides whose keys and values are kept, so that all together stay within a number of
 * rows. Confined to the engine thread.
 */
/*
 * A session holds rows for what it has and for some time to come, and grows as it writes;
 * nothing is reserved for the longest answer that it might give. Who came first is served
 * first: where a session lacks rows, those that came last give theirs back, and read
 * their text again when there is room. So the first of all always goes on, and nothing is
 * lost but time. A session that even so lacks rows waits, and those behind it go on.
 */
final class KvRoom {

    private final long capacityRows;

    private final PrefixCache prefixes;

    private final Beginnings beginnings;

    private final BatchListener listener;

    /**
     * Creates a room.
     * @param capacityRows the most rows of all caches together
     * @param prefixes what is kept of sequences that are finished, in rows that nobody
     * else wants
     * @param listener told of what new sequences find there
     */
    KvRoom(long capacityRows, PrefixCache prefixes, BatchListener listener) {
        this.capacityRows = capacityRows;
        this.prefixes = prefixes;
        this.beginnings = new Beginnings(prefixes);
        this.listener = listener;
    }

    /**
     * Gives every session the rows that its next step takes, as far as there are any.
     * @param sessions sessions that are not finished, in the order in which they came
     * @param failures receives what went wrong, by session
     * @return those that can take a step
     */
    List<DecodeSession> admit(List<DecodeSession> sessions, Map<DecodeSession, Throwable> failures) {
        long held = this.prefixes.rows() + sessions.stream().mapToLong(DecodeSession::heldRows).sum();
        List<DecodeSession> able = new ArrayList<>();
        int end = sessions.size();
        for (int i = 0; i < end; i++) {
            DecodeSession session = sessions.get(i);
            if (session.heldRows() == 0) {
                if (this.beginnings.areBeingRead(session, able, sessions)) {
                    continue;
                }
                continues(session); // rows change hands, and are as many as before
            }
            int lacking = Math.max(0, session.neededRows() - session.heldRows());
            if (session.neededRows() > this.capacityRows) {
                failures.put(session,
                        new ModelException(Advice.of(
                                "The text needs " + session.neededRows() + " rows of the KV cache, which has "
                                        + this.capacityRows,
                                Remedy.of("ask for less"), Remedy.of("raise", Setting.KV_CACHE_TOKENS))));
                held -= session.suspend();
                continue;
            }
            held -= evictedFor(session, this.capacityRows - held + session.heldRows());
            if (lacking > this.capacityRows - held + rows(sessions.subList(i + 1, end))) {
                held -= session.suspend();
                continue;
            }
            while (lacking > this.capacityRows - held) {
                held -= sessions.get(--end).suspend();
            }
            held -= session.heldRows();
            if (grows(session, this.capacityRows - held, sessions, failures)) {
                able.add(session);
            }
            held += session.heldRows();
        }
        return able;
    }

    private void continues(DecodeSession session) {
        int known = session.reading().continueFrom(this.prefixes, session.roomyRows());
        if (known > 0) {
            begins(session, known);
        }
    }

    private void begins(DecodeSession session, int known) {
        this.listener.onPrefix(known, session.neededRows() - 1 - known);
    }

    /**
     * Gives up kept texts for a session, the one that it begins like last, and only for
     * rows without which it could not go on.
     * @param free rows that it may have
     * @return how many more
     */
    private long evictedFor(DecodeSession session, long free) {
        if (session.roomyRows() <= free) {
            return 0;
        }
        long evicted = 0;
        while (this.prefixes.rows() > 0
                && (session.neededRows() > free + evicted || (session.roomyRows() > free + evicted
                        && this.prefixes.rows() > session.reading().favourIn(this.prefixes)))) {
            evicted += this.prefixes.evict();
        }
        return evicted;
    }

    private static long rows(List<DecodeSession> sessions) {
        return sessions.stream().mapToLong(DecodeSession::heldRows).sum();
    }

    /** Returns whether a session has what it needs, with room for a draft if it can. */
    private boolean grows(DecodeSession session, long most, List<DecodeSession> all,
            Map<DecodeSession, Throwable> failures) {
        try {
            int roomy = session.roomyRows();
            if (session.neededRows() > session.heldRows() || (roomy > session.heldRows() && roomy <= most)) {
                hold(session, (int) Math.min(session.lastingRows(), most));
                if (session.cachedTokens() == 0) {
                    begins(session, this.beginnings.give(session, all));
                }
            }
            return true;
        }
        catch (Throwable ex) { // also an Error: it is this session's, the others go on
            failures.put(session, ex);
            return false;
        }
    }

    /** Makes room for some time to come, or, where there is no memory, for a step. */
    private void hold(DecodeSession session, int lasting) {
        try {
            session.hold(lasting);
        }
        catch (RuntimeException | OutOfMemoryError ex) { // nothing has changed
            int needed = session.neededRows();
            if (needed > session.heldRows()) {
                if (needed >= lasting) {
                    throw ex;
                }
                session.hold(needed);
            }
            this.listener.onScarcity(ex);
        }
    }

}
