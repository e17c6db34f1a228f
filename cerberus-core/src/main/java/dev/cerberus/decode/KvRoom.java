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
        Admission admission = new Admission(sessions);
        for (int i = 0; i < admission.end; i++) {
            DecodeSession session = sessions.get(i);
            try {
                if (admission.admits(i)) {
                    admission.able.add(session);
                }
            }
            catch (Throwable ex) { // also an Error: it is this session's, the others go
                                   // on
                failures.put(session, ex);
                admission.count();
            }
        }
        return admission.able;
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

    /** Gives a session what it needs, with room for a draft if it can. */
    private void grow(DecodeSession session, long most, List<DecodeSession> all) {
        int roomy = session.roomyRows();
        if (session.neededRows() > session.heldRows() || (roomy > session.heldRows() && roomy <= most)) {
            hold(session, (int) Math.min(session.lastingRows(), most));
            if (session.cachedTokens() == 0) {
                begins(session, this.beginnings.give(session, all));
            }
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

    /**
     * The rows of all, while one session after another gets its own.
     */
    private final class Admission {

        private final List<DecodeSession> sessions;

        private final List<DecodeSession> able = new ArrayList<>();

        private int end;

        private long held;

        Admission(List<DecodeSession> sessions) {
            this.sessions = sessions;
            this.end = sessions.size();
            count();
        }

        void count() {
            this.held = KvRoom.this.prefixes.rows() + rows(this.sessions);
        }

        /** Returns whether a session can take a step; it has the rows for it then. */
        boolean admits(int index) {
            DecodeSession session = this.sessions.get(index);
            long capacity = KvRoom.this.capacityRows;
            if (session.neededRows() > capacity) {
                this.held -= session.suspend();
                throw new ModelException(Advice.of(
                        "The text needs " + session.neededRows() + " rows of the KV cache, which has " + capacity,
                        Remedy.of("ask for less"), Remedy.of("raise", Setting.KV_CACHE_TOKENS)));
            }
            int continued = 0;
            if (session.heldRows() == 0) {
                if (KvRoom.this.beginnings.areBeingRead(session, this.able, this.sessions)) {
                    return false;
                }
                // rows change hands, and are as many as before
                continued = session.reading().continueFrom(KvRoom.this.prefixes, session.roomyRows());
            }
            int lacking = Math.max(0, session.neededRows() - session.heldRows());
            this.held -= evictedFor(session, capacity - this.held + session.heldRows());
            if (lacking > capacity - this.held + rows(this.sessions.subList(index + 1, this.end))) {
                this.held -= session.suspend();
                return false;
            }
            while (lacking > capacity - this.held) {
                this.held -= this.sessions.get(--this.end).suspend();
            }
            this.held -= session.heldRows();
            grow(session, capacity - this.held, this.sessions);
            this.held += session.heldRows();
            if (continued > 0) { // not before it is certain that it goes on from there
                begins(session, continued);
            }
            return true;
        }

    }

}
