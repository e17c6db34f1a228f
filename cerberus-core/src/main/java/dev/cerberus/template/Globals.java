package dev.cerberus.template;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Functions every template may call: Jinja's, and the two that transformers adds.
 */
final class Globals {

    private static final Map<String, Function> FUNCTIONS = new TreeMap<>();

    static {
        define("range", "first second? third?", (args, rendering) -> {
            long first = args.integer(0, 0);
            if (args.has(1)) {
                return Range.of(first, args.integer(1, 0), args.integer(2, 1));
            }
            return Range.of(0, first, 1);
        });
        define("dict", "*", (args, rendering) -> dict(args.all(), rendering.meter()));
        define("namespace", "*", (args, rendering) -> new Namespace(dict(args.all(), rendering.meter())));
        define("joiner", "sep?", (args, rendering) -> new Joiner(args.text(0, ", ")));
        define("cycler", "*", (args, rendering) -> new Cycler(args.all().positional()));
        define("raise_exception", "message", (args, rendering) -> {
            throw new Rendering.Raised(Texts.str(args.get(0), rendering.meter()));
        });
        define("strftime_now", "format",
                (args, rendering) -> new Dates(rendering.now(), rendering.meter()).format(args.text(0)));
    }

    private Globals() {
    }

    private static void define(String name, String parameters, Function.Body body) {
        FUNCTIONS.put(name, Function.of(name, parameters, body));
    }

    static void addTo(Scope scope) {
        FUNCTIONS.forEach(scope::set);
    }

    private static Dict dict(Arguments arguments, Meter meter) {
        if (arguments.positional().size() > 1) {
            throw PythonError.type("dict expected at most 1 argument, got " + arguments.positional().size());
        }
        Dict dict = new Dict();
        if (!arguments.positional().isEmpty()) {
            Object source = arguments.positional().get(0);
            if (source instanceof Dict other) {
                dict.putAll(other, meter);
            }
            else {
                for (Object pair : Values.list(source, meter)) {
                    List<Object> both = Values.list(pair, meter);
                    if (both.size() != 2) {
                        throw PythonError.value("dict() needs pairs of key and value");
                    }
                    dict.put(both.get(0), both.get(1), meter);
                }
            }
        }
        arguments.named().forEach((name, value) -> dict.put(name, value, meter));
        return dict;
    }

    /** A separator that is empty the first time. */
    private static final class Joiner implements Callable {

        private final String separator;

        private boolean used;

        Joiner(String separator) {
            this.separator = separator;
        }

        @Override
        public Object call(Arguments arguments, Rendering rendering) {
            Parameters.of("joiner", "").bind(arguments);
            String result = this.used ? this.separator : "";
            this.used = true;
            return result;
        }

        @Override
        public String describe() {
            return "<Joiner>";
        }

        @Override
        public String typeName() {
            return "Joiner";
        }

    }

    /** Values in turn. */
    private static final class Cycler implements HasAttributes {

        private final List<Object> values;

        private int position;

        Cycler(List<Object> values) {
            if (values.isEmpty()) {
                throw PythonError.runtime("at least one item has to be provided");
            }
            this.values = values;
        }

        @Override
        public @Nullable Object attribute(String name, Meter meter) {
            return switch (name) {
                case "current" -> this.values.get(this.position);
                case "pos" -> (long) this.position;
                case "items" -> Tuple.of(this.values);
                case "next" -> Function.of("next", "", (args, rendering) -> next());
                case "reset" -> Function.of("reset", "", (args, rendering) -> {
                    this.position = 0;
                    return None.NONE;
                });
                default -> null;
            };
        }

        private Object next() {
            Object value = this.values.get(this.position);
            this.position = (this.position + 1) % this.values.size();
            return value;
        }

    }

}
