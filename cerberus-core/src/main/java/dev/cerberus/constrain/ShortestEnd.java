package dev.cerberus.constrain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How few bytes bring a text to an end, from wherever it is. Thread-safe.
 */
/*
 * What a part of a grammar takes at least is the least of what its pieces and its
 * replacements take, each with all that must follow. All parts below one that is asked
 * for are solved together, those with the fewest bytes first, as Knuth generalises
 * Dijkstra's algorithm [1]: so a part that contains itself has the number that it has in
 * whatever order parts are asked for. What would take too long to find is held to have no
 * end, so that a number is always that of a text that there is, though now and then not
 * of the shortest.
 *
 * [1] D. E. Knuth, A Generalization of Dijkstra's Algorithm,
 * https://doi.org/10.1016/0020-0190(77)90002-3
 */
final class ShortestEnd {

    /** Stands for the length of what has no end, or none that was found. */
    static final int NO_END = Integer.MAX_VALUE / 4;

    /** How many parts one question may look into. */
    private static final int MOST_PARTS = 20_000;

    private static final int MOST_STATES = 10_000;

    /** How much longer than the shortest a piece may be that is looked at. */
    private static final int LONGER = 64;

    // guarded by this
    private final IdentityHashMap<Symbol, Integer> parts = new IdentityHashMap<>();

    private final Map<Place, List<Ending>> endings = new ConcurrentHashMap<>();

    private record Place(ByteAutomaton automaton, int state) {
    }

    /**
     * How a piece may end.
     *
     * @param label with which label
     * @param bytes after how many bytes at least
     */
    private record Ending(int label, int bytes) {
    }

    /** Returns the bytes of a shortest text that can follow, or {@link #NO_END}. */
    synchronized int bytes(Reading reading) {
        int least = reading.mayEnd() ? 0 : NO_END;
        for (Reading.Way way : reading.ways()) {
            int rest = below(way.rest(), least);
            if (rest < least) {
                least = Math.min(least, plus(rest, piece(way.piece(), way.state())));
            }
        }
        return least;
    }

    private int below(Stack stack, int enough) {
        int sum = 0;
        Stack at = stack;
        Symbol top = at.top();
        while (top != null && sum < enough) {
            sum = plus(sum, of(top));
            at = at.rest();
            top = at.top();
        }
        return sum;
    }

    private int piece(Symbol.Piece piece, int state) {
        if (piece.automaton().isOpen()) {
            return 0; // nothing can follow it, and it may end anywhere
        }
        int least = NO_END;
        for (Ending ending : endings(piece.automaton(), state)) {
            int sum = ending.bytes();
            for (Symbol part : piece.after(ending.label())) {
                sum = plus(sum, of(part));
            }
            least = Math.min(least, sum);
        }
        return least;
    }

    private int of(Symbol part) {
        Integer known = this.parts.get(part);
        return (known != null) ? known : new Solution().of(part);
    }

    private List<Ending> endings(ByteAutomaton automaton, int state) {
        OptionalInt bytes = automaton.bytesToEnd(state);
        return bytes.isPresent() ? List.of(new Ending(0, bytes.getAsInt()))
                : this.endings.computeIfAbsent(new Place(automaton, state), ShortestEnd::endings);
    }

    private static int plus(int a, int b) {
        return Math.min(NO_END, a + b);
    }

    /** Finds the labels that can be reached, each with the fewest bytes. */
    private static List<Ending> endings(Place place) {
        ByteAutomaton automaton = place.automaton();
        List<Ending> found = new ArrayList<>();
        Set<Integer> seen = new HashSet<>(Set.of(place.state()));
        List<Integer> layer = List.of(place.state());
        int last = Integer.MAX_VALUE;
        for (int bytes = 0; !layer.isEmpty() && bytes <= last && seen.size() < MOST_STATES; bytes++) {
            List<Integer> next = new ArrayList<>();
            for (int state : layer) {
                int label = automaton.label(state);
                if (label >= 0 && found.stream().noneMatch((ending) -> ending.label() == label)) {
                    found.add(new Ending(label, bytes));
                    last = Math.min(last, bytes + LONGER);
                }
                for (int symbol = 0; symbol < 256; symbol++) {
                    int after = automaton.next(state, symbol);
                    if (after >= 0 && seen.add(after)) {
                        next.add(after);
                    }
                }
            }
            layer = next;
        }
        return List.copyOf(found);
    }

    /** Solves the parts below one that are not known yet. */
    private final class Solution {

        private final IdentityHashMap<Symbol, List<Option>> users = new IdentityHashMap<>();

        private final Deque<Symbol> open = new ArrayDeque<>(); // the latest first

        private final PriorityQueue<Option> complete = new PriorityQueue<>(
                Comparator.comparingInt((Option option) -> option.bytes));

        /** Returns the bytes of a part, or {@link ShortestEnd#NO_END}. */
        int of(Symbol part) {
            meet(part);
            int looked = 0;
            while (!this.open.isEmpty() && looked < MOST_PARTS) {
                look(this.open.pop());
                looked++;
            }
            solve();
            if (this.open.isEmpty()) { // all has been looked into
                this.users.keySet().forEach((each) -> ShortestEnd.this.parts.putIfAbsent(each, NO_END));
            }
            return ShortestEnd.this.parts.getOrDefault(part, NO_END);
        }

        private void meet(Symbol part) {
            if (!ShortestEnd.this.parts.containsKey(part) && !this.users.containsKey(part)) {
                this.users.put(part, new ArrayList<>(2));
                this.open.push(part);
            }
        }

        private void look(Symbol part) {
            for (Symbol[] replacement : part.replacements()) {
                take(part, 0, replacement);
            }
            for (Symbol.Piece piece : part.shortestPieces()) {
                if (piece.automaton().isOpen()) {
                    take(part, 0, Symbol.NOTHING);
                    continue;
                }
                for (Ending ending : endings(piece.automaton(), piece.automaton().start())) {
                    take(part, ending.bytes(), piece.after(ending.label()));
                }
            }
        }

        private void take(Symbol part, int bytes, Symbol[] sequence) {
            Option option = new Option(part, bytes);
            for (Symbol each : sequence) {
                meet(each);
                Integer known = ShortestEnd.this.parts.get(each);
                if (known != null) {
                    option.bytes = plus(option.bytes, known);
                }
                else {
                    option.unknown++;
                    this.users.computeIfAbsent(each, (met) -> new ArrayList<>(2)).add(option);
                }
            }
            if (option.unknown == 0) {
                this.complete.add(option);
            }
        }

        private void solve() {
            while (!this.complete.isEmpty()) {
                Option best = this.complete.remove();
                if (best.bytes >= NO_END || ShortestEnd.this.parts.putIfAbsent(best.part, best.bytes) != null) {
                    continue;
                }
                for (Option user : this.users.getOrDefault(best.part, List.of())) {
                    user.bytes = plus(user.bytes, best.bytes);
                    if (--user.unknown == 0) {
                        this.complete.add(user);
                    }
                }
            }
        }

    }

    /** One way to write a part. */
    private static final class Option {

        private final Symbol part;

        private int bytes; // of what is known

        private int unknown; // parts that are not

        Option(Symbol part, int bytes) {
            this.part = part;
            this.bytes = bytes;
        }

    }

}
