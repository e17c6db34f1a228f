package dev.cerberus.template;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * All filters by name.
 */
final class Filters {

    private static final Map<String, Filter> FILTERS = new HashMap<>();

    static {
        TextFilters.register(Filters::define);
        NumberFilters.register(Filters::define);
        SequenceFilters.register(Filters::define);
        SelectingFilters.register(Filters::define);
    }

    /** What a filter does, with its arguments in the order of its parameters. */
    interface Body {

        Object apply(Object value, Parameters.Bound arguments, Rendering rendering);

    }

    /** Takes the filters of a class. */
    interface Registry {

        void define(String name, String parameters, Body body);

    }

    private Filters() {
    }

    private static void define(String name, String parameters, Body body) {
        Parameters bound = Parameters.of(name, parameters);
        FILTERS.put(name, (value, arguments, rendering) -> body.apply(value, bound.bind(arguments), rendering));
    }

    static @Nullable Filter find(String name) {
        return FILTERS.get(name);
    }

}
