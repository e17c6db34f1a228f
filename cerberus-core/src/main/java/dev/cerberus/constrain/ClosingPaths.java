package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * How many tokens bring a text to an end, from wherever it is. Thread-safe.
 */
/*
 * A path takes the longest token towards the shortest end at each of its places. It is
 * walked no further than the tokens go that somebody has left, and never again: what is
 * found out for its first place is known for all others, and most paths soon come to a
 * place of an earlier one. Where an end lies too far away is kept as well, since with
 * every token written there are fewer left.
 */
final class ClosingPaths {

    /** Beyond this many, places are forgotten and found anew. */
    private static final int KEPT = 1 << 14;

    private final TokenVocabulary vocabulary;

    private final ToIntFunction<Reading> shortestEnd;

    /** Tokens to the end, {@link ShortestEnd#NO_END} where none is known. */
    private final Map<Reading, Integer> known = new ConcurrentHashMap<>();

    /** Tokens that are too few. */
    private final Map<Reading, Long> tooFew = new ConcurrentHashMap<>();

    /**
     * Creates paths, none of them walked.
     * @param vocabulary the tokens that they are made of
     * @param shortestEnd the bytes of a shortest text that can follow a reading, or
     * {@link ShortestEnd#NO_END}
     */
    ClosingPaths(TokenVocabulary vocabulary, ToIntFunction<Reading> shortestEnd) {
        this.vocabulary = vocabulary;
        this.shortestEnd = shortestEnd;
    }

    /**
     * Returns whether a text is known to end within so many tokens.
     * @param reading where it stands
     * @param tokens 0 or more
     */
    boolean endWithin(Reading reading, long tokens) {
        int bytes = this.shortestEnd.applyAsInt(reading);
        if (bytes >= ShortestEnd.NO_END || bytes > tokens * this.vocabulary.all().deepest()) {
            return false;
        }
        // no token has less than a byte
        return bytes <= tokens || pathEndsWithin(reading, tokens);
    }

    private boolean pathEndsWithin(Reading reading, long tokens) {
        List<Reading> path = new ArrayList<>();
        Reading at = reading;
        while (true) {
            long left = tokens - path.size();
            Integer end = at.mayEnd() ? Integer.valueOf(0) : this.known.get(at);
            if (end != null) {
                return ends(path, end) <= tokens;
            }
            Long few = this.tooFew.get(at);
            if (left <= 0 || (few != null && left <= few)) {
                path.add(at);
                endsLater(path, tokens);
                return false;
            }
            OptionalInt token = next(at);
            if (token.isEmpty()) {
                path.add(at);
                return ends(path, ShortestEnd.NO_END) <= tokens;
            }
            path.add(at);
            for (byte b : this.vocabulary.text(token.getAsInt())) {
                at = at.after(b & 0xFF);
            }
        }
    }

    /** Keeps what is known of a path, and returns it for its beginning. */
    private int ends(List<Reading> path, int end) {
        makeRoom(this.known, path.size());
        int tokens = end;
        for (int i = path.size() - 1; i >= 0; i--) {
            tokens = Math.min(ShortestEnd.NO_END, tokens + 1);
            this.known.put(path.get(i), tokens);
            this.tooFew.remove(path.get(i));
        }
        return tokens;
    }

    private void endsLater(List<Reading> path, long tokens) {
        makeRoom(this.tooFew, path.size());
        for (int i = 0; i < path.size(); i++) {
            this.tooFew.merge(path.get(i), tokens - i, Math::max);
        }
    }

    private static void makeRoom(Map<Reading, ?> map, int more) {
        if (map.size() + more > KEPT) {
            map.clear();
        }
    }

    /**
     * Returns the longest token on the shortest way to an end; empty where no end is
     * known.
     * @param reading one that may not end
     */
    OptionalInt next(Reading reading) {
        TokenTrie trie = this.vocabulary.all();
        Reading at = reading;
        int left = this.shortestEnd.applyAsInt(at);
        int node = 0;
        OptionalInt longest = OptionalInt.empty();
        while (left > 0 && left < ShortestEnd.NO_END) {
            int only = at.onlyByte();
            int best = ByteAutomaton.NONE;
            Reading behind = Reading.NOTHING;
            for (int symbol = Math.max(0, only); symbol < ((only >= 0) ? only + 1 : 256); symbol++) {
                Reading next = (trie.child(node, symbol) != 0) ? at.after(symbol) : Reading.NOTHING;
                int bytes = this.shortestEnd.applyAsInt(next);
                if (bytes < left) {
                    left = bytes;
                    best = symbol;
                    behind = next;
                }
            }
            if (best < 0) {
                break;
            }
            node = trie.child(node, best);
            at = behind;
            if (trie.firstToken(node) < trie.endToken(node)) {
                longest = OptionalInt.of(trie.token(trie.firstToken(node)));
            }
        }
        return longest;
    }

}
