package dev.cerberus.template;

import java.util.List;

/**
 * A tuple of Python.
 *
 * @param elements the elements, not to be changed
 * @param names names of the elements, empty if they have none
 */
record Tuple(List<Object> elements, List<String> names) {

    static Tuple of(Object... elements) {
        return new Tuple(List.of(elements), List.of());
    }

    static Tuple of(List<Object> elements) {
        return new Tuple(elements, List.of());
    }

}
