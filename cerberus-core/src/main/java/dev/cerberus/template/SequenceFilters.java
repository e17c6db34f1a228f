package dev.cerberus.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Filters that order, count and cut sequences.
 */
final class SequenceFilters {

    private SequenceFilters() {
    }

    static void register(Filters.Registry filters) {
        for (String name : List.of("length", "count")) {
            filters.define(name, "", (value, args, rendering) -> Values.length(value, rendering.meter()));
        }
        for (String name : List.of("default", "d")) {
            filters.define(name, "default_value? boolean?",
                    (value, args, rendering) -> (value instanceof Undefined || (args.flag(1) && !Values.truth(value)))
                            ? args.get(0, "") : value);
        }
        filters.define("list", "", (value, args, rendering) -> Values.list(value, rendering.meter()));
        filters.define("first", "", (value, args, rendering) -> {
            if (value instanceof String text) {
                Object first = Strings.at(text, 0, rendering.meter());
                return (first != null) ? first : Undefined.because("No first item, sequence was empty.");
            }
            Iterator<Object> elements = Values.iterate(value, rendering.meter());
            return elements.hasNext() ? elements.next() : Undefined.because("No first item, sequence was empty.");
        });
        filters.define("last", "", (value, args, rendering) -> last(value, rendering.meter()));
        filters.define("reverse", "", (value, args, rendering) -> reverse(value, rendering.meter()));
        filters.define("sort", "reverse? case_sensitive? attribute?", SequenceFilters::sort);
        filters.define("dictsort", "case_sensitive? by? reverse?", SequenceFilters::dictSort);
        filters.define("items", "",
                (value, args, rendering) -> Iterators.generator(rendering.meter(), () -> items(value, rendering)));
        filters.define("unique", "case_sensitive? attribute?", (value, args, rendering) -> Iterators
            .generator(rendering.meter(), () -> unique(value, args, rendering.meter())));
        filters.define("min", "case_sensitive? attribute?",
                (value, args, rendering) -> extreme(value, args, "<", rendering));
        filters.define("max", "case_sensitive? attribute?",
                (value, args, rendering) -> extreme(value, args, ">", rendering));
        filters.define("sum", "attribute? start?", SequenceFilters::sum);
        filters.define("groupby", "attribute default? case_sensitive?", SequenceFilters::groupBy);
        filters.define("batch", "linecount fill_with?", (value, args, rendering) -> Iterators
            .generator(rendering.meter(), () -> batches(value, args, rendering).iterator()));
        filters.define("slice", "slices fill_with?", (value, args, rendering) -> Iterators.generator(rendering.meter(),
                () -> slices(value, args, rendering).iterator()));
        filters.define("attr", "name", (value, args, rendering) -> {
            Object attribute = (value instanceof Undefined) ? null
                    : Values.ownAttribute(value, args.text(0), rendering.meter());
            return (attribute != null) ? attribute : Undefined.member(value, args.text(0));
        });
    }

    /** A value, or what a path of names and indices leads to from it. */
    static Object attribute(Object value, Object path, @Nullable Object missing, Meter meter) {
        Object current = value;
        List<Object> parts = (path instanceof String text) ? Strings.split(text, ".", -1, meter) : List.of(path);
        for (Object part : parts) {
            Object key = part;
            if (part instanceof String name && !name.isEmpty() && name.chars().allMatch(Character::isDigit)) {
                Number index = Numbers.parseInteger(name, 10);
                key = (index != null) ? index : name;
            }
            current = Values.element(current, key, meter);
            if (missing != null && current instanceof Undefined) {
                current = missing;
            }
        }
        return current;
    }

    private static Object folded(Object value, boolean caseSensitive, Meter meter) {
        if (caseSensitive || !(value instanceof String text)) {
            return value;
        }
        meter.text(text.length());
        return Strings.lower(text);
    }

    private static Object key(Object value, Parameters.Bound args, int attribute, boolean caseSensitive, Meter meter) {
        return folded(args.has(attribute) ? attribute(value, args.get(attribute), null, meter) : value, caseSensitive,
                meter);
    }

    private static Object last(Object value, Meter meter) {
        Undefined none = Undefined.because("No last item, sequence was empty.");
        if (value instanceof String text) {
            Object last = Strings.at(text, -1, meter);
            return (last != null) ? last : none;
        }
        List<Object> elements = Values.sized(value, meter);
        if (elements == null) {
            throw PythonError.type("'" + Values.typeName(value) + "' object is not reversible");
        }
        return elements.isEmpty() ? none : elements.get(elements.size() - 1);
    }

    private static Object reverse(Object value, Meter meter) {
        if (value instanceof String text) {
            meter.text(text.length());
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> elements = Values.list(value, meter);
        java.util.Collections.reverse(elements);
        return (value instanceof Lazy) ? elements : new Lazy(elements.iterator(), "reversed");
    }

    private static Object sort(Object value, Parameters.Bound args, Rendering rendering) {
        Meter meter = rendering.meter();
        List<Object> paths = args.has(2)
                ? (args.get(2) instanceof String text) ? Strings.split(text, ",", -1, meter) : List.of(args.get(2))
                : List.of();
        List<Comparison.Keyed> keyed = new ArrayList<>();
        for (Object element : Values.list(value, meter)) {
            meter.work(1);
            List<Object> keys = new ArrayList<>();
            for (Object path : paths) {
                keys.add(folded(attribute(element, path, null, meter), args.flag(1), meter));
            }
            if (paths.isEmpty()) {
                keys.add(folded(element, args.flag(1), meter));
            }
            keyed.add(new Comparison.Keyed(keys, element));
        }
        return Comparison.sort(keyed, args.flag(0), meter);
    }

    private static Object dictSort(Object value, Parameters.Bound args, Rendering rendering) {
        String by = args.text(1, "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw PythonError.value("You can only sort by either \"key\" or \"value\"");
        }
        List<Comparison.Keyed> keyed = new ArrayList<>();
        for (Dict.Entry entry : dict(value).entries()) {
            rendering.meter().work(1);
            Object key = by.equals("key") ? entry.key() : entry.value();
            keyed.add(new Comparison.Keyed(folded(key, args.flag(0), rendering.meter()), entry.tuple()));
        }
        return Comparison.sort(keyed, args.flag(2), rendering.meter());
    }

    private static Dict dict(Object value) {
        if (value instanceof Dict dict) {
            return dict;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw PythonError.type("a mapping is needed, not '" + Values.typeName(value) + "'");
    }

    private static Iterator<Object> items(Object value, Rendering rendering) {
        if (value instanceof Undefined) {
            return List.<Object>of().iterator();
        }
        return Values.iterate(new DictView(dict(value), DictView.Part.ITEMS), rendering.meter());
    }

    private static Iterator<Object> unique(Object value, Parameters.Bound args, Meter meter) {
        Set<Object> seen = new HashSet<>();
        return Iterators.selected(Values.iterate(value, meter), (element) -> {
            meter.work(16);
            return seen.add(Dict.hashed(key(element, args, 1, args.flag(0), meter), meter));
        });
    }

    private static Object extreme(Object value, Parameters.Bound args, String operator, Rendering rendering) {
        Meter meter = rendering.meter();
        Iterator<Object> elements = Values.iterate(value, meter);
        if (!elements.hasNext()) {
            return Undefined.because("No aggregated item, sequence was empty.");
        }
        Object best = elements.next();
        Object bestKey = key(best, args, 1, args.flag(0), meter);
        while (elements.hasNext()) {
            Object element = elements.next();
            Object key = key(element, args, 1, args.flag(0), meter);
            if (Comparison.ordered(key, bestKey, operator, meter)) {
                best = element;
                bestKey = key;
            }
        }
        return best;
    }

    private static Object sum(Object value, Parameters.Bound args, Rendering rendering) {
        Meter meter = rendering.meter();
        Object sum = args.get(1, 0L);
        if (sum instanceof String) {
            throw PythonError.type("sum() can't sum strings [use ''.join(seq) instead]");
        }
        Iterator<Object> elements = Values.iterate(value, meter);
        while (elements.hasNext()) {
            Object element = elements.next();
            meter.work(1);
            sum = Operator.ADD.apply(sum, args.has(0) ? attribute(element, args.get(0), null, meter) : element, meter);
        }
        return sum;
    }

    private static Object groupBy(Object value, Parameters.Bound args, Rendering rendering) {
        Meter meter = rendering.meter();
        Object missing = args.has(1) ? args.get(1) : null;
        List<Comparison.Keyed> keyed = new ArrayList<>();
        for (Object element : Values.list(value, meter)) {
            Object key = attribute(element, args.get(0), missing, meter);
            Object folded = folded(key, args.flag(2), meter);
            keyed.add(new Comparison.Keyed(folded, new Grouped(folded, key, element)));
        }
        List<Object> groups = new ArrayList<>();
        List<Object> members = new ArrayList<>();
        Object current = null;
        for (Object each : Comparison.sort(keyed, false, meter)) {
            Grouped grouped = (Grouped) each;
            if (current == null || !Comparison.equal(grouped.folded(), current, meter)) {
                members = new ArrayList<>();
                meter.work(16);
                groups.add(new Tuple(List.of(args.flag(2) ? grouped.folded() : grouped.key(), members),
                        List.of("grouper", "list")));
                current = grouped.folded();
            }
            members.add(grouped.element());
        }
        return groups;
    }

    /** An element with the key of its group, as it is and without case. */
    private record Grouped(Object folded, Object key, Object element) {
    }

    private static List<Object> batches(Object value, Parameters.Bound args, Rendering rendering) {
        Meter meter = rendering.meter();
        long size = args.integer(0, 0);
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object element : Values.list(value, meter)) {
            if (batch.size() == size) {
                meter.work(16);
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(element);
        }
        if (!batch.isEmpty()) {
            while (args.has(1) && batch.size() < size) {
                meter.work(4);
                batch.add(args.get(1));
            }
            batches.add(batch);
        }
        return batches;
    }

    private static List<Object> slices(Object value, Parameters.Bound args, Rendering rendering) {
        Meter meter = rendering.meter();
        List<Object> elements = Values.list(value, meter);
        long count = args.integer(0, 0);
        if (count == 0) {
            throw new PythonError(PythonError.Kind.ARITHMETIC, "integer division or modulo by zero");
        }
        List<Object> slices = new ArrayList<>();
        long each = Math.floorDiv(elements.size(), count);
        long longer = Math.floorMod(elements.size(), count);
        int start = 0;
        for (long i = 0; i < count; i++) {
            meter.work(16);
            int end = (int) Math.max(start, start + each + ((i < longer) ? 1 : 0));
            List<Object> slice = new ArrayList<>(elements.subList(start, end));
            if (args.has(1) && i >= longer) {
                slice.add(args.get(1));
            }
            slices.add(slice);
            start = end;
        }
        return slices;
    }

}
