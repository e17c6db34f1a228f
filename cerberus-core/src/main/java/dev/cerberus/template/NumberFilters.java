package dev.cerberus.template;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Filters that make numbers.
 */
final class NumberFilters {

    private static final String[] DECIMAL_UNITS = { "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB" };

    private static final String[] BINARY_UNITS = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB" };

    private NumberFilters() {
    }

    static void register(Filters.Registry filters) {
        filters.define("abs", "", (value, args, rendering) -> absolute(value));
        filters.define("int", "default? base?", (value, args, rendering) -> {
            rendering.meter().work((value instanceof String text) ? text.length() : 1);
            return integer(value, args.get(0, 0L), args.size(1, 10));
        });
        filters.define("float", "default?", (value, args, rendering) -> {
            rendering.meter().work((value instanceof String text) ? text.length() : 1);
            return real(value, args.get(0, 0.0));
        });
        filters.define("round", "precision? method?",
                (value, args, rendering) -> round(value, args.integer(0, 0), args.text(1, "common")));
        filters.define("filesizeformat", "binary?",
                (value, args, rendering) -> fileSize(value, args.flag(0), rendering.meter()));
    }

    private static Number number(Object value, String what) {
        Number number = Numbers.number(value);
        if (number == null) {
            throw PythonError.type(what + ": '" + Values.typeName(value) + "'");
        }
        return number;
    }

    private static Object absolute(Object value) {
        Number number = number(value, "bad operand type for abs()");
        if (number instanceof Double real) {
            return Math.abs(real);
        }
        return Numbers.integer(Numbers.big(number).abs());
    }

    private static Object integer(Object value, Object missing, int base) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (value instanceof String text) {
            Number whole = Numbers.parseInteger(text, base);
            if (whole != null) {
                return whole;
            }
            Double real = Numbers.parseReal(text);
            return (real == null || real.isNaN() || real.isInfinite()) ? missing
                    : Numbers.integer(Numbers.truncated(real));
        }
        Number number = Numbers.number(value);
        if (number instanceof Double real) {
            return real.isNaN() ? missing : Numbers.integer(Numbers.truncated(real));
        }
        return (number != null) ? number : missing;
    }

    private static Object real(Object value, Object missing) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (value instanceof String text) {
            Double real = Numbers.parseReal(text);
            return (real != null) ? real : missing;
        }
        Number number = Numbers.number(value);
        return (number != null) ? (Object) Numbers.real(number) : missing;
    }

    private static Object round(Object value, long precision, String method) {
        if (method.equals("common")) {
            return Numbers.round(number(value, "round needs a number"), precision);
        }
        RoundingMode mode = switch (method) {
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw PythonError.value("method must be common, ceil or floor");
        };
        Number scale = Numbers.power(10L, precision);
        Number scaled = Numbers.multiply(number(value, "round needs a number"), scale);
        Number whole = scaled;
        if (scaled instanceof Double real) {
            Numbers.truncated(real);
            whole = Numbers.integer(new BigDecimal(real).setScale(0, mode).toBigInteger());
        }
        return Numbers.divide(whole, scale);
    }

    private static String fileSize(Object value, boolean binary, Meter meter) {
        Object size = real(value, None.NONE);
        if (!(size instanceof Double bytes)) {
            throw PythonError.value("filesizeformat needs a number");
        }
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return Numbers.truncated(bytes) + " Bytes";
        }
        String[] units = binary ? BINARY_UNITS : DECIMAL_UNITS;
        double unit = base;
        int index = 0;
        while (index < units.length - 1 && bytes >= unit * base) {
            unit *= base;
            index++;
        }
        return FormatSpec.format(bytes / unit, ".1f", meter) + " " + units[index];
    }

}
