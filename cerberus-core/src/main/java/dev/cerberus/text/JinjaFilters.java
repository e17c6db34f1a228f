package dev.cerberus.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import com.hubspot.jinjava.lib.fn.MacroFunction;
import com.hubspot.jinjava.objects.Namespace;
import dev.cerberus.text.JinjaEngine.Arguments;
import dev.cerberus.text.JinjaEngine.FilterBody;
import dev.cerberus.text.JinjaEngine.TestBody;
import dev.cerberus.text.PythonValues.PythonException;
import org.jspecify.annotations.Nullable;

/**
 * All filters, tests and functions that templates may use, with Jinja2's names and
 * meaning.
 */
final class JinjaFilters {

    static final Map<String, TestBody> TESTS = tests();

    static final Map<String, FilterBody> FILTERS = filters();

    static final Map<String, Function<Arguments, @Nullable Object>> FUNCTIONS = Map.of("namespace",
            (arguments) -> namespace(arguments), "dict", (arguments) -> new LinkedHashMap<>(arguments.named()), "range",
            JinjaFilters::range);

    private static final int MAX_RANGE = 100_000;

    private JinjaFilters() {
    }

    private static Object namespace(Arguments arguments) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        if (!arguments.values().isEmpty() && arguments.values().get(0) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> values.put(String.valueOf(key), value));
        }
        values.putAll(arguments.named());
        return new Namespace(values);
    }

    private static Object range(Arguments arguments) {
        List<@Nullable Object> values = arguments.values();
        int from = (values.size() > 1) ? PythonValues.integer(values.get(0)) : 0;
        int to = PythonValues.integer(values.get((values.size() > 1) ? 1 : 0));
        int step = (values.size() > 2) ? PythonValues.integer(values.get(2)) : 1;
        if (step == 0) {
            throw new PythonException("range() step must not be zero");
        }
        List<@Nullable Object> range = new ArrayList<>();
        for (long i = from; (step > 0) ? i < to : i > to; i += step) {
            if (range.size() == MAX_RANGE) {
                throw new PythonException("range() of more than " + MAX_RANGE + " elements");
            }
            range.add(i);
        }
        return range;
    }

    private static Map<String, TestBody> tests() {
        Map<String, TestBody> tests = new LinkedHashMap<>();
        tests.put("defined", (value, arguments) -> value != null);
        tests.put("undefined", (value, arguments) -> value == null);
        tests.put("none", (value, arguments) -> value == null);
        tests.put("string", (value, arguments) -> value instanceof String);
        tests.put("mapping", (value, arguments) -> value instanceof Map);
        tests.put("boolean", (value, arguments) -> value instanceof Boolean);
        tests.put("true", (value, arguments) -> Boolean.TRUE.equals(value));
        tests.put("false", (value, arguments) -> Boolean.FALSE.equals(value));
        tests.put("number", (value, arguments) -> value instanceof Number);
        tests.put("integer", (value, arguments) -> value instanceof Number n && PythonValues.isIntegral(n));
        tests.put("float", (value, arguments) -> value instanceof Number n && !PythonValues.isIntegral(n));
        tests.put("iterable", (value, arguments) -> isSequence(value));
        tests.put("sequence", (value, arguments) -> isSequence(value));
        tests.put("callable", (value, arguments) -> value instanceof MacroFunction);
        tests.put("odd", (value, arguments) -> PythonValues.integer(value) % 2 != 0);
        tests.put("even", (value, arguments) -> PythonValues.integer(value) % 2 == 0);
        tests.put("divisibleby",
                (value, arguments) -> PythonValues.integer(value) % PythonValues.integer(arguments.get(0, "num")) == 0);
        tests.put("upper", (value, arguments) -> PythonValues.text(value).equals(upper(value)));
        tests.put("lower", (value, arguments) -> PythonValues.text(value).equals(lower(value)));
        tests.put("in", (value, arguments) -> PythonValues.contains(arguments.get(0, "seq"), value));
        tests.put("sameas", (value, arguments) -> PythonValues.equal(value, arguments.get(0, "other")));
        for (String name : List.of("equalto", "eq", "==")) {
            tests.put(name, (value, arguments) -> PythonValues.equal(value, arguments.get(0, "other")));
        }
        for (String name : List.of("ne", "!=")) {
            tests.put(name, (value, arguments) -> !PythonValues.equal(value, arguments.get(0, "other")));
        }
        tests.put("gt", (value, arguments) -> compare(value, arguments.get(0, "other")) > 0);
        tests.put("ge", (value, arguments) -> compare(value, arguments.get(0, "other")) >= 0);
        tests.put("lt", (value, arguments) -> compare(value, arguments.get(0, "other")) < 0);
        tests.put("le", (value, arguments) -> compare(value, arguments.get(0, "other")) <= 0);
        return tests;
    }

    private static boolean isSequence(@Nullable Object value) {
        return value instanceof Collection || value instanceof Map || value instanceof String;
    }

    private static Map<String, FilterBody> filters() {
        Map<String, FilterBody> filters = new LinkedHashMap<>();
        textFilters(filters);
        listFilters(filters);
        filters.put("tojson", JinjaFilters::toJson);
        filters.put("items", (value, arguments) -> (value != null) ? PythonValues.items(map(value)) : List.of());
        filters.put("dictsort", (value, arguments) -> sorted(PythonValues.items(map(value)), 0L, false));
        filters.put("attr", (value, arguments) -> attribute(value, arguments.get(0, "name")));
        filters.put("int", (value, arguments) -> toInt(value, arguments.get(0, "default", 0L)));
        filters.put("float", (value, arguments) -> toFloat(value, arguments.get(0, "default", 0.0)));
        filters.put("abs", (value, arguments) -> (value instanceof Number n && PythonValues.isIntegral(n))
                ? (Object) Math.abs(n.longValue()) : (Object) Math.abs(number(value)));
        filters.put("round", JinjaFilters::round);
        for (String name : List.of("default", "d")) {
            filters.put(name, (value, arguments) -> {
                boolean replace = PythonValues.truth(arguments.get(1, "boolean")) ? !PythonValues.truth(value)
                        : value == null;
                return replace ? arguments.get(0, "default_value", "") : value;
            });
        }
        return filters;
    }

    private static void textFilters(Map<String, FilterBody> filters) {
        filters.put("string", (value, arguments) -> PythonValues.str(value));
        filters.put("safe", (value, arguments) -> value);
        filters.put("trim", (value, arguments) -> PythonValues.strip(PythonValues.str(value), arguments.get(0, "chars"),
                true, true));
        filters.put("upper", (value, arguments) -> upper(value));
        filters.put("lower", (value, arguments) -> lower(value));
        filters.put("capitalize", (value, arguments) -> PythonValues.capitalize(PythonValues.str(value)));
        filters.put("title", (value, arguments) -> PythonValues.title(PythonValues.str(value)));
        filters.put("replace", (value, arguments) -> {
            Object count = arguments.get(2, "count");
            return PythonValues.replace(PythonValues.str(value), PythonValues.text(arguments.get(0, "old")),
                    PythonValues.text(arguments.get(1, "new")),
                    (count != null) ? PythonValues.integer(count) : Integer.MAX_VALUE);
        });
        filters.put("indent", JinjaFilters::indent);
        filters.put("wordcount",
                (value, arguments) -> (long) PythonValues.split(PythonValues.str(value), null, Integer.MAX_VALUE, false)
                    .size());
        for (String name : List.of("escape", "e")) {
            filters.put(name,
                    (value, arguments) -> PythonValues.str(value)
                        .replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("'", "&#39;")
                        .replace("\"", "&#34;"));
        }
    }

    private static void listFilters(Map<String, FilterBody> filters) {
        filters.put("list", (value, arguments) -> PythonValues.iterate(value));
        filters.put("length", (value, arguments) -> PythonValues.length(value));
        filters.put("count", (value, arguments) -> PythonValues.length(value));
        filters.put("first", (value, arguments) -> (value != null) ? PythonValues.element(list(value), "0") : null);
        filters.put("last", (value, arguments) -> (value != null) ? PythonValues.element(list(value), "-1") : null);
        filters.put("reverse", (value, arguments) -> PythonValues.slice(value, null, null, -1L));
        filters.put("join", (value, arguments) -> {
            Object attribute = arguments.get(1, "attribute");
            List<@Nullable Object> elements = PythonValues.iterate(value);
            if (attribute != null) {
                elements.replaceAll((element) -> attribute(element, attribute));
            }
            return PythonValues.join(elements, PythonValues.str(arguments.get(0, "d", "")));
        });
        filters.put("sort", (value, arguments) -> sorted(PythonValues.iterate(value), arguments.get(2, "attribute"),
                PythonValues.truth(arguments.get(0, "reverse"))));
        filters.put("unique", (value, arguments) -> {
            List<@Nullable Object> unique = new ArrayList<>();
            PythonValues.iterate(value).forEach((element) -> {
                if (!PythonValues.contains(unique, element)) {
                    unique.add(element);
                }
            });
            return unique;
        });
        filters.put("sum", (value, arguments) -> {
            Object sum = arguments.get(1, "start", 0L);
            for (Object element : PythonValues.iterate(value)) {
                sum = PythonValues.add(sum, element);
            }
            return sum;
        });
        filters.put("min",
                (value, arguments) -> PythonValues.iterate(value).stream().min(JinjaFilters::compare).orElse(null));
        filters.put("max",
                (value, arguments) -> PythonValues.iterate(value).stream().max(JinjaFilters::compare).orElse(null));
        filters.put("map", JinjaFilters::mapped);
        filters.put("select", (value, arguments) -> selected(value, arguments, false, true));
        filters.put("reject", (value, arguments) -> selected(value, arguments, false, false));
        filters.put("selectattr", (value, arguments) -> selected(value, arguments, true, true));
        filters.put("rejectattr", (value, arguments) -> selected(value, arguments, true, false));
    }

    private static String upper(@Nullable Object value) {
        return PythonValues.str(value).toUpperCase(Locale.ROOT);
    }

    private static String lower(@Nullable Object value) {
        return PythonValues.str(value).toLowerCase(Locale.ROOT);
    }

    private static List<@Nullable Object> list(@Nullable Object value) {
        return PythonValues.iterate(value);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new PythonException("expected a dict, not " + PythonValues.typeName(value));
    }

    private static double number(@Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new PythonException("expected a number, not " + PythonValues.typeName(value));
    }

    @SuppressWarnings({ "unchecked", "rawtypes" })
    private static int compare(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Number && right instanceof Number) {
            return Double.compare(number(left), number(right));
        }
        if (left instanceof Comparable comparable && right != null && left.getClass() == right.getClass()) {
            return comparable.compareTo(right);
        }
        throw new PythonException(
                "cannot compare " + PythonValues.typeName(left) + " with " + PythonValues.typeName(right));
    }

    private static List<@Nullable Object> sorted(List<@Nullable Object> elements, @Nullable Object attribute,
            boolean reverse) {
        Comparator<@Nullable Object> order = (left, right) -> compare(
                (attribute != null) ? attribute(left, attribute) : left,
                (attribute != null) ? attribute(right, attribute) : right);
        List<@Nullable Object> sorted = new ArrayList<>(elements);
        sorted.sort(reverse ? order.reversed() : order);
        return sorted;
    }

    private static @Nullable Object attribute(@Nullable Object value, @Nullable Object path) {
        Object current = value;
        for (String name : PythonValues.str(path).split("\\.", -1)) {
            current = (current != null) ? PythonValues.element(current, name) : null;
        }
        return current;
    }

    private static @Nullable Object mapped(@Nullable Object value, Arguments arguments) {
        List<@Nullable Object> elements = PythonValues.iterate(value);
        if (arguments.named().containsKey("attribute")) {
            Object attribute = arguments.named().get("attribute");
            Object missing = arguments.named().get("default");
            elements.replaceAll((element) -> {
                Object mapped = attribute(element, attribute);
                return (mapped != null) ? mapped : missing;
            });
            return elements;
        }
        String name = PythonValues.text(arguments.get(0, "filter"));
        FilterBody filter = FILTERS.get(name);
        if (filter == null) {
            throw new PythonException("no filter named '" + name + "'");
        }
        elements.replaceAll((element) -> filter.apply(element, rest(arguments, 1)));
        return elements;
    }

    private static List<@Nullable Object> selected(@Nullable Object value, Arguments arguments, boolean byAttribute,
            boolean keep) {
        int testAt = byAttribute ? 1 : 0;
        Object test = arguments.get(testAt, "test");
        TestBody body = (test != null) ? TESTS.get(PythonValues.text(test)) : (each, none) -> PythonValues.truth(each);
        if (body == null) {
            throw new PythonException("no test named '" + test + "'");
        }
        Arguments rest = rest(arguments, testAt + 1);
        List<@Nullable Object> selected = new ArrayList<>();
        for (Object element : PythonValues.iterate(value)) {
            Object tested = byAttribute ? attribute(element, arguments.get(0, "attribute")) : element;
            if (body.test(tested, rest) == keep) {
                selected.add(element);
            }
        }
        return selected;
    }

    private static Arguments rest(Arguments arguments, int from) {
        List<@Nullable Object> values = arguments.values();
        return new Arguments(values.subList(Math.min(from, values.size()), values.size()), arguments.named());
    }

    private static Object toJson(@Nullable Object value, Arguments arguments) {
        Object indent = arguments.get(1, "indent");
        Object separators = arguments.get(2, "separators");
        String item = (indent != null) ? "," : ", ";
        String key = ": ";
        if (separators != null) {
            List<@Nullable Object> both = PythonValues.iterate(separators);
            item = PythonValues.text(both.get(0));
            key = PythonValues.text(both.get(1));
        }
        return PythonValues.json(value, (indent != null) ? (Integer) PythonValues.integer(indent) : null, item, key,
                PythonValues.truth(arguments.get(3, "sort_keys")),
                PythonValues.truth(arguments.get(0, "ensure_ascii")));
    }

    private static Object indent(@Nullable Object value, Arguments arguments) {
        Object width = arguments.get(0, "width", 4L);
        String margin = (width instanceof String text) ? text : " ".repeat(PythonValues.integer(width));
        boolean first = PythonValues.truth(arguments.get(1, "first"));
        boolean blank = PythonValues.truth(arguments.get(2, "blank"));
        StringBuilder indented = new StringBuilder();
        String[] lines = PythonValues.str(value).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean shift = (i > 0) ? blank || !lines[i].isEmpty() : first;
            indented.append((i > 0) ? "\n" : "").append(shift ? margin : "").append(lines[i]);
        }
        return indented.toString();
    }

    private static @Nullable Object toInt(@Nullable Object value, @Nullable Object missing) {
        if (value instanceof Number number) {
            return number.longValue();
        }
        try {
            return (value instanceof String text) ? (Object) (long) Double.parseDouble(text.strip()) : missing;
        }
        catch (NumberFormatException ex) {
            return missing;
        }
    }

    private static @Nullable Object toFloat(@Nullable Object value, @Nullable Object missing) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        try {
            return (value instanceof String text) ? (Object) Double.parseDouble(text.strip()) : missing;
        }
        catch (NumberFormatException ex) {
            return missing;
        }
    }

    private static Object round(@Nullable Object value, Arguments arguments) {
        double scale = Math.pow(10, PythonValues.integer(arguments.get(0, "precision", 0L)));
        String method = PythonValues.str(arguments.get(1, "method", "common"));
        double scaled = number(value) * scale;
        return switch (method) {
            case "ceil" -> Math.ceil(scaled) / scale;
            case "floor" -> Math.floor(scaled) / scale;
            default -> Math.rint(scaled) / scale;
        };
    }

}
