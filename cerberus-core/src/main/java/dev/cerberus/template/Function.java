package dev.cerberus.template;

/**
 * A function of the engine, or a method bound to its value.
 *
 * @param name its name
 * @param parameters what it takes
 * @param body what it does
 */
record Function(String name, Parameters parameters, Body body) implements Callable {

    /** What a function does. */
    interface Body {

        Object call(Parameters.Bound arguments, Rendering rendering);

    }

    static Function of(String name, String parameters, Body body) {
        return new Function(name, Parameters.of(name, parameters), body);
    }

    @Override
    public Object call(Arguments arguments, Rendering rendering) {
        return this.body.call(this.parameters.bind(arguments), rendering);
    }

    @Override
    public String describe() {
        return "<function " + this.name + ">";
    }

}
