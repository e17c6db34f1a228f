package dev.cerberus.template;

import java.util.Iterator;

/**
 * An iterator of Python: its elements come once, it has no length, and it is true even
 * when it is empty.
 *
 * @param elements what is left
 * @param typeName what Python calls it, such as {@code generator}
 */
record Lazy(Iterator<Object> elements, String typeName) {

    static Lazy generator(Iterator<Object> elements) {
        return new Lazy(elements, "generator");
    }

}
