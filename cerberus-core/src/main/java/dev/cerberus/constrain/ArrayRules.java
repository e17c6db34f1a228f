package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which items an array may have, and the parts of a grammar that write them. Thread-safe
 * once all values are known.
 */
final class ArrayRules {

    private final List<SchemaValue> first;

    private final SchemaValue rest;

    private final int least;

    private final int most;

    private final JsonLayout layout;

    private final Map<Integer, Symbol> symbols = new ConcurrentHashMap<>();

    /**
     * Creates rules.
     * @param first the values of the first items
     * @param rest the values of all others
     * @param least the fewest items
     * @param most the most items; {@link ByteAutomaton#ANY_NUMBER} for no limit
     * @param layout where blanks stand
     */
    ArrayRules(List<SchemaValue> first, SchemaValue rest, int least, int most, JsonLayout layout) {
        this.first = first;
        this.rest = rest;
        this.least = least;
        this.most = most;
        this.layout = layout;
    }

    SchemaValue item(int index) {
        return (index < this.first.size()) ? this.first.get(index) : this.rest;
    }

    int least() {
        return this.least;
    }

    int most() {
        return this.most;
    }

    /** Returns the number of items from which on all are alike. */
    int different() {
        return this.first.size();
    }

    boolean isPossible() {
        if (this.least > this.most) {
            return false;
        }
        for (int i = 0; i < Math.min(this.least, this.first.size() + 1); i++) {
            if (!item(i).isPossible()) {
                return false;
            }
        }
        return true;
    }

    Symbol symbol() {
        return symbol(0);
    }

    private Symbol symbol(int count) {
        int bound = Math.max(1, Math.max(this.first.size(), this.least));
        int key = (this.most == ByteAutomaton.ANY_NUMBER) ? Math.min(count, bound) : count;
        return this.symbols.computeIfAbsent(key, Part::new);
    }

    /** What may come after some items. */
    private final class Part extends Symbol {

        private final int count;

        private volatile List<Piece> pieces = List.of();

        Part(int count) {
            this.count = count;
        }

        @Override
        List<Piece> pieces() {
            List<Piece> known = this.pieces;
            if (known.isEmpty()) {
                known = List.of(find());
                this.pieces = known;
            }
            return known;
        }

        private Piece find() {
            ArrayRules rules = ArrayRules.this;
            List<String> texts = new ArrayList<>();
            List<Symbol[]> after = new ArrayList<>();
            if (this.count < rules.most && item(this.count).isPossible()) {
                texts.add((this.count == 0) ? "[" : rules.layout.comma());
                after.add(new Symbol[] { item(this.count).symbol(), symbol(this.count + 1) });
            }
            if (this.count >= rules.least) {
                texts.add((this.count == 0) ? "[]" : "]");
                after.add(Symbol.NOTHING);
            }
            return new ObjectRules.OneOf(new LiteralSet(texts), after);
        }

    }

}
