package dev.cerberus.constrain;

import org.jspecify.annotations.Nullable;

/**
 * What follows a piece of text: parts of a grammar, the next one on top. Immutable.
 */
final class Stack {

    static final Stack EMPTY = new Stack(null, null, 1);

    private final @Nullable Symbol top;

    private final @Nullable Stack rest;

    private final int hash;

    private Stack(@Nullable Symbol top, @Nullable Stack rest, int hash) {
        this.top = top;
        this.rest = rest;
        this.hash = hash;
    }

    Stack push(Symbol symbol) {
        return new Stack(symbol, this, 31 * this.hash + System.identityHashCode(symbol));
    }

    /** Pushes parts so that the first one is on top. */
    Stack pushAll(Symbol[] symbols) {
        Stack stack = this;
        for (int i = symbols.length - 1; i >= 0; i--) {
            stack = stack.push(symbols[i]);
        }
        return stack;
    }

    @Nullable Symbol top() {
        return this.top;
    }

    Stack rest() {
        return (this.rest != null) ? this.rest : this;
    }

    boolean isEmpty() {
        return this.top == null;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Stack its) || its.hash != this.hash) {
            return false;
        }
        Stack a = this;
        Stack b = its;
        while (a != b) {
            if (a.top != b.top || a.hash != b.hash || a.rest == null || b.rest == null) {
                return false;
            }
            a = a.rest;
            b = b.rest;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return this.hash;
    }

}
