package dev.cerberus.template;

import java.util.ArrayList;
import java.util.List;

/** Operators between two values. */
enum Operator {

    ADD("+") {
        @Override
        Object apply(Object left, Object right, Meter meter) {
            if (left instanceof String a && right instanceof String b) {
                meter.text((long) a.length() + b.length());
                return a.concat(b);
            }
            if (left instanceof List<?> && right instanceof List<?>) {
                return joined(left, right, meter);
            }
            if (left instanceof Tuple && right instanceof Tuple) {
                return Tuple.of(joined(left, right, meter));
            }
            return super.apply(left, right, meter);
        }

        @Override
        Object numbers(Number left, Number right) {
            return Numbers.add(left, right);
        }
    },

    SUBTRACT("-") {
        @Override
        Object numbers(Number left, Number right) {
            return Numbers.subtract(left, right);
        }
    },

    MULTIPLY("*") {
        @Override
        Object apply(Object left, Object right, Meter meter) {
            boolean timesRight = isCount(right);
            Object repeated = timesRight ? left : right;
            Object times = timesRight ? right : left;
            if (isCount(times)
                    && (repeated instanceof String || repeated instanceof List || repeated instanceof Tuple)) {
                return repeated(repeated, Numbers.index(times), meter);
            }
            return super.apply(left, right, meter);
        }

        @Override
        Object numbers(Number left, Number right) {
            return Numbers.multiply(left, right);
        }
    },

    DIVIDE("/") {
        @Override
        Object numbers(Number left, Number right) {
            return Numbers.divide(left, right);
        }
    },

    FLOOR_DIVIDE("//") {
        @Override
        Object numbers(Number left, Number right) {
            return Numbers.floorDivide(left, right);
        }
    },

    MODULO("%") {
        @Override
        Object apply(Object left, Object right, Meter meter) {
            return (left instanceof String format) ? Formatting.percent(format, right, meter)
                    : super.apply(left, right, meter);
        }

        @Override
        Object numbers(Number left, Number right) {
            return Numbers.modulo(left, right);
        }
    },

    POWER("**") {
        @Override
        Object numbers(Number left, Number right) {
            return Numbers.power(left, right);
        }
    };

    private final String sign;

    Operator(String sign) {
        this.sign = sign;
    }

    abstract Object numbers(Number left, Number right);

    Object apply(Object left, Object right, Meter meter) {
        Number first = Numbers.number(left);
        Number second = Numbers.number(right);
        if (first != null && second != null) {
            return numbers(first, second);
        }
        throw unsupported(left, right);
    }

    private PythonError unsupported(Object left, Object right) {
        if (left instanceof Undefined undefined) {
            return undefined.error();
        }
        if (right instanceof Undefined undefined) {
            return undefined.error();
        }
        String type = Values.typeName(left);
        if (this == ADD && (left instanceof String || left instanceof List || left instanceof Tuple)) {
            return PythonError
                .type("can only concatenate " + type + " (not \"" + Values.typeName(right) + "\") to " + type);
        }
        return PythonError.type("unsupported operand type(s) for " + this.sign + ": '" + type + "' and '"
                + Values.typeName(right) + "'");
    }

    private static boolean isCount(Object value) {
        return Numbers.isInteger(value) || value instanceof Boolean;
    }

    private static List<Object> joined(Object left, Object right, Meter meter) {
        List<Object> sum = Values.list(left, meter);
        sum.addAll(Values.list(right, meter));
        return sum;
    }

    private static Object repeated(Object value, long times, Meter meter) {
        if (value instanceof String text) {
            return Strings.repeat(text, times, meter);
        }
        List<Object> elements = Values.list(value, meter);
        long count = elements.isEmpty() ? 0 : Math.max(0, times);
        meter.work((count > Integer.MAX_VALUE) ? Long.MAX_VALUE / 2 : 2 * count * elements.size());
        List<Object> repeated = new ArrayList<>((int) count * elements.size());
        for (long i = 0; i < count; i++) {
            repeated.addAll(elements);
        }
        return (value instanceof Tuple) ? Tuple.of(repeated) : repeated;
    }

}
