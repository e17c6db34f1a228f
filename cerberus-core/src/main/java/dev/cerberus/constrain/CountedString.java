package dev.cerberus.constrain;

import java.util.OptionalInt;

/**
 * The JSON strings whose length in characters lies within bounds: any string with a
 * counter beside it, however long.
 */
final class CountedString extends ByteAutomaton {

    private static final TableAutomaton ANY = JsonStrings.ANY;

    /** The most characters that can be counted, far more than any answer has. */
    static final int LONGEST = Integer.MAX_VALUE / ANY.states() - 2;

    private final int size = ANY.states();

    private final int between; // state between two characters

    private final int least;

    private final int most;

    /**
     * Creates an automaton.
     * @param least fewest characters, 0 to {@link #LONGEST}
     * @param most most characters, at least as many and not above that;
     * {@link #ANY_NUMBER} for no limit
     */
    CountedString(int least, int most) {
        if (least < 0 || most < least || least > LONGEST || (most != ANY_NUMBER && most > LONGEST)) {
            throw new IllegalArgumentException("no string has " + least + " to " + most + " characters");
        }
        this.least = least;
        this.most = most;
        this.between = ANY.next(ANY.start(), '"');
    }

    @Override
    int start() {
        return ANY.start();
    }

    @Override
    int next(int state, int symbol) {
        int inner = state % this.size;
        int count = state / this.size;
        if (inner == this.between && ((symbol == '"') ? count < this.least : count == this.most)) {
            return NONE;
        }
        int next = ANY.next(inner, symbol);
        if (next < 0) {
            return NONE;
        }
        int read = (next == this.between && inner != ANY.start()) ? count + 1 : count;
        return Math.min(read, (this.most == ANY_NUMBER) ? this.least : this.most) * this.size + next;
    }

    @Override
    int label(int state) {
        return ANY.label(state % this.size);
    }

    @Override
    boolean isLast(int state) {
        return ANY.isLast(state % this.size);
    }

    @Override
    int freeCharacters(int state) {
        if (state % this.size != this.between) {
            return 0;
        }
        return (this.most == ANY_NUMBER) ? ANY_NUMBER : this.most - state / this.size;
    }

    /** No character that is lacking takes more than a byte. */
    @Override
    OptionalInt bytesToEnd(int state) {
        int inner = state % this.size;
        OptionalInt withoutMore = ANY.bytesToEnd(inner);
        if (isLast(state) || withoutMore.isEmpty()) {
            return withoutMore;
        }
        boolean within = inner != this.between && inner != ANY.start();
        int lacking = this.least - state / this.size - (within ? 1 : 0);
        return OptionalInt.of(withoutMore.getAsInt() + Math.max(0, lacking));
    }

}
