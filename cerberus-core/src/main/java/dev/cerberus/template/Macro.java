package dev.cerberus.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A macro, or the body of a {@code call} block, with the variables around it.
 *
 * @param definition what it does
 * @param closure variables where it was defined
 */
record Macro(Definition definition, Scope closure) implements Callable, HasAttributes {

    /**
     * A macro as it is written.
     *
     * @param name its name, empty for the body of a {@code call} block
     * @param parameters what it takes
     * @param body what it renders
     * @param takesMore whether its body reads {@code varargs}
     * @param takesMoreNamed whether its body reads {@code kwargs}
     * @param takesCaller whether its body reads {@code caller}
     */
    record Definition(String name, List<Parameter> parameters, Statement body, boolean takesMore,
            boolean takesMoreNamed, boolean takesCaller) {

        boolean namesCaller() {
            return this.parameters.stream().anyMatch((parameter) -> parameter.name().equals("caller"));
        }

    }

    /**
     * A parameter.
     *
     * @param name its name
     * @param missing its default, null for none
     */
    record Parameter(String name, @Nullable Expression missing) {
    }

    @Override
    public Object call(Arguments arguments, Rendering rendering) {
        Scope scope = new Scope(this.closure);
        bind(arguments, scope, rendering);
        StringBuilder out = new StringBuilder();
        rendering.meter().enter();
        this.definition.body().render(rendering, scope, out);
        rendering.meter().leave();
        rendering.meter().text(out.length());
        return out.toString();
    }

    private void bind(Arguments arguments, Scope scope, Rendering rendering) {
        List<Object> values = arguments.positional();
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        List<Parameter> parameters = this.definition.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            Object value = (i < values.size()) ? values.get(i) : named.remove(parameter.name());
            if (value == null) {
                value = (parameter.missing() != null) ? rendering.evaluate(parameter.missing(), scope)
                        : Undefined.because("parameter '" + parameter.name() + "' was not provided");
            }
            scope.set(parameter.name(), value);
        }
        if (this.definition.takesCaller() && !this.definition.namesCaller()) {
            Object caller = named.remove("caller");
            scope.set("caller",
                    (caller == null || caller == None.NONE) ? Undefined.because("No caller defined") : caller);
        }
        bindRest(values, named, scope, rendering.meter());
    }

    private void bindRest(List<Object> values, Map<String, Object> named, Scope scope, Meter meter) {
        int count = this.definition.parameters().size();
        if (this.definition.takesMoreNamed()) {
            Dict rest = new Dict();
            named.forEach((name, value) -> rest.put(name, value, meter));
            scope.set("kwargs", rest);
        }
        else if (!named.isEmpty()) {
            throw PythonError.type("macro '" + this.definition.name() + "' takes no keyword argument '"
                    + PythonError.shortened(named.keySet().iterator().next()) + "'");
        }
        if (this.definition.takesMore()) {
            scope.set("varargs", Tuple.of((values.size() > count) ? values.subList(count, values.size()) : List.of()));
        }
        else if (values.size() > count) {
            throw PythonError
                .type("macro '" + this.definition.name() + "' takes not more than " + count + " argument(s)");
        }
    }

    @Override
    public @Nullable Object attribute(String name, Meter meter) {
        return switch (name) {
            case "name" -> this.definition.name().isEmpty() ? None.NONE : this.definition.name();
            case "arguments" ->
                Tuple.of(this.definition.parameters().stream().map((each) -> (Object) each.name()).toList());
            case "catch_kwargs" -> this.definition.takesMoreNamed();
            case "catch_varargs" -> this.definition.takesMore();
            case "caller" -> this.definition.takesCaller();
            default -> null;
        };
    }

    @Override
    public String describe() {
        return this.definition.name().isEmpty() ? "<Macro anonymous>" : "<Macro '" + this.definition.name() + "'>";
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

}
