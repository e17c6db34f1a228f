package dev.cerberus.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Part of a template that has a value. Immutable and thread-safe.
 */
sealed interface Expression {

    /**
     * Computes the value.
     * @param rendering the rendering
     * @param scope variables
     * @return the value
     */
    Object evaluate(Rendering rendering, Scope scope);

    /** A constant. */
    record Literal(Object value) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            return this.value;
        }

    }

    /** A variable. */
    record Name(String name) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object value = scope.get(this.name);
            return (value != null) ? value : Undefined.variable(this.name);
        }

    }

    /** {@code target.name}. */
    record Attribute(Expression target, String name, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object value = rendering.evaluate(this.target, scope);
            rendering.at(this.line);
            return Values.attribute(value, this.name, rendering.meter());
        }

    }

    /** {@code target[key]}. */
    record Element(Expression target, Expression key, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object value = rendering.evaluate(this.target, scope);
            Object at = rendering.evaluate(this.key, scope);
            rendering.at(this.line);
            return Values.element(value, at, rendering.meter());
        }

    }

    /** {@code target[from:to:by]}; a part left out is the literal None. */
    record Slice(Expression target, Expression from, Expression to, Expression by, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object value = rendering.evaluate(this.target, scope);
            Object first = rendering.evaluate(this.from, scope);
            Object end = rendering.evaluate(this.to, scope);
            Object step = rendering.evaluate(this.by, scope);
            rendering.at(this.line);
            return Values.slice(value, first, end, step, rendering.meter());
        }

    }

    /** {@code target(arguments)}. */
    record Call(Expression target, CallArguments arguments, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            return call(rendering, scope, null);
        }

        Object call(Rendering rendering, Scope scope, @Nullable Callable caller) {
            Object callee = rendering.evaluate(this.target, scope);
            Arguments given = this.arguments.evaluate(rendering, scope, this.line);
            if (caller != null) {
                Map<String, Object> named = new LinkedHashMap<>(given.named());
                named.put("caller", caller);
                given = new Arguments(given.positional(), named);
            }
            rendering.at(this.line);
            if (callee instanceof Undefined undefined) {
                throw undefined.error();
            }
            if (!(callee instanceof Callable callable)) {
                throw PythonError.type("'" + Values.typeName(callee) + "' object is not callable");
            }
            return callable.call(given, rendering);
        }

    }

    /** Arguments as they are written. */
    record CallArguments(List<Expression> positional, Map<String, Expression> named, @Nullable Expression spread,
            @Nullable Expression namedSpread) {

        static final CallArguments NONE = new CallArguments(List.of(), Map.of(), null, null);

        Arguments evaluate(Rendering rendering, Scope scope, int line) {
            if (this.positional.isEmpty() && this.named.isEmpty() && this.spread == null && this.namedSpread == null) {
                return Arguments.NONE;
            }
            List<Object> values = new ArrayList<>(this.positional.size());
            for (Expression each : this.positional) {
                values.add(rendering.evaluate(each, scope));
            }
            if (this.spread != null) {
                values.addAll(Values.list(rendering.evaluate(this.spread, scope), rendering.meter()));
            }
            Map<String, Object> byName = new LinkedHashMap<>();
            this.named.forEach((name, each) -> byName.put(name, rendering.evaluate(each, scope)));
            if (this.namedSpread != null) {
                Object more = rendering.evaluate(this.namedSpread, scope);
                rendering.at(line);
                spread(more, byName, rendering.meter());
            }
            return new Arguments(values, byName);
        }

        private static void spread(Object more, Map<String, Object> named, Meter meter) {
            if (!(more instanceof Dict dict)) {
                throw PythonError.type("argument after ** must be a mapping, not " + Values.typeName(more));
            }
            meter.work(dict.size());
            for (Dict.Entry entry : dict.entries()) {
                if (!(entry.key() instanceof String name)) {
                    throw PythonError.type("keywords must be strings");
                }
                if (named.put(name, entry.value()) != null) {
                    throw PythonError
                        .type("got multiple values for keyword argument '" + PythonError.shortened(name) + "'");
                }
            }
        }

    }

    /** A filter with its arguments, without what it is applied to. */
    record FilterCall(String name, @Nullable Filter filter, CallArguments arguments, int line) {

        Object apply(Object value, Rendering rendering, Scope scope) {
            Arguments given = this.arguments.evaluate(rendering, scope, this.line);
            rendering.at(this.line);
            if (this.filter == null) {
                throw PythonError.runtime("there is no filter named '" + this.name + "'");
            }
            return this.filter.apply(value, given, rendering);
        }

    }

    /** {@code input | filter}. */
    record Filtered(Expression input, FilterCall call) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            return this.call.apply(rendering.evaluate(this.input, scope), rendering, scope);
        }

    }

    /** {@code input is test}. */
    record Tested(Expression input, String name, @Nullable Test test, CallArguments arguments,
            int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object value = rendering.evaluate(this.input, scope);
            Arguments given = this.arguments.evaluate(rendering, scope, this.line);
            rendering.at(this.line);
            if (this.test == null) {
                throw PythonError.runtime("there is no test named '" + this.name + "'");
            }
            return this.test.test(value, given, rendering);
        }

    }

    /** {@code not operand}. */
    record Not(Expression operand) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            return !rendering.test(this.operand, scope);
        }

    }

    /** {@code -operand} or {@code +operand}. */
    record Signed(boolean negative, Expression operand, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object value = rendering.evaluate(this.operand, scope);
            rendering.at(this.line);
            if (value instanceof Undefined undefined) {
                throw undefined.error();
            }
            Number number = Numbers.number(value);
            if (number == null) {
                throw PythonError.type("bad operand type for unary " + (this.negative ? "-" : "+") + ": '"
                        + Values.typeName(value) + "'");
            }
            return this.negative ? Numbers.negate(number) : number;
        }

    }

    /** {@code left operator right}. */
    record Binary(Operator operator, Expression left, Expression right, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object first = rendering.evaluate(this.left, scope);
            Object second = rendering.evaluate(this.right, scope);
            rendering.at(this.line);
            return this.operator.apply(first, second, rendering.meter());
        }

    }

    /** {@code a ~ b ~ …}. */
    record Concatenation(List<Expression> parts) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            StringBuilder text = new StringBuilder();
            for (Expression part : this.parts) {
                rendering.write(Texts.str(rendering.evaluate(part, scope), rendering.meter()), text);
            }
            return text.toString();
        }

    }

    /** {@code first < second == …}; every operand is evaluated once, at most. */
    record Chain(Expression first, List<Link> links, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object left = rendering.evaluate(this.first, scope);
            for (Link link : this.links) {
                Object right = rendering.evaluate(link.operand(), scope);
                rendering.at(this.line);
                if (!holds(left, link.comparison(), right, rendering.meter())) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        private static boolean holds(Object left, String comparison, Object right, Meter meter) {
            return switch (comparison) {
                case "==" -> Comparison.equal(left, right, meter);
                case "!=" -> !Comparison.equal(left, right, meter);
                case "in" -> Comparison.contains(right, left, meter);
                case "not in" -> !Comparison.contains(right, left, meter);
                default -> Comparison.ordered(left, right, comparison, meter);
            };
        }

    }

    /** A comparison with the operand on its right. */
    record Link(String comparison, Expression operand) {
    }

    /** {@code left and right}, {@code left or right}: one of its operands. */
    record Logical(boolean and, Expression left, Expression right) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Object first = rendering.evaluate(this.left, scope);
            return (Values.truth(first) == this.and) ? rendering.evaluate(this.right, scope) : first;
        }

    }

    /** {@code yes if condition else no}. */
    record Conditional(Expression condition, Expression yes, @Nullable Expression no, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            if (rendering.test(this.condition, scope)) {
                return rendering.evaluate(this.yes, scope);
            }
            return (this.no != null) ? rendering.evaluate(this.no, scope)
                    : Undefined.because("the inline if of line " + this.line + " was false and has no else");
        }

    }

    /** A list or tuple. */
    record Sequence(List<Expression> elements, boolean tuple) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            List<Object> values = new ArrayList<>(this.elements.size());
            for (Expression element : this.elements) {
                values.add(rendering.evaluate(element, scope));
            }
            return this.tuple ? Tuple.of(values) : values;
        }

    }

    /** A dictionary. */
    record Dictionary(List<Pair> pairs, int line) implements Expression {

        @Override
        public Object evaluate(Rendering rendering, Scope scope) {
            Dict dict = new Dict();
            for (Pair pair : this.pairs) {
                Object key = rendering.evaluate(pair.key(), scope);
                Object value = rendering.evaluate(pair.value(), scope);
                rendering.at(this.line);
                dict.put(key, value, rendering.meter());
            }
            return dict;
        }

    }

    /** An entry of a dictionary. */
    record Pair(Expression key, Expression value) {
    }

}
