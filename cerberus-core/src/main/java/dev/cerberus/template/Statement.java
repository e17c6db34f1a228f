package dev.cerberus.template;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/**
 * Part of a template that writes or changes something. Immutable and thread-safe.
 */
sealed interface Statement {

    /** What comes after a statement. */
    enum Flow {

        NEXT, BREAK, CONTINUE

    }

    /**
     * Runs the statement.
     * @param rendering the rendering
     * @param scope variables
     * @param out takes the text
     * @return what comes next
     */
    Flow render(Rendering rendering, Scope scope, StringBuilder out);

    /** Statements one after the other. */
    record Sequence(List<Statement> statements) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            rendering.meter().enter();
            Flow flow = Flow.NEXT;
            for (int i = 0; i < this.statements.size() && flow == Flow.NEXT; i++) {
                rendering.meter().work(1);
                flow = this.statements.get(i).render(rendering, scope, out);
            }
            rendering.meter().leave();
            return flow;
        }

    }

    /** Text outside of tags. */
    record Data(String text) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            rendering.write(this.text, out);
            return Flow.NEXT;
        }

    }

    /** {@code {{ expression }}}. */
    record Output(Expression expression, int line) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            rendering.at(this.line);
            Object value = rendering.evaluate(this.expression, scope);
            rendering.write(Texts.str(value, rendering.meter()), out);
            return Flow.NEXT;
        }

    }

    /** {@code {% set target = expression %}}. */
    record Assign(Target target, Expression expression, int line) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            rendering.at(this.line);
            Object value = rendering.evaluate(this.expression, scope);
            rendering.at(this.line);
            this.target.assign(value, scope, rendering);
            return Flow.NEXT;
        }

    }

    /** {@code {% set target | filters %}body{% endset %}}. */
    record AssignBlock(Target target, List<Expression.FilterCall> filters, Statement body,
            int line) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            StringBuilder text = new StringBuilder();
            Flow flow = this.body.render(rendering, new Scope(scope), text);
            if (flow == Flow.NEXT) {
                Object value = filtered(text, this.filters, rendering, scope);
                rendering.at(this.line);
                this.target.assign(value, scope, rendering);
            }
            return flow;
        }

    }

    /** {@code {% filter filters %}body{% endfilter %}}. */
    record FilterBlock(List<Expression.FilterCall> filters, Statement body) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            Scope inner = new Scope(scope);
            StringBuilder text = new StringBuilder();
            Flow flow = this.body.render(rendering, inner, text);
            if (flow == Flow.NEXT) {
                Object value = filtered(text, this.filters, rendering, inner);
                rendering.write(Texts.str(value, rendering.meter()), out);
            }
            return flow;
        }

    }

    private static Object filtered(StringBuilder text, List<Expression.FilterCall> filters, Rendering rendering,
            Scope scope) {
        rendering.meter().text(text.length());
        Object value = text.toString();
        for (Expression.FilterCall filter : filters) {
            value = filter.apply(value, rendering, scope);
        }
        return value;
    }

    /** {@code {% if %}} with its {@code elif} branches. */
    record If(List<Branch> branches, Statement otherwise) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            for (Branch branch : this.branches) {
                rendering.at(branch.line());
                if (rendering.test(branch.condition(), scope)) {
                    return branch.body().render(rendering, scope, out);
                }
            }
            return this.otherwise.render(rendering, scope, out);
        }

    }

    /** A condition and what it guards. */
    record Branch(Expression condition, Statement body, int line) {
    }

    /** {@code {% for %}}. */
    record For(Target target, Expression elements, @Nullable Expression filter, Statement body, Statement otherwise,
            boolean recursive, int line) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            rendering.at(this.line);
            Object values = rendering.evaluate(this.elements, scope);
            rendering.at(this.line);
            return loop(values, 0, rendering, scope, out);
        }

        private Flow loop(Object values, int depth, Rendering rendering, Scope scope, StringBuilder out) {
            Iterator<Object> iterator = Values.iterate(values, rendering.meter());
            long length = -1;
            if (this.filter != null) {
                iterator = new Filtered(iterator, this, rendering, scope);
            }
            else if (!(values instanceof Lazy) && !(values instanceof LoopContext)) {
                length = Values.length(values, rendering.meter());
            }
            LoopContext.Recursion recursion = this.recursive ? (inner, level, current) -> {
                StringBuilder text = new StringBuilder();
                current.meter().enter();
                loop(inner, level, current, scope, text);
                current.meter().leave();
                current.meter().text(text.length());
                return text.toString();
            } : null;
            LoopContext loop = new LoopContext(iterator, length, depth, recursion);
            // As in Jinja, a pass cut short by a jump does not count as one.
            boolean passed = false;
            while (loop.hasNext()) {
                rendering.meter().work(4);
                Scope iteration = new Scope(scope);
                iteration.set("loop", loop);
                rendering.at(this.line);
                this.target.assign(loop.next(), iteration, rendering);
                Flow flow = this.body.render(rendering, iteration, out);
                passed |= flow == Flow.NEXT;
                if (flow == Flow.BREAK) {
                    break;
                }
            }
            return passed ? Flow.NEXT : this.otherwise.render(rendering, new Scope(scope), out);
        }

        private boolean passes(Object element, Rendering rendering, Scope scope) {
            Scope inner = new Scope(scope);
            this.target.assign(element, inner, rendering);
            return this.filter == null || rendering.test(this.filter, inner);
        }

        /** Elements that pass the loop's filter, asked for one by one. */
        private static final class Filtered implements Iterator<Object> {

            private final Iterator<Object> elements;

            private final For loop;

            private final Rendering rendering;

            private final Scope scope;

            private @Nullable Object next;

            Filtered(Iterator<Object> elements, For loop, Rendering rendering, Scope scope) {
                this.elements = elements;
                this.loop = loop;
                this.rendering = rendering;
                this.scope = scope;
            }

            @Override
            public boolean hasNext() {
                while (this.next == null && this.elements.hasNext()) {
                    Object element = this.elements.next();
                    this.next = this.loop.passes(element, this.rendering, this.scope) ? element : null;
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

        }

    }

    /** {@code {% break %}} or {@code {% continue %}}. */
    record Jump(Flow flow) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            return this.flow;
        }

    }

    /** {@code {% macro %}}. */
    record Define(Macro.Definition definition) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            scope.set(this.definition.name(), new Macro(this.definition, scope));
            return Flow.NEXT;
        }

    }

    /** {@code {% call %}}. */
    record CallBlock(Expression.Call call, Macro.Definition body, int line) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            rendering.at(this.line);
            Object value = this.call.call(rendering, scope, new Macro(this.body, scope));
            rendering.write(Texts.str(value, rendering.meter()), out);
            return Flow.NEXT;
        }

    }

    /** {@code {% with %}}; without variables a block with a scope of its own. */
    record With(List<Target> targets, List<Expression> values, Statement body, int line) implements Statement {

        @Override
        public Flow render(Rendering rendering, Scope scope, StringBuilder out) {
            rendering.at(this.line);
            Scope inner = new Scope(scope);
            for (int i = 0; i < this.targets.size(); i++) {
                this.targets.get(i).assign(rendering.evaluate(this.values.get(i), scope), inner, rendering);
            }
            return this.body.render(rendering, inner, out);
        }

    }

}
