package dev.cerberus.template;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Methods of values, those of Python that change nothing: Jinja's immutable sandbox has
 * no others.
 */
final class Methods {

    private static final Parameters NONE = Parameters.of("method", "");

    private static final Parameters ONE = Parameters.of("method", "value");

    private static final Parameters GET = Parameters.of("get", "key default?");

    private static final Parameters INDEX = Parameters.of("index", "value start? stop?");

    private Methods() {
    }

    static @Nullable Object find(Object value, String name) {
        if (value instanceof String text) {
            return StringMethods.find(text, name);
        }
        if (value instanceof Dict dict) {
            return ofDict(dict, name);
        }
        if (value instanceof List || value instanceof Tuple) {
            return ofSequence(value, name);
        }
        if (value instanceof Number && name.equals("real")) {
            return value;
        }
        if (value instanceof Double real && name.equals("is_integer")) {
            return new Function(name, NONE, (arguments, rendering) -> !real.isInfinite() && real == Math.rint(real));
        }
        if (Numbers.isInteger(value) && name.equals("bit_length")) {
            return new Function(name, NONE,
                    (arguments, rendering) -> (long) Numbers.big((Number) value).abs().bitLength());
        }
        return null;
    }

    private static @Nullable Object ofDict(Dict dict, String name) {
        return switch (name) {
            case "get" -> new Function(name, GET, (arguments, rendering) -> {
                Object value = dict.get(arguments.get(0), rendering.meter());
                return (value != null) ? value : arguments.get(1, None.NONE);
            });
            case "items" -> new Function(name, NONE, (arguments, rendering) -> new DictView(dict, DictView.Part.ITEMS));
            case "keys" -> new Function(name, NONE, (arguments, rendering) -> new DictView(dict, DictView.Part.KEYS));
            case "values" ->
                new Function(name, NONE, (arguments, rendering) -> new DictView(dict, DictView.Part.VALUES));
            case "copy" -> new Function(name, NONE, (arguments, rendering) -> dict.copy(rendering.meter()));
            default -> null;
        };
    }

    private static @Nullable Object ofSequence(Object sequence, String name) {
        return switch (name) {
            case "count" -> new Function(name, ONE, (arguments, rendering) -> {
                long count = 0;
                for (Object element : elements(sequence, rendering.meter())) {
                    count += Comparison.equal(element, arguments.get(0), rendering.meter()) ? 1 : 0;
                }
                return count;
            });
            case "index" -> new Function(name, INDEX, (arguments, rendering) -> {
                List<Object> elements = elements(sequence, rendering.meter());
                for (int i = start(arguments.integer(1, 0), elements.size()); i < start(
                        arguments.integer(2, elements.size()), elements.size()); i++) {
                    if (Comparison.equal(elements.get(i), arguments.get(0), rendering.meter())) {
                        return (long) i;
                    }
                }
                throw PythonError.value("the value is not in the list");
            });
            case "copy" -> (sequence instanceof List)
                    ? new Function(name, NONE, (arguments, rendering) -> Values.list(sequence, rendering.meter()))
                    : null;
            default -> null;
        };
    }

    private static int start(long index, int size) {
        return (int) Math.max(0, Math.min(size, (index < 0) ? index + size : index));
    }

    private static List<Object> elements(Object sequence, Meter meter) {
        return Objects.requireNonNull(Values.sized(sequence, meter));
    }

}
