package dev.cerberus.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * How one value is written: Python's format specification, shared by {@code str.format}
 * and the {@code %} operator.
 *
 * @param fill what pads, one code point
 * @param align one of {@code <>^=}, 0 for the default of the value's type
 * @param sign one of {@code + -} and space
 * @param alternate whether {@code #} was given
 * @param width least code points, 0 for any
 * @param grouping {@code ,} or {@code _} between thousands, 0 for none
 * @param precision digits or characters, -1 if not given
 * @param type letter of the presentation, 0 for the default
 */
record FormatSpec(String fill, char align, char sign, boolean alternate, long width, char grouping, int precision,
        char type) {

    private static final int MOST_DIGITS = 1000;

    private static final int REAL_DIGITS = 6;

    static FormatSpec parse(String spec) {
        Reader in = new Reader(spec);
        String fill = " ";
        char align = 0;
        int first = spec.isEmpty() ? 0 : spec.offsetByCodePoints(0, 1);
        if (spec.length() > first && "<>^=".indexOf(spec.charAt(first)) >= 0) {
            fill = spec.substring(0, first);
            align = spec.charAt(first);
            in.at = first + 1;
        }
        else {
            align = in.oneOf("<>^=");
        }
        char sign = in.oneOf("+- ");
        boolean alternate = in.oneOf("#") != 0;
        if (in.oneOf("0") != 0 && align == 0) {
            fill = "0";
            align = '=';
        }
        long width = Math.max(0, in.number());
        char grouping = in.oneOf(",_");
        int precision = -1;
        if (in.oneOf(".") != 0) {
            precision = (int) in.number();
            if (precision < 0) {
                throw PythonError.value("Format specifier missing precision");
            }
        }
        char type = in.oneOf("bcdeEfFgGnosxX%");
        if (in.at < spec.length()) {
            throw PythonError.value("Invalid format specifier '" + PythonError.shortened(spec) + "'");
        }
        return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, type);
    }

    /** Reads the parts of a specification. */
    private static final class Reader {

        private final String spec;

        private int at;

        Reader(String spec) {
            this.spec = spec;
        }

        char oneOf(String characters) {
            if (this.at < this.spec.length() && characters.indexOf(this.spec.charAt(this.at)) >= 0) {
                return this.spec.charAt(this.at++);
            }
            return 0;
        }

        long number() {
            int start = this.at;
            while (this.at < this.spec.length() && this.spec.charAt(this.at) >= '0'
                    && this.spec.charAt(this.at) <= '9') {
                this.at++;
            }
            if (this.at - start > 9) {
                throw PythonError.value("Too many decimal digits in format string");
            }
            return (this.at == start) ? -1 : Long.parseLong(this.spec.substring(start, this.at));
        }

    }

    /** Python's {@code format(value, spec)}. */
    static String format(Object value, String spec, Meter meter) {
        if (spec.isEmpty()) {
            return Texts.str(value, meter);
        }
        Number number = Numbers.number(value);
        if (value instanceof String text) {
            return parse(spec).text(text, meter);
        }
        if (number == null) {
            throw PythonError.type("unsupported format string passed to " + Values.typeName(value) + ".__format__");
        }
        return parse(spec).number(number, meter);
    }

    String text(String text, Meter meter) {
        if (this.type != 0 && this.type != 's') {
            throw PythonError.value("Unknown format code '" + this.type + "' for object of type 'str'");
        }
        if (this.sign != 0 || (this.align == '=' && !this.fill.equals("0"))) {
            throw PythonError.value("Sign or '=' alignment not allowed in string format specifier");
        }
        int length = Strings.length(text, meter);
        String shown = (this.precision >= 0 && this.precision < length)
                ? Strings.substring(text, 0, this.precision, length, meter) : text;
        return pad("", shown, (this.align == 0 || this.align == '=') ? '<' : this.align, meter);
    }

    String number(Number number, Meter meter) {
        meter.text(64);
        boolean real = number instanceof Double || (this.type != 0 && "eEfFgG%".indexOf(this.type) >= 0);
        if (this.precision > MOST_DIGITS) {
            throw PythonError.value("precision too big");
        }
        if (!real && this.precision >= 0) {
            throw PythonError.value("Precision not allowed in integer format specifier");
        }
        String digits = real ? real(Numbers.real(number)) : integer(Numbers.big(number));
        boolean negative = digits.startsWith("-");
        String magnitude = negative ? digits.substring(1) : digits;
        String prefix = negative ? "-" : (this.sign == '+' || this.sign == ' ') ? String.valueOf(this.sign) : "";
        if (this.alternate && !real && this.type != 0 && "boxX".indexOf(this.type) >= 0) {
            prefix += "0" + this.type;
        }
        magnitude = group(magnitude);
        meter.text(magnitude.length());
        return pad(prefix, magnitude, (this.align == 0) ? '>' : this.align, meter);
    }

    private String integer(BigInteger value) {
        return switch (this.type) {
            case 0, 'd', 'n' -> value.toString();
            case 'b' -> value.toString(2);
            case 'o' -> value.toString(8);
            case 'x' -> value.toString(16);
            case 'X' -> Strings.upper(value.toString(16));
            case 'c' -> character(value);
            default -> throw PythonError.value("Unknown format code '" + this.type + "' for object of type 'int'");
        };
    }

    static String character(BigInteger value) {
        if (value.signum() < 0 || value.bitLength() > 21 || !Character.isValidCodePoint(value.intValue())) {
            throw new PythonError(PythonError.Kind.ARITHMETIC, "a character is not in range(0x110000)");
        }
        return Character.toString(value.intValue());
    }

    private String real(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            String text = Numbers.repr(value) + ((this.type == '%') ? "%" : "");
            return Character.isUpperCase(this.type) ? Strings.upper(text) : text;
        }
        int digits = (this.precision < 0) ? REAL_DIGITS : this.precision;
        return switch (this.type) {
            case 'f', 'F' -> fixed(value, digits);
            case 'e' -> scientific(value, digits);
            case 'E' -> Strings.upper(scientific(value, digits));
            case '%' -> fixed(value * 100, digits) + "%";
            case 'g', 'n' -> general(value, digits, false);
            case 'G' -> Strings.upper(general(value, digits, false));
            case 0 -> (this.precision < 0) ? Numbers.repr(value) : general(value, digits, true);
            default -> throw PythonError.value("Unknown format code '" + this.type + "' for object of type 'float'");
        };
    }

    private String fixed(double value, int digits) {
        String text = new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        String signed = (!text.startsWith("-") && (value < 0 || 1 / value < 0)) ? "-" + text : text;
        return (this.alternate && digits == 0) ? signed + "." : signed;
    }

    private static String scientific(double value, int digits) {
        if (value == 0) {
            return ((1 / value < 0) ? "-0" : "0") + ((digits > 0) ? "." + "0".repeat(digits) : "") + "e+00";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        StringBuilder text = new StringBuilder(rounded.unscaledValue().abs().toString());
        int exponent = rounded.precision() - rounded.scale() - 1;
        while (text.length() < digits + 1) {
            text.append('0');
        }
        text.setLength(digits + 1);
        if (digits > 0) {
            text.insert(1, '.');
        }
        return ((value < 0) ? "-" : "") + text + Numbers.exponent(exponent);
    }

    private String general(double value, int digits, boolean asRepr) {
        int precision = Math.max(1, digits);
        String scientific = scientific(value, precision - 1);
        int mark = scientific.indexOf('e');
        int exponent = Integer.parseInt(scientific.substring(mark + 1));
        boolean plain = exponent >= -4 && exponent < precision - (asRepr ? 1 : 0);
        String mantissa = plain ? fixed(value, precision - 1 - exponent) : scientific.substring(0, mark);
        if (!this.alternate && mantissa.indexOf('.') >= 0) {
            mantissa = Strings.stripEnd(mantissa, "0");
            mantissa = mantissa.endsWith(".") ? mantissa + (asRepr && plain ? "0" : "") : mantissa;
            mantissa = mantissa.endsWith(".") ? mantissa.substring(0, mantissa.length() - 1) : mantissa;
        }
        else if (asRepr && plain && mantissa.indexOf('.') < 0) {
            mantissa += ".0";
        }
        return plain ? mantissa : mantissa + Numbers.exponent(exponent);
    }

    private String group(String digits) {
        if (this.grouping == 0) {
            return digits;
        }
        int end = 0;
        while (end < digits.length() && Character.digit(digits.charAt(end), 16) >= 0 && digits.charAt(end) != 'e') {
            end++;
        }
        StringBuilder grouped = new StringBuilder(digits);
        int size = (this.type != 0 && "boxX".indexOf(this.type) >= 0) ? 4 : 3;
        for (int i = end - size; i > 0; i -= size) {
            grouped.insert(i, this.grouping);
        }
        return grouped.toString();
    }

    String pad(String prefix, String text, char where, Meter meter) {
        if (where == '=') {
            String zeros = Strings.pad("", Math.max(0, this.width - prefix.length() - Strings.length(text, meter)),
                    this.fill, 1, meter);
            return prefix + zeros + text;
        }
        double before = (where == '>') ? 1 : (where == '^') ? 0.5 : 0;
        return Strings.pad(prefix + text, this.width, Objects.requireNonNull(this.fill), before, meter);
    }

    /** Reads a whole number out of a value for {@code %d}. */
    static @Nullable BigInteger whole(Object value) {
        Number number = Numbers.number(value);
        if (number instanceof Double real) {
            return Numbers.truncated(real);
        }
        return (number != null) ? Numbers.big(number) : null;
    }

}
