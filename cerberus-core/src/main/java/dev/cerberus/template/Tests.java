package dev.cerberus.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * All tests by name.
 */
final class Tests {

    private static final Map<String, Test> TESTS = new HashMap<>();

    /** What a test without arguments asks. */
    private interface Question {

        boolean ask(Object value, Meter meter);

    }

    /** What a test with an argument asks. */
    private interface Relation {

        boolean ask(Object value, Object other, Meter meter);

    }

    static {
        define("defined", (value, meter) -> !(value instanceof Undefined));
        define("undefined", (value, meter) -> value instanceof Undefined);
        define("none", (value, meter) -> value == None.NONE);
        define("string", (value, meter) -> value instanceof String);
        define("mapping", (value, meter) -> value instanceof Dict);
        define("iterable", (value, meter) -> Values.isIterable(value));
        define("sequence", (value, meter) -> value instanceof String || value instanceof List || value instanceof Tuple
                || value instanceof Dict || value instanceof Range || value instanceof Undefined);
        define("number", (value, meter) -> value instanceof Number || value instanceof Boolean);
        define("integer", (value, meter) -> Numbers.isInteger(value));
        define("float", (value, meter) -> value instanceof Double);
        define("boolean", (value, meter) -> value instanceof Boolean);
        define("true", (value, meter) -> Boolean.TRUE.equals(value));
        define("false", (value, meter) -> Boolean.FALSE.equals(value));
        define("callable", (value, meter) -> value instanceof Undefined || value instanceof Callable);
        define("escaped", (value, meter) -> false);
        define("filter", (value, meter) -> value instanceof String name && Filters.find(name) != null);
        define("test", (value, meter) -> value instanceof String name && find(name) != null);
        define("lower", (value, meter) -> StringMethods.isCase(Texts.str(value, meter), Character::isLowerCase, meter));
        define("upper", (value, meter) -> StringMethods.isCase(Texts.str(value, meter), Character::isUpperCase, meter));
        define("odd", (value, meter) -> remainder(value, 2L, 1L, meter));
        define("even", (value, meter) -> remainder(value, 2L, 0L, meter));
        relate("divisibleby", "num", (value, other, meter) -> remainder(value, other, 0L, meter));
        relate("sameas", "other", (value, other, meter) -> same(value, other));
        relate("in", "seq", (value, other, meter) -> Comparison.contains(other, value, meter));
        for (String name : List.of("==", "eq", "equalto")) {
            relate(name, "other", Comparison::equal);
        }
        for (String name : List.of("!=", "ne")) {
            relate(name, "other", (value, other, meter) -> !Comparison.equal(value, other, meter));
        }
        order("<", "<", "lt", "lessthan");
        order("<=", "<=", "le");
        order(">", ">", "gt", "greaterthan");
        order(">=", ">=", "ge");
    }

    private Tests() {
    }

    static @Nullable Test find(String name) {
        return TESTS.get(name);
    }

    private static void define(String name, Question question) {
        Parameters parameters = Parameters.of(name, "");
        TESTS.put(name, (value, arguments, rendering) -> {
            parameters.bind(arguments);
            return question.ask(value, rendering.meter());
        });
    }

    private static void relate(String name, String parameter, Relation relation) {
        Parameters parameters = Parameters.of(name, parameter);
        TESTS.put(name, (value, arguments, rendering) -> relation.ask(value, parameters.bind(arguments).get(0),
                rendering.meter()));
    }

    private static void order(String operator, String... names) {
        for (String name : names) {
            relate(name, "other", (value, other, meter) -> Comparison.ordered(value, other, operator, meter));
        }
    }

    private static boolean remainder(Object value, Object divisor, Object wanted, Meter meter) {
        return Comparison.equal(Operator.MODULO.apply(value, divisor, meter), wanted, meter);
    }

    // Identity is a matter of Python's memory; small values are shared there.
    private static boolean same(Object value, Object other) {
        boolean plain = value instanceof String || value instanceof Number || value instanceof Boolean;
        return value == other || (plain && value.equals(other));
    }

}
