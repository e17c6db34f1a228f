package dev.cerberus.template;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a function of the engine takes. Immutable and thread-safe.
 */
final class Parameters {

    private final String owner;

    private final List<String> names = new ArrayList<>();

    private final boolean variable;

    private final int required;

    private Parameters(String owner, String specification) {
        this.owner = owner;
        int mandatory = 0;
        boolean any = false;
        for (String name : specification.isEmpty() ? new String[0] : specification.split(" ", -1)) {
            if (name.equals("*")) {
                any = true;
            }
            else if (name.endsWith("?")) {
                this.names.add(name.substring(0, name.length() - 1));
            }
            else {
                this.names.add(name);
                mandatory++;
            }
        }
        this.variable = any;
        this.required = mandatory;
    }

    /**
     * Reads a specification.
     * @param owner name of the function, for messages
     * @param specification names, separated by spaces; {@code ?} marks the optional ones,
     * {@code *} alone takes anything
     * @return the parameters
     */
    static Parameters of(String owner, String specification) {
        return new Parameters(owner, specification);
    }

    Bound bind(Arguments arguments) {
        if (this.variable) {
            return new Bound(this, arguments.positional().toArray(), arguments);
        }
        if (arguments.positional().size() > this.names.size()) {
            throw PythonError.type(this.owner + "() takes at most " + this.names.size() + " arguments, given "
                    + arguments.positional().size());
        }
        @Nullable Object[] values = new @Nullable Object[this.names.size()];
        for (int i = 0; i < arguments.positional().size(); i++) {
            values[i] = arguments.positional().get(i);
        }
        arguments.named().forEach((name, value) -> {
            int index = this.names.indexOf(name);
            if (index < 0) {
                throw PythonError.type(this.owner + "() got an unexpected keyword argument '" + name + "'");
            }
            if (values[index] != null) {
                throw PythonError.type(this.owner + "() got multiple values for argument '" + name + "'");
            }
            values[index] = value;
        });
        for (int i = 0; i < this.required; i++) {
            if (values[i] == null) {
                throw PythonError.type(this.owner + "() needs argument '" + this.names.get(i) + "'");
            }
        }
        return new Bound(this, values, arguments);
    }

    /** Arguments in the order of their parameters. */
    static final class Bound {

        private final Parameters parameters;

        private final @Nullable Object[] values;

        private final Arguments arguments;

        Bound(Parameters parameters, @Nullable Object[] values, Arguments arguments) {
            this.parameters = parameters;
            this.values = values;
            this.arguments = arguments;
        }

        Arguments all() {
            return this.arguments;
        }

        boolean has(int index) {
            return index < this.values.length && this.values[index] != null && this.values[index] != None.NONE;
        }

        Object get(int index) {
            Object value = (index < this.values.length) ? this.values[index] : null;
            if (value == null) {
                throw PythonError.type(this.parameters.owner + "() needs one more argument");
            }
            return value;
        }

        Object get(int index, Object missing) {
            Object value = (index < this.values.length) ? this.values[index] : null;
            return (value != null) ? value : missing;
        }

        boolean flag(int index) {
            return Values.truth(get(index, false));
        }

        long integer(int index, long missing) {
            return Numbers.index(get(index, missing));
        }

        int size(int index, int missing) {
            return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, integer(index, missing)));
        }

        String text(int index) {
            if (get(index) instanceof String text) {
                return text;
            }
            throw PythonError
                .type(this.parameters.owner + "() needs a str here, not '" + Values.typeName(get(index)) + "'");
        }

        String text(int index, String missing) {
            return (index < this.values.length && this.values[index] != null) ? text(index) : missing;
        }

    }

}
