package dev.cerberus.constrain;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The states of one grammar over one vocabulary, with what was found out about each kept
 * for all answers. Thread-safe.
 */
public final class Constraints {

    /** Beyond this many, states are forgotten and found anew. */
    private static final int KEPT_STATES = 512;

    private static final int KEPT_REACHES = 512;

    /** Tokens of a state whose next states are kept. */
    private static final int KEPT_STEPS = 64;

    /** A state that is asked for more single tokens than this finds all of them. */
    private static final int MANY_QUESTIONS = 100;

    private final TokenVocabulary vocabulary;

    private final Reading first;

    private volatile @Nullable Reach lastReach;

    private volatile @Nullable TokenMask lastMask;

    private final ClosingPaths closingPaths;

    private final Map<Reading, State> states = new ConcurrentHashMap<>();

    private final Map<ByteAutomaton, Map<Integer, Reach>> reaches = new ConcurrentHashMap<>();

    /**
     * Creates the states of a grammar.
     * @param grammar what answers may look like
     * @param vocabulary the tokens they are made of
     * @param blankFirst whether a blank at the beginning of the answer is not shown, so
     * that one more is allowed there
     */
    public Constraints(Grammar grammar, TokenVocabulary vocabulary, boolean blankFirst) {
        this.vocabulary = vocabulary;
        this.closingPaths = new ClosingPaths(vocabulary, new ShortestEnd()::bytes);
        Symbol root = grammar.root();
        this.first = Reading
            .of(blankFirst ? new Symbols.Choice().or(new Symbols.Choice().or(Symbols.literal(" ")).or(), root) : root);
    }

    /**
     * Returns the state before an answer's first token.
     * @return the state
     */
    public TokenConstraint start() {
        return state(this.first);
    }

    private State state(Reading reading) {
        State known = this.states.get(reading);
        if (known != null) {
            return known;
        }
        if (this.states.size() >= KEPT_STATES) {
            this.states.clear();
        }
        State state = new State(reading);
        State other = this.states.putIfAbsent(reading, state);
        return (other != null) ? other : state;
    }

    private Reach reach(ByteAutomaton automaton, int state) {
        Map<Integer, Reach> known = automaton.isShared() ? this.vocabulary.sharedReaches(automaton)
                : this.reaches.computeIfAbsent(automaton, (key) -> new ConcurrentHashMap<>());
        Reach reach = known.get(state);
        if (reach == null) {
            if (known.size() >= KEPT_REACHES) {
                known.clear();
            }
            reach = Reach.of(automaton, state, this.vocabulary);
            // Neighbours, such as strings with one character more, are mostly alike.
            Reach last = this.lastReach;
            reach = (last != null && last.sameAs(reach)) ? last : reach;
            this.lastReach = reach;
            known.put(state, reach);
        }
        return reach;
    }

    /** One state. What it knows is computed when asked for, by whoever asks first. */
    private final class State implements TokenConstraint {

        private final Reading reading;

        private volatile @Nullable TokenMask allowed;

        private volatile @Nullable OptionalInt forced;

        private volatile @Nullable OptionalInt closing;

        private final Map<Integer, State> steps = new ConcurrentHashMap<>(4);

        private int questions; // roughly: threads may count over each other

        State(Reading reading) {
            this.reading = reading;
        }

        @Override
        public TokenMask allowed() {
            TokenMask known = this.allowed;
            if (known == null) {
                known = new MaskWalk().mask(this.reading);
                TokenMask last = Constraints.this.lastMask;
                known = (last != null && last.sameAs(known)) ? last : known;
                Constraints.this.lastMask = known;
                this.allowed = known;
            }
            return known;
        }

        @Override
        public boolean allows(int token) {
            TokenMask known = this.allowed;
            if (known != null) {
                return known.contains(token);
            }
            if (Constraints.this.vocabulary.ends().contains(token)) {
                return this.reading.mayEnd();
            }
            return (++this.questions > MANY_QUESTIONS) ? allowed().contains(token) : step(token) != null;
        }

        @Override
        public TokenConstraint after(int token) {
            State next = step(token);
            if (next == null) {
                throw new IllegalArgumentException("the token " + token + " is not allowed here");
            }
            return next;
        }

        @Override
        public Optional<TokenConstraint> next(int token) {
            return Optional.ofNullable(step(token));
        }

        /** A token is asked about when it is drafted, chosen and written. */
        private @Nullable State step(int token) {
            State known = this.steps.get(token);
            if (known == null) {
                Reading next = after(this.reading, token);
                if (!next.isPossible()) {
                    return null;
                }
                known = state(next);
                if (this.steps.size() < KEPT_STEPS) {
                    this.steps.put(token, known);
                }
            }
            return known;
        }

        private Reading after(Reading from, int token) {
            byte[] text = Constraints.this.vocabulary.text(token);
            if (text.length == 0) {
                return (from.isFreeText() && Constraints.this.vocabulary.isSilent(token)) ? from : Reading.NOTHING;
            }
            Reading at = from;
            for (byte b : text) {
                at = at.after(b & 0xFF);
                if (!at.isPossible()) {
                    return Reading.NOTHING;
                }
            }
            return at;
        }

        @Override
        public OptionalInt forced() {
            OptionalInt known = this.forced;
            if (known == null) {
                known = longestForced();
                this.forced = known;
            }
            return known;
        }

        private OptionalInt longestForced() {
            TokenTrie trie = Constraints.this.vocabulary.all();
            Reading at = this.reading;
            int node = 0;
            OptionalInt longest = OptionalInt.empty();
            int symbol = at.onlyByte();
            while (symbol >= 0) {
                node = trie.child(node, symbol);
                if (node == 0) {
                    break;
                }
                if (trie.firstToken(node) < trie.endToken(node)) {
                    longest = OptionalInt.of(trie.token(trie.firstToken(node)));
                }
                at = at.after(symbol);
                symbol = at.onlyByte();
            }
            return longest;
        }

        @Override
        public boolean canEndWithin(long tokens) {
            return Constraints.this.closingPaths.endWithin(this.reading, tokens);
        }

        @Override
        public OptionalInt closing() {
            OptionalInt known = this.closing;
            if (known == null) {
                known = this.reading.mayEnd()
                        ? Constraints.this.vocabulary.ends().stream().mapToInt(Integer::intValue).min()
                        : Constraints.this.closingPaths.next(this.reading);
                this.closing = known;
            }
            return known;
        }

        @Override
        public boolean isComplete() {
            return this.reading.mayEnd() && this.reading.isEmpty();
        }

    }

    /** The search for all tokens that fit. */
    private final class MaskWalk {

        private final TokenVocabulary vocabulary = Constraints.this.vocabulary;

        private long[] bits = new long[0];

        private boolean ownBits;

        private final Reach.Ints tokens = new Reach.Ints();

        TokenMask mask(Reading reading) {
            for (Reading.Way way : reading.ways()) {
                Reach reach = reach(way.piece().automaton(), way.state());
                add(reach.bits());
                this.tokens.addAll(reach.tokens());
                leave(way, reach);
            }
            if (reading.isFreeText()) {
                this.tokens.addAll(this.vocabulary.silent());
            }
            if (reading.mayEnd()) {
                this.vocabulary.ends().forEach(this.tokens::add);
            }
            return TokenMask.of(this.bits, this.tokens.toArray());
        }

        private void leave(Reading.Way way, Reach reach) {
            int label = ByteAutomaton.NONE;
            Reading next = Reading.NOTHING;
            for (int i = 0; i < reach.leavings(); i++) {
                if (reach.leavingLabel(i) != label) {
                    label = reach.leavingLabel(i);
                    next = Reading.of(way.rest().pushAll(way.piece().after(label)));
                }
                below(this.vocabulary.slice(reach.leavingSlice(i)).trie(), reach.leavingNode(i), next);
            }
        }

        private void add(long[] more) {
            if (more.length == 0 || more == this.bits) {
                return;
            }
            if (this.bits.length == 0) {
                this.bits = more;
                return;
            }
            if (!this.ownBits) {
                this.bits = Arrays.copyOf(this.bits, Math.max(this.bits.length, more.length));
                this.ownBits = true;
            }
            for (int i = 0; i < more.length; i++) {
                this.bits[i] |= more[i];
            }
        }

        private void below(TokenTrie trie, int from, Reading reading) {
            if (reading.isEmpty()) {
                return;
            }
            Reading[] readings = new Reading[trie.deepest() + 1];
            readings[trie.depth(from)] = reading;
            int end = trie.skip(from);
            int node = from + 1;
            while (node < end) {
                Reading next = readings[trie.depth(node) - 1].after(trie.symbol(node));
                if (!next.isPossible()) {
                    node = trie.skip(node);
                    continue;
                }
                for (int i = trie.firstToken(node); i < trie.endToken(node); i++) {
                    this.tokens.add(trie.token(i));
                }
                readings[trie.depth(node)] = next;
                node = next.isEmpty() ? trie.skip(node) : node + 1;
            }
        }

    }

}
