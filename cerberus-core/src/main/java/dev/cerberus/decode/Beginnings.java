package dev.cerberus.decode;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds out who has read already what the text of a new session begins with: those that
 * are finished, whose caches are kept, and those that run. Confined to the engine thread.
 */
/*
 * Requests that come together begin alike more often than any others: one task for many
 * documents, many questions about one. If each read for itself, the beginning would be
 * read as many times as there are requests. So whoever begins like one that is reading
 * waits until that one has read what both have, and takes it from there. It waits for who
 * came before it and takes part in the next forward only, so somebody always goes on, and
 * for nobody who has much more to read than itself.
 */
final class Beginnings {

    /** How much more somebody may have to read for whom another one waits. */
    private static final int LONGER = 2;

    private final PrefixCache prefixes;

    Beginnings(PrefixCache prefixes) {
        this.prefixes = prefixes;
    }

    /**
     * Returns whether a session that has not begun gains by waiting.
     * @param session the session
     * @param before those that came before it and take part in the next forward
     * @param all sessions that may have read some of its text
     */
    boolean areBeingRead(DecodeSession session, List<DecodeSession> before, List<DecodeSession> all) {
        if (!this.prefixes.isOn()) {
            return false;
        }
        int known = Math.max(session.reading().knownIn(this.prefixes), known(session, all));
        int unknown = session.unreadTokens() - known;
        return before.stream()
            .filter((other) -> other.isReading() && other.unreadTokens() <= LONGER * unknown)
            .anyMatch((other) -> other.reading().sharedWith(session.reading()) - known >= PrefixCache.LEAST_TOKENS);
    }

    /**
     * Gives a session with an empty cache what is known of its text.
     * @param session the session
     * @param all sessions that may have read some of it
     * @return tokens that need not be read
     */
    int give(DecodeSession session, List<DecodeSession> all) {
        Optional<DecodeSession> best = best(session, all);
        int running = known(session, all);
        if (best.isEmpty() || running < PrefixCache.LEAST_TOKENS
                || running <= session.reading().knownIn(this.prefixes)) {
            return session.reading().takeFrom(this.prefixes);
        }
        session.reading().takeFrom(best.get().reading(), running);
        return running;
    }

    private int known(DecodeSession session, List<DecodeSession> all) {
        return best(session, all).map((other) -> other.reading().knownTo(session.reading())).orElse(0);
    }

    private Optional<DecodeSession> best(DecodeSession session, List<DecodeSession> all) {
        return this.prefixes.isOn()
                ? all.stream().max(Comparator.comparingInt((other) -> other.reading().knownTo(session.reading())))
                : Optional.empty();
    }

}
