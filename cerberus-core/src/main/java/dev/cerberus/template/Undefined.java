package dev.cerberus.template;

import org.jspecify.annotations.Nullable;

/**
 * What a name or attribute that does not exist evaluates to: empty as text, false, of no
 * elements, and an error for everything else.
 */
final class Undefined {

    private final @Nullable String reason;

    private final @Nullable Object owner;

    private final Object name;

    private Undefined(@Nullable String reason, @Nullable Object owner, Object name) {
        this.reason = reason;
        this.owner = owner;
        this.name = name;
    }

    static Undefined variable(String name) {
        return new Undefined(null, null, name);
    }

    static Undefined member(Object owner, Object name) {
        return new Undefined(null, owner, name);
    }

    static Undefined because(String reason) {
        return new Undefined(reason, null, "");
    }

    PythonError error() {
        return new PythonError(PythonError.Kind.UNDEFINED, message());
    }

    private String message() {
        if (this.reason != null) {
            return this.reason;
        }
        if (this.owner == null) {
            return "'" + this.name + "' is undefined";
        }
        String what = (this.owner == None.NONE) ? "None" : Values.typeName(this.owner) + " object";
        if (this.name instanceof String text) {
            return "'" + what + "' has no attribute '" + PythonError.shortened(text) + "'";
        }
        return what + " has no element " + ((this.name instanceof Number) ? this.name : "of that kind");
    }

}
