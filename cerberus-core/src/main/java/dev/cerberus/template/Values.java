package dev.cerberus.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What all values of a template have in common: truth, type, length, elements,
 * attributes.
 *
 * <p>
 * A value is a {@code String}, {@code Boolean}, {@code Long}, {@code BigInteger},
 * {@code Double}, {@code List}, {@link Tuple}, {@link Dict}, {@link DictView},
 * {@link Range}, {@link Lazy}, {@link Callable}, {@link Namespace}, {@link LoopContext},
 * {@link Undefined} or {@link None}.
 */
final class Values {

    private Values() {
    }

    /** The value of a template for plain data of Java, copied. */
    static Object of(@Nullable Object plain, Meter meter) {
        if (plain == null) {
            return None.NONE;
        }
        if (plain instanceof String || plain instanceof Boolean || plain instanceof Long || plain instanceof Double) {
            return plain;
        }
        if (plain instanceof BigInteger big) {
            return Numbers.integer(big);
        }
        if (plain instanceof Integer || plain instanceof Short || plain instanceof Byte) {
            return ((Number) plain).longValue();
        }
        if (plain instanceof Float number) {
            return number.doubleValue();
        }
        meter.enter();
        Object value = container(plain, meter);
        meter.leave();
        return value;
    }

    private static Object container(Object plain, Meter meter) {
        if (plain instanceof Map<?, ?> map) {
            Dict dict = new Dict();
            map.forEach((key, value) -> dict.put(of(key, meter), of(value, meter), meter));
            return dict;
        }
        if (plain instanceof List<?> list) {
            List<Object> elements = new ArrayList<>(list.size());
            for (Object element : list) {
                meter.work(1);
                elements.add(of(element, meter));
            }
            return elements;
        }
        throw PythonError.type("a " + plain.getClass().getName() + " is nothing a template can use");
    }

    static String typeName(Object value) {
        if (value == None.NONE) {
            return "NoneType";
        }
        if (value instanceof String) {
            return "str";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value instanceof Number) {
            return "int";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof Dict) {
            return "dict";
        }
        if (value instanceof DictView view) {
            return view.part().typeName();
        }
        if (value instanceof Lazy lazy) {
            return lazy.typeName();
        }
        if (value instanceof Callable callable) {
            return callable.typeName();
        }
        return value.getClass().getSimpleName().replace("Tuple", "tuple").replace("Range", "range");
    }

    static boolean truth(Object value) {
        if (value instanceof Boolean bool) {
            return bool;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Dict dict) {
            return dict.size() > 0;
        }
        if (value instanceof Tuple tuple) {
            return !tuple.elements().isEmpty();
        }
        if (value instanceof Range range) {
            return range.length() > 0;
        }
        if (value instanceof DictView view) {
            return view.dict().size() > 0;
        }
        return value != None.NONE && !(value instanceof Undefined);
    }

    /** The elements of a value that has a length, null for any other. */
    static @Nullable List<Object> sized(Object value, Meter meter) {
        if (value instanceof List<?> list) {
            @SuppressWarnings("unchecked")
            List<Object> elements = (List<Object>) list;
            return elements;
        }
        if (value instanceof Tuple tuple) {
            return tuple.elements();
        }
        if (value instanceof String text) {
            return characters(text, meter);
        }
        if (value instanceof Undefined) {
            return List.of();
        }
        if (value instanceof Dict dict) {
            meter.work(dict.size());
            return new DictView(dict, DictView.Part.KEYS).elements();
        }
        if (value instanceof DictView view) {
            meter.work(view.dict().size() * 4L);
            return view.elements();
        }
        if (value instanceof Range range) {
            meter.work(range.length() * 4L);
            return range.elements();
        }
        return null;
    }

    private static List<Object> characters(String text, Meter meter) {
        meter.work(text.length());
        meter.text(text.length() * 16L);
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach((c) -> characters.add(Character.toString(c)));
        return characters;
    }

    static Iterator<Object> iterate(Object value, Meter meter) {
        if (value instanceof Lazy lazy) {
            return lazy.elements();
        }
        if (value instanceof LoopContext loop) {
            return loop.rest();
        }
        List<Object> elements = sized(value, meter);
        if (elements == null) {
            throw PythonError.type("'" + typeName(value) + "' object is not iterable");
        }
        return elements.iterator();
    }

    static boolean isIterable(Object value) {
        return value instanceof String || value instanceof List || value instanceof Tuple || value instanceof Dict
                || value instanceof DictView || value instanceof Range || value instanceof Lazy
                || value instanceof Undefined || value instanceof LoopContext;
    }

    /** A new list of the elements. */
    static List<Object> list(Object value, Meter meter) {
        List<Object> list = new ArrayList<>();
        Iterator<Object> elements = iterate(value, meter);
        while (elements.hasNext()) {
            meter.work(1);
            list.add(elements.next());
        }
        return list;
    }

    static long length(Object value, Meter meter) {
        if (value instanceof String text) {
            return Strings.length(text, meter);
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Dict dict) {
            return dict.size();
        }
        if (value instanceof Tuple tuple) {
            return tuple.elements().size();
        }
        if (value instanceof Range range) {
            return range.length();
        }
        if (value instanceof DictView view) {
            return view.dict().size();
        }
        if (value instanceof LoopContext loop) {
            return loop.length();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        throw PythonError.type("object of type '" + typeName(value) + "' has no len()");
    }

    /** {@code value.name}: an attribute, else an element. */
    static Object attribute(Object value, String name, Meter meter) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        Object attribute = ownAttribute(value, name, meter);
        if (attribute == null && value instanceof Dict dict) {
            attribute = dict.get(name);
        }
        return (attribute != null) ? attribute : Undefined.member(value, name);
    }

    /** {@code value[key]}: an element, else an attribute. */
    static Object element(Object value, Object key, Meter meter) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        Object element = null;
        if (value instanceof Dict dict) {
            element = (key instanceof List || key instanceof Dict) ? null : dict.get(key, meter);
        }
        else if (key instanceof Long || key instanceof Boolean) {
            element = at(value, Numbers.index(key), meter);
        }
        if (element == null && key instanceof String name) {
            element = ownAttribute(value, name, meter);
        }
        return (element != null) ? element : Undefined.member(value, key);
    }

    private static @Nullable Object at(Object value, long index, Meter meter) {
        if (value instanceof String text) {
            return Strings.at(text, index, meter);
        }
        if (value instanceof Range range) {
            long at = (index < 0) ? index + range.length() : index;
            return (at >= 0 && at < range.length()) ? range.get((int) at) : null;
        }
        List<Object> elements = (value instanceof List || value instanceof Tuple) ? sized(value, meter) : null;
        if (elements == null) {
            return null;
        }
        long at = (index < 0) ? index + elements.size() : index;
        return (at >= 0 && at < elements.size()) ? elements.get((int) at) : null;
    }

    /** A method or attribute; names with an underscore in front are private. */
    static @Nullable Object ownAttribute(Object value, String name, Meter meter) {
        if (name.startsWith("_")) {
            return null;
        }
        if (value instanceof HasAttributes object) {
            return object.attribute(name, meter);
        }
        if (value instanceof Tuple tuple && tuple.names().contains(name)) {
            return tuple.elements().get(tuple.names().indexOf(name));
        }
        return Methods.find(value, name);
    }

    static Object slice(Object value, Object from, Object to, Object by, Meter meter) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!(value instanceof String || value instanceof List || value instanceof Tuple || value instanceof Range)) {
            return Undefined.member(value, "slice");
        }
        for (Object bound : List.of(from, to, by)) {
            if (bound != None.NONE && !Numbers.isInteger(bound) && !(bound instanceof Boolean)) {
                return Undefined.member(value, "slice");
            }
        }
        long step = (by == None.NONE) ? 1 : Numbers.index(by);
        if (step == 0) {
            throw PythonError.value("slice step cannot be zero");
        }
        int size = (int) length(value, meter);
        long start = bound(from, (step > 0) ? 0 : size - 1, size, step);
        long stop = bound(to, (step > 0) ? size : -1, size, step);
        if (value instanceof String text && step == 1) {
            return Strings.substring(text, (int) start, (int) Math.max(start, stop), size, meter);
        }
        List<Object> elements = (value instanceof String) ? list(value, meter)
                : java.util.Objects.requireNonNull(sized(value, meter));
        List<Object> slice = new ArrayList<>();
        for (long i = start; (step > 0) ? i < stop : i > stop; i += step) {
            meter.work(1);
            slice.add(elements.get((int) i));
        }
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            slice.forEach(text::append);
            meter.text(text.length());
            return text.toString();
        }
        return (value instanceof Tuple) ? Tuple.of(slice) : slice;
    }

    private static long bound(Object index, long missing, int size, long step) {
        if (index == None.NONE) {
            return missing;
        }
        long at = Numbers.index(index);
        if (at < 0) {
            at += size;
        }
        return (step > 0) ? Math.max(0, Math.min(size, at)) : Math.max(-1, Math.min(size - 1, at));
    }

}
