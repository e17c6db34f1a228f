package dev.cerberus.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/** The variable {@code loop} of a {@code for}. */
final class LoopContext implements Callable, HasAttributes {

    /** Renders the loop's body for other elements. */
    interface Recursion {

        String render(Object elements, int depth, Rendering rendering);

    }

    private final @Nullable Recursion recursion;

    private final int depth;

    private Iterator<Object> elements;

    private long length;

    private @Nullable Object before;

    private @Nullable Object current;

    private @Nullable Object after;

    private @Nullable Object lastChanged;

    private long index0 = -1;

    /**
     * Creates the variable.
     * @param elements the elements
     * @param length how many, -1 if that is not known
     * @param depth how many loops of the same recursion are around it
     * @param recursion renders inner elements, null if the loop is not recursive
     */
    LoopContext(Iterator<Object> elements, long length, int depth, @Nullable Recursion recursion) {
        this.elements = elements;
        this.length = length;
        this.depth = depth;
        this.recursion = recursion;
    }

    boolean hasNext() {
        return peek() != null;
    }

    Object next() {
        Object element = peek();
        if (element == null) {
            throw new NoSuchElementException();
        }
        this.after = null;
        this.before = this.current;
        this.current = element;
        this.index0++;
        return element;
    }

    private @Nullable Object peek() {
        if (this.after == null && this.elements.hasNext()) {
            this.after = this.elements.next();
        }
        return this.after;
    }

    /** What is left, as pairs of element and loop. */
    Iterator<Object> rest() {
        return new Iterator<>() {

            @Override
            public boolean hasNext() {
                return LoopContext.this.hasNext();
            }

            @Override
            public Object next() {
                return Tuple.of(LoopContext.this.next(), LoopContext.this);
            }

        };
    }

    long index() {
        return this.index0 + 1;
    }

    long length() {
        if (this.length < 0) {
            List<Object> rest = new ArrayList<>();
            this.elements.forEachRemaining(rest::add);
            this.elements = rest.iterator();
            this.length = rest.size() + index() + ((this.after != null) ? 1 : 0);
        }
        return this.length;
    }

    @Override
    public @Nullable Object attribute(String name, Meter meter) {
        return switch (name) {
            case "index" -> index();
            case "index0" -> this.index0;
            case "revindex" -> length() - this.index0;
            case "revindex0" -> length() - index();
            case "first" -> this.index0 == 0;
            case "last" -> peek() == null;
            case "length" -> length();
            case "depth" -> this.depth + 1L;
            case "depth0" -> (long) this.depth;
            case "previtem" -> (this.before != null) ? this.before : Undefined.because("there is no previous item");
            case "nextitem" -> orUndefined(peek());
            case "cycle" -> Function.of("cycle", "*", (arguments, rendering) -> cycle(arguments.all().positional()));
            case "changed" -> Function.of("changed", "*",
                    (arguments, rendering) -> changed(Tuple.of(arguments.all().positional()), rendering.meter()));
            default -> null;
        };
    }

    private static Object orUndefined(@Nullable Object next) {
        return (next != null) ? next : Undefined.because("there is no next item");
    }

    private Object cycle(List<Object> values) {
        if (values.isEmpty()) {
            throw PythonError.type("no items for cycling given");
        }
        return values.get((int) (this.index0 % values.size()));
    }

    private boolean changed(Object values, Meter meter) {
        boolean changed = this.lastChanged == null || !Comparison.equal(this.lastChanged, values, meter);
        this.lastChanged = values;
        return changed;
    }

    @Override
    public Object call(Arguments arguments, Rendering rendering) {
        if (this.recursion == null) {
            throw PythonError.type("The loop must have the 'recursive' marker to be called recursively.");
        }
        if (arguments.positional().size() != 1) {
            throw PythonError.type("loop() needs one argument");
        }
        return this.recursion.render(arguments.positional().get(0), this.depth + 1, rendering);
    }

    @Override
    public String describe() {
        return "<LoopContext " + index() + "/" + length() + ">";
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

}
