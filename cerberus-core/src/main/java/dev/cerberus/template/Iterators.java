package dev.cerberus.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Iterators that do their work when they are asked, as Python's generators do.
 */
final class Iterators {

    private Iterators() {
    }

    /** One whose source is made at the first question. */
    static Lazy generator(Meter meter, Supplier<Iterator<Object>> source) {
        return Lazy.generator(new Iterator<>() {

            private @Nullable Iterator<Object> elements;

            private Iterator<Object> elements() {
                Iterator<Object> current = this.elements;
                if (current == null) {
                    current = source.get();
                    this.elements = current;
                }
                return current;
            }

            @Override
            public boolean hasNext() {
                meter.enter();
                boolean more = elements().hasNext();
                meter.leave();
                return more;
            }

            @Override
            public Object next() {
                meter.enter();
                Object element = elements().next();
                meter.leave();
                return element;
            }

        });
    }

    static Iterator<Object> mapped(Iterator<Object> source, UnaryOperator<Object> function) {
        return new Iterator<>() {

            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public Object next() {
                return function.apply(source.next());
            }

        };
    }

    static Iterator<Object> selected(Iterator<Object> source, Predicate<Object> predicate) {
        return new Iterator<>() {

            private @Nullable Object next;

            @Override
            public boolean hasNext() {
                while (this.next == null && source.hasNext()) {
                    Object element = source.next();
                    this.next = predicate.test(element) ? element : null;
                }
                return this.next != null;
            }

            @Override
            public Object next() {
                Object element = hasNext() ? this.next : null;
                if (element == null) {
                    throw new NoSuchElementException();
                }
                this.next = null;
                return element;
            }

        };
    }

}
