package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Which properties an object may have, and the parts of a grammar that write them.
 * Thread-safe once all values are known.
 */
final class ObjectRules {

    /**
     * A property with a name.
     *
     * @param name the name
     * @param value its values
     * @param required whether no object lacks it
     */
    record Property(String name, SchemaValue value, boolean required) {
    }

    /**
     * Properties with any name of a kind.
     *
     * @param names the names as JSON strings
     * @param value their values
     */
    record Others(ByteAutomaton names, SchemaValue value) {
    }

    private final List<Property> properties;

    private final Map<String, SchemaValue> byName;

    private final List<Others> others;

    private final int least;

    private final int most;

    private final boolean leftOut;

    private final int lastRequired; // its index, -1 if none is

    private final SchemaOptions options;

    private final Map<Progress, Symbol> symbols = new ConcurrentHashMap<>();

    private final Map<Others, Symbol> names = new ConcurrentHashMap<>();

    private final Symbol colon;

    /**
     * Creates rules.
     * @param properties the properties with a name, in order
     * @param others the kinds of further properties
     * @param least the fewest properties
     * @param most the most properties; {@link ByteAutomaton#ANY_NUMBER} for no limit
     * @param leftOut whether the schema allows further properties that are not written
     * @param options how objects are written
     */
    ObjectRules(List<Property> properties, List<Others> others, int least, int most, boolean leftOut,
            SchemaOptions options) {
        this.leftOut = leftOut;
        this.properties = properties;
        this.byName = properties.stream()
            .collect(Collectors.toUnmodifiableMap(Property::name, Property::value, (first, second) -> first));
        this.others = others;
        this.least = least;
        this.most = most;
        this.options = options;
        this.lastRequired = lastRequired(properties);
        this.colon = Symbols.literal(options.layout().colon());
    }

    private static int lastRequired(List<Property> properties) {
        int last = properties.size() - 1;
        while (last >= 0 && !properties.get(last).required()) {
            last--;
        }
        return last;
    }

    List<Property> properties() {
        return this.properties;
    }

    List<Others> others() {
        return this.others;
    }

    int least() {
        return this.least;
    }

    int most() {
        return this.most;
    }

    /** Returns whether an object may have a property of a name that is not declared. */
    boolean mayHaveOthers() {
        return this.others.stream().anyMatch((other) -> other.value().isPossible());
    }

    /** Returns whether the schema allows a property of a name that is not declared. */
    boolean isOpen() {
        return this.leftOut || mayHaveOthers();
    }

    Optional<SchemaValue> property(String name) {
        return Optional.ofNullable(this.byName.get(name));
    }

    boolean isPossible() {
        int required = 0;
        int usable = 0;
        for (Property property : this.properties) {
            if (property.required() && !property.value().isPossible()) {
                return false;
            }
            required += property.required() ? 1 : 0;
            usable += property.value().isPossible() ? 1 : 0;
        }
        return this.least <= this.most && required <= this.most && (usable >= this.least || mayHaveOthers());
    }

    Symbol symbol() {
        return symbol(new Progress(new BitSet(), 0, 0));
    }

    /**
     * How far an object has been written.
     *
     * @param seen properties that it has, in any order
     * @param next the next property that may come, in order
     * @param count how many there are, as far as that matters
     */
    private record Progress(BitSet seen, int next, int count) {
    }

    private Symbol symbol(Progress progress) {
        return this.symbols.computeIfAbsent(progress, Part::new);
    }

    private Progress with(Progress before, int index) {
        int bound = Math.max(1, Math.max(this.least, (this.most == ByteAutomaton.ANY_NUMBER) ? 0 : this.most));
        int count = Math.min(before.count() + 1, bound);
        BitSet seen = before.seen();
        if (this.options.anyOrder() && index < this.properties.size()) {
            seen = (BitSet) seen.clone();
            seen.set(index);
        }
        return new Progress(seen, this.options.anyOrder() ? 0 : Math.min(index + 1, this.properties.size()), count);
    }

    private boolean isMissing(Progress progress, int index) {
        return this.options.anyOrder() ? !progress.seen().get(index) : index >= progress.next();
    }

    /** What may come after some properties. */
    private final class Part extends Symbol {

        private final Progress progress;

        private volatile List<Piece> pieces = List.of();

        Part(Progress progress) {
            this.progress = progress;
        }

        @Override
        List<Piece> pieces() {
            List<Piece> known = this.pieces;
            if (known.isEmpty()) {
                known = find();
                this.pieces = known;
            }
            return known;
        }

        /**
         * Without what may be left out, and that is each of thousands of properties from
         * each before it.
         */
        @Override
        List<Piece> shortestPieces() {
            ObjectRules rules = ObjectRules.this;
            int first = -1;
            int required = 0;
            for (int i = rules.lastRequired; i >= this.progress.next(); i--) {
                if (rules.properties.get(i).required() && isMissing(this.progress, i)) {
                    first = i;
                    required++;
                }
            }
            if (this.progress.count() + required < rules.least) {
                return pieces(); // not all that may be left out can be
            }
            if (first < 0) {
                return List.of(new OneOf(new LiteralSet(List.of(closing())), List.<Symbol[]>of(Symbol.NOTHING)));
            }
            Property property = rules.properties.get(first);
            Symbol[] after = { property.value().symbol(), symbol(with(this.progress, first)) };
            return List.of(new OneOf(new LiteralSet(List.of(name(property))), List.<Symbol[]>of(after)));
        }

        private String before() {
            return (this.progress.count() == 0) ? "{" : ObjectRules.this.options.layout().comma();
        }

        private String name(Property property) {
            return before() + JsonTexts.string(property.name()) + ObjectRules.this.options.layout().colon();
        }

        private String closing() {
            return (this.progress.count() == 0) ? "{}" : "}";
        }

        private List<Piece> find() {
            ObjectRules rules = ObjectRules.this;
            String before = before();
            List<String> texts = new ArrayList<>();
            List<Symbol[]> after = new ArrayList<>();
            int required = 0;
            int usable = 0;
            for (int i = 0; i < rules.properties.size(); i++) {
                if (isMissing(this.progress, i) && rules.properties.get(i).value().isPossible()) {
                    required += rules.properties.get(i).required() ? 1 : 0;
                    usable++;
                }
            }
            boolean others = rules.mayHaveOthers();
            int left = usable;
            boolean skipsRequired = false;
            for (int i = 0; i < rules.properties.size() && !skipsRequired; i++) {
                Property property = rules.properties.get(i);
                if (!isMissing(this.progress, i) || !property.value().isPossible()) {
                    continue;
                }
                left--;
                Progress next = with(this.progress, i);
                int room = property.required() ? required : required + 1;
                boolean fits = rules.most == ByteAutomaton.ANY_NUMBER || this.progress.count() + room <= rules.most;
                boolean enough = others || next.count() + (rules.options.anyOrder() ? usable - 1 : left) >= rules.least;
                if (fits && enough) {
                    texts.add(name(property));
                    after.add(new Symbol[] { property.value().symbol(), symbol(next) });
                }
                skipsRequired = property.required() && !rules.options.anyOrder();
            }
            if (required == 0 && this.progress.count() >= rules.least) {
                texts.add(closing());
                after.add(Symbol.NOTHING);
            }
            List<Piece> found = new ArrayList<>();
            if (!texts.isEmpty()) {
                found.add(new OneOf(new LiteralSet(texts), after));
            }
            boolean late = rules.options.anyOrder() || required == 0;
            boolean room = rules.most == ByteAutomaton.ANY_NUMBER || this.progress.count() + required < rules.most;
            if (others && late && room) {
                found.add(other(before));
            }
            return found;
        }

        private Piece other(String before) {
            ObjectRules rules = ObjectRules.this;
            Symbols.Choice kinds = new Symbols.Choice();
            Symbol next = symbol(with(this.progress, rules.properties.size()));
            for (Others kind : rules.others) {
                if (kind.value().isPossible()) {
                    Symbol name = rules.names.computeIfAbsent(kind, (key) -> new Symbols.Terminal(key.names()));
                    kinds.or(name, rules.colon, kind.value().symbol(), next);
                }
            }
            return new Symbols.Then(new LiteralSet(List.of(before)), kinds);
        }

    }

    /** A piece that is one of several texts. */
    static final class OneOf extends Symbol.Piece {

        private final List<Symbol[]> after;

        OneOf(LiteralSet texts, List<Symbol[]> after) {
            super(texts);
            this.after = after;
        }

        @Override
        Symbol[] after(int label) {
            return this.after.get(label);
        }

    }

}
