package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How few bytes bring a text to an end, from wherever it is. Thread-safe.
 */
/*
 * What a part of a grammar takes at least is the least of what its pieces and its
 * replacements take, each with all that must follow. Parts that contain themselves are
 * looked into once: a shortest text never goes round. What would take too long to find is
 * held to have no end, so that a number is always that of a text that there is, though
 * now and then not of the shortest.
 */
final class ShortestEnd {

    /** Stands for the length of what has no end, or none that was found. */
    static final int NO_END = Integer.MAX_VALUE / 4;

    private static final int DEEPEST_PART = 500;

    /** How many parts one question may look into. */
    private static final int MOST_PARTS = 20_000;

    private static final int MOST_STATES = 10_000;

    /** How much longer than the shortest a piece may be that is looked at. */
    private static final int LONGER = 64;

    // both guarded by this
    private final IdentityHashMap<Symbol, Integer> parts = new IdentityHashMap<>();

    private int looked;

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
        this.looked = 0;
        int least = reading.mayEnd() ? 0 : NO_END;
        for (Reading.Way way : reading.ways()) {
            int rest = below(way.rest(), least);
            if (rest < least) {
                least = Math.min(least, plus(rest, piece(way.piece(), way.state(), 0)));
            }
        }
        return least;
    }

    private int below(Stack stack, int enough) {
        int sum = 0;
        Stack at = stack;
        Symbol top = at.top();
        while (top != null && sum < enough) {
            sum = plus(sum, of(top, 0));
            at = at.rest();
            top = at.top();
        }
        return sum;
    }

    private int of(Symbol part, int depth) {
        Integer known = this.parts.get(part);
        if (known != null) {
            return known;
        }
        if (depth > DEEPEST_PART || ++this.looked > MOST_PARTS) {
            return NO_END;
        }
        this.parts.put(part, NO_END); // to whoever comes round to it
        int least = NO_END;
        for (Symbol[] replacement : part.replacements()) {
            least = Math.min(least, sequence(replacement, depth));
        }
        for (Symbol.Piece piece : part.pieces()) {
            least = Math.min(least, piece(piece, piece.automaton().start(), depth));
        }
        if (least == NO_END) {
            this.parts.remove(part);
        }
        else {
            this.parts.put(part, least);
        }
        return least;
    }

    private int sequence(Symbol[] parts, int depth) {
        int sum = 0;
        for (Symbol part : parts) {
            sum = plus(sum, of(part, depth + 1));
        }
        return sum;
    }

    private int piece(Symbol.Piece piece, int state, int depth) {
        if (piece.automaton().isOpen()) {
            return 0; // nothing can follow it, and it may end anywhere
        }
        int least = NO_END;
        for (Ending ending : this.endings.computeIfAbsent(new Place(piece.automaton(), state), ShortestEnd::endings)) {
            least = Math.min(least, plus(ending.bytes(), sequence(piece.after(ending.label()), depth)));
        }
        return least;
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

}
