package dev.cerberus.template;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Variables of a block, and those around it. Not thread-safe. */
final class Scope {

    private final @Nullable Scope outer;

    private final Map<String, Object> variables = new HashMap<>(4);

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    void set(String name, Object value) {
        this.variables.put(name, value);
    }

    @Nullable Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

}
