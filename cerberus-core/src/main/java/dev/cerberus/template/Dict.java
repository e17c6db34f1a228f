package dev.cerberus.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A dictionary of Python: insertion order, keys equal as Python says ({@code 1},
 * {@code 1.0} and {@code True} are one). Templates can not change it.
 */
final class Dict {

    private static final int ENTRY_COST = 24;

    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    /** A key as it was written, and its value. */
    record Entry(Object key, Object value) {

        Tuple tuple() {
            return Tuple.of(this.key, this.value);
        }

    }

    void put(Object key, Object value, Meter meter) {
        meter.work(ENTRY_COST);
        Object hashed = hashed(key, meter);
        Entry old = this.entries.get(hashed);
        this.entries.put(hashed, new Entry((old != null) ? old.key() : key, value));
    }

    @Nullable Object get(Object key, Meter meter) {
        Entry entry = this.entries.get((key instanceof String) ? key : hashed(key, meter));
        return (entry != null) ? entry.value() : null;
    }

    @Nullable Object get(String key) {
        Entry entry = this.entries.get(key);
        return (entry != null) ? entry.value() : null;
    }

    int size() {
        return this.entries.size();
    }

    Collection<Entry> entries() {
        return this.entries.values();
    }

    Dict copy(Meter meter) {
        Dict copy = new Dict();
        copy.putAll(this, meter);
        return copy;
    }

    void putAll(Dict other, Meter meter) {
        other.entries().forEach((entry) -> put(entry.key(), entry.value(), meter));
    }

    /*
     * A stand-in with Java's equals and hashCode for a value with Python's.
     */
    static Object hashed(Object key, Meter meter) {
        if (key instanceof String text) {
            meter.scan(text.length());
            return key;
        }
        if (key instanceof Boolean bool) {
            return bool ? 1L : 0L;
        }
        if (key instanceof Double number) {
            double value = number;
            if (value == Math.rint(value) && !Double.isInfinite(value)) {
                return Numbers.integer(Numbers.truncated(value));
            }
            return key;
        }
        if (key instanceof Tuple tuple) {
            meter.enter();
            List<Object> elements = new ArrayList<>();
            meter.work(ENTRY_COST);
            for (Object element : tuple.elements()) {
                meter.work(ENTRY_COST / 2);
                elements.add(hashed(element, meter));
            }
            meter.leave();
            return new HashedTuple(elements);
        }
        if (key instanceof Undefined) {
            return Undefined.class;
        }
        if (key instanceof List<?> || key instanceof Dict || key instanceof DictView) {
            throw PythonError.type("unhashable type: '" + Values.typeName(key) + "'");
        }
        return key;
    }

    /** Elements ready for hashing. */
    private record HashedTuple(List<Object> elements) {
    }

}
