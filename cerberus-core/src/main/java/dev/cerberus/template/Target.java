package dev.cerberus.template;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** What is assigned to. Immutable and thread-safe. */
sealed interface Target {

    /**
     * Assigns.
     * @param value the value
     * @param scope where variables are set
     * @param rendering the rendering
     */
    void assign(Object value, Scope scope, Rendering rendering);

    /** A variable. */
    record Variable(String name) implements Target {

        @Override
        public void assign(Object value, Scope scope, Rendering rendering) {
            rendering.meter().work(2);
            scope.set(this.name, value);
        }

    }

    /** Several targets, one for each element. */
    record Elements(List<Target> targets) implements Target {

        @Override
        public void assign(Object value, Scope scope, Rendering rendering) {
            if (!Values.isIterable(value)) {
                throw PythonError.type("cannot unpack non-iterable " + Values.typeName(value) + " object");
            }
            List<Object> values = Values.list(value, rendering.meter());
            if (values.size() != this.targets.size()) {
                throw PythonError
                    .value("cannot unpack " + values.size() + " values into " + this.targets.size() + " variables");
            }
            for (int i = 0; i < values.size(); i++) {
                this.targets.get(i).assign(values.get(i), scope, rendering);
            }
        }

    }

    /** An attribute of a namespace. */
    record Member(String variable, String name) implements Target {

        @Override
        public void assign(Object value, Scope scope, Rendering rendering) {
            @Nullable Object owner = scope.get(this.variable);
            if (!(owner instanceof Namespace namespace)) {
                throw PythonError.runtime("cannot assign attribute on non-namespace object '" + this.variable + "'");
            }
            namespace.set(this.name, value, rendering.meter());
        }

    }

}
