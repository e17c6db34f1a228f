package dev.cerberus.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Equality, order and membership as in Python.
 */
final class Comparison {

    private Comparison() {
    }

    static boolean equal(Object left, Object right, Meter meter) {
        meter.work(1);
        if (left instanceof String a && right instanceof String b) {
            if (a.length() == b.length()) {
                meter.scan(a.length());
            }
            return a.equals(b);
        }
        Number first = Numbers.number(left);
        Number second = Numbers.number(right);
        if (first != null && second != null) {
            return !Numbers.isNaN(first) && !Numbers.isNaN(second) && Numbers.compare(first, second) == 0;
        }
        if (left instanceof Undefined) {
            return right instanceof Undefined;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return elementsEqual(a, b, meter);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return elementsEqual(a.elements(), b.elements(), meter);
        }
        if (left instanceof Dict a && right instanceof Dict b) {
            return dictsEqual(a, b, meter);
        }
        if (left instanceof Range a && right instanceof Range b) {
            return a.elements().equals(b.elements());
        }
        return left == right;
    }

    private static boolean elementsEqual(List<?> left, List<?> right, Meter meter) {
        if (left.size() != right.size()) {
            return false;
        }
        meter.enter();
        boolean equal = true;
        for (int i = 0; i < left.size() && equal; i++) {
            Object a = Objects.requireNonNull(left.get(i));
            Object b = Objects.requireNonNull(right.get(i));
            equal = a == b || equal(a, b, meter);
        }
        meter.leave();
        return equal;
    }

    private static boolean dictsEqual(Dict left, Dict right, Meter meter) {
        if (left.size() != right.size()) {
            return false;
        }
        meter.enter();
        boolean equal = true;
        for (Dict.Entry entry : left.entries()) {
            Object other = right.get(entry.key(), meter);
            equal = other != null && (other == entry.value() || equal(entry.value(), other, meter));
            if (!equal) {
                break;
            }
        }
        meter.leave();
        return equal;
    }

    static boolean less(Object left, Object right, Meter meter) {
        return ordered(left, right, "<", meter);
    }

    /** One of {@code <}, {@code <=}, {@code >}, {@code >=}. */
    static boolean ordered(Object left, Object right, String operator, Meter meter) {
        meter.work(1);
        if (left instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.error();
        }
        Number first = Numbers.number(left);
        Number second = Numbers.number(right);
        if (first != null && second != null) {
            return !Numbers.isNaN(first) && !Numbers.isNaN(second) && holds(Numbers.compare(first, second), operator);
        }
        if (left instanceof String a && right instanceof String b) {
            meter.scan(Math.min(a.length(), b.length()));
            return holds(Strings.compare(a, b), operator);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return elementsOrdered(a, b, operator, meter);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return elementsOrdered(a.elements(), b.elements(), operator, meter);
        }
        throw PythonError.type("'" + operator + "' not supported between instances of '" + Values.typeName(left)
                + "' and '" + Values.typeName(right) + "'");
    }

    private static boolean elementsOrdered(List<?> left, List<?> right, String operator, Meter meter) {
        meter.enter();
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            Object a = Objects.requireNonNull(left.get(i));
            Object b = Objects.requireNonNull(right.get(i));
            if (a != b && !equal(a, b, meter)) {
                boolean result = ordered(a, b, operator, meter);
                meter.leave();
                return result;
            }
        }
        meter.leave();
        return holds(Integer.compare(left.size(), right.size()), operator);
    }

    private static boolean holds(int comparison, String operator) {
        return switch (operator) {
            case "<" -> comparison < 0;
            case "<=" -> comparison <= 0;
            case ">" -> comparison > 0;
            default -> comparison >= 0;
        };
    }

    static boolean contains(Object container, Object element, Meter meter) {
        if (container instanceof String text) {
            if (element instanceof String part) {
                return Strings.indexOf(text, part, 0, meter) >= 0;
            }
            if (element instanceof Undefined || !(element instanceof String)) {
                throw PythonError
                    .type("'in <string>' requires string as left operand, not " + Values.typeName(element));
            }
        }
        if (container instanceof Dict dict) {
            return dict.get(element, meter) != null;
        }
        if (container instanceof DictView view && view.part() == DictView.Part.KEYS) {
            return view.dict().get(element, meter) != null;
        }
        if (!Values.isIterable(container)) {
            throw PythonError.type("argument of type '" + Values.typeName(container) + "' is not iterable");
        }
        Iterator<Object> elements = Values.iterate(container, meter);
        while (elements.hasNext()) {
            Object each = elements.next();
            if (each == element || equal(each, element, meter)) {
                return true;
            }
        }
        return false;
    }

    /** What an element is ordered by, and the element. */
    record Keyed(Object key, Object value) {
    }

    /** Sorts by key, keeping the order of equal ones; asks for {@code <} only. */
    static List<Object> sort(List<Keyed> elements, boolean reverse, Meter meter) {
        List<Keyed> sorted = new ArrayList<>(elements);
        List<Keyed> target = new ArrayList<>(elements);
        for (int width = 1; width < sorted.size(); width *= 2) {
            for (int start = 0; start < sorted.size(); start += 2 * width) {
                merge(sorted, target, start, width, reverse, meter);
            }
            List<Keyed> swap = sorted;
            sorted = target;
            target = swap;
        }
        List<Object> values = new ArrayList<>(sorted.size());
        sorted.forEach((each) -> values.add(each.value()));
        return values;
    }

    private static void merge(List<Keyed> from, List<Keyed> to, int start, int width, boolean reverse, Meter meter) {
        int middle = Math.min(start + width, from.size());
        int end = Math.min(start + 2 * width, from.size());
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
            meter.work(1);
            boolean takeRight = left >= middle
                    || (right < end && (reverse ? less(from.get(left).key(), from.get(right).key(), meter)
                            : less(from.get(right).key(), from.get(left).key(), meter)));
            to.set(i, takeRight ? from.get(right++) : from.get(left++));
        }
    }

}
