package dev.cerberus.template;

import java.math.BigInteger;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Texts with places for values: {@code '%s' % x} and {@code '{}'.format(x)}. One per
 * formatting.
 */
final class Formatting {

    private final StringBuilder out = new StringBuilder();

    private final String format;

    private final Meter meter;

    private int at;

    private int used;

    // Whether places are numbered by the format itself.
    private boolean numbered;

    private Formatting(String format, Meter meter) {
        this.format = format;
        this.meter = meter;
    }

    private void append(String text) {
        this.meter.text(text.length());
        this.out.append(text);
    }

    /** The operator {@code %} of a text. */
    static String percent(String format, Object values, Meter meter) {
        return new Formatting(format, meter).percent(values);
    }

    private String percent(Object values) {
        List<Object> positional = (values instanceof Tuple tuple) ? tuple.elements() : List.of(values);
        while (true) {
            int next = this.format.indexOf('%', this.at);
            if (next < 0) {
                append(this.format.substring(this.at));
                break;
            }
            append(this.format.substring(this.at, next));
            this.at = next + 1;
            conversion(values, positional);
        }
        boolean mayBeLeft = values instanceof Dict || values instanceof List;
        if (this.used < positional.size() && !mayBeLeft) {
            throw PythonError.type("not all arguments converted during string formatting");
        }
        return this.out.toString();
    }

    private void conversion(Object values, List<Object> positional) {
        Object named = null;
        if (peek() == '(') {
            int close = this.format.indexOf(')', this.at);
            if (close < 0) {
                throw PythonError.value("incomplete format key");
            }
            if (!(values instanceof Dict dict)) {
                throw PythonError.type("format requires a mapping");
            }
            String key = this.format.substring(this.at + 1, close);
            named = dict.get(key);
            if (named == null) {
                throw new PythonError(PythonError.Kind.LOOKUP, "no key '" + PythonError.shortened(key) + "'");
            }
            this.at = close + 1;
        }
        String flags = flags();
        long width = size(positional);
        int precision = -1;
        if (peek() == '.') {
            this.at++;
            precision = (int) Math.max(0, size(positional));
        }
        while (peek() == 'h' || peek() == 'l' || peek() == 'L') {
            this.at++;
        }
        char type = peek();
        this.at++;
        if (type == '%') {
            append("%");
            return;
        }
        Object value = (named != null) ? named : next(positional);
        boolean left = flags.indexOf('-') >= 0 || width < 0;
        boolean zero = flags.indexOf('0') >= 0 && !left;
        char sign = (flags.indexOf('+') >= 0) ? '+' : (flags.indexOf(' ') >= 0) ? ' ' : 0;
        append(converted(value, type, new FormatSpec(" ", left ? '<' : zero ? '=' : '>', sign, flags.indexOf('#') >= 0,
                Math.abs(Math.max(0, Math.max(width, -width))), (char) 0, precision, type)));
    }

    private String converted(Object value, char type, FormatSpec spec) {
        FormatSpec padding = new FormatSpec((spec.align() == '=') ? "0" : " ", spec.align(), spec.sign(),
                spec.alternate(), spec.width(), (char) 0, spec.precision(), type);
        switch (type) {
            case 's', 'r', 'a' -> {
                String text = (type == 's') ? Texts.str(value, this.meter) : Texts.repr(value, this.meter);
                return new FormatSpec(" ", (spec.align() == '=') ? '>' : spec.align(), (char) 0, false, spec.width(),
                        (char) 0, spec.precision(), 's')
                    .text(text, this.meter);
            }
            case 'd', 'i', 'u', 'o', 'x', 'X' -> {
                return integer(value, type, padding);
            }
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                Number number = Numbers.number(value);
                if (number == null) {
                    throw undefinedOr(value, "must be real number, not " + Values.typeName(value));
                }
                return padding.number(Numbers.real(number), this.meter);
            }
            case 'c' -> {
                String text = (value instanceof String given && Strings.length(given, this.meter) == 1) ? given
                        : FormatSpec.character(integerOf(value, "%c requires int or char"));
                return new FormatSpec(" ", (spec.align() == '=') ? '>' : spec.align(), (char) 0, false, spec.width(),
                        (char) 0, -1, 's')
                    .text(text, this.meter);
            }
            default -> throw PythonError.value("unsupported format character '" + type + "'");
        }
    }

    private String integer(Object value, char type, FormatSpec spec) {
        if ("oxX".indexOf(type) >= 0 && !Numbers.isInteger(value) && !(value instanceof Boolean)) {
            throw undefinedOr(value, "%" + type + " format: an integer is required, not " + Values.typeName(value));
        }
        BigInteger whole = integerOf(value,
                "%" + type + " format: a real number is required, not " + Values.typeName(value));
        char presentation = ("oxX".indexOf(type) >= 0) ? type : 'd';
        FormatSpec integral = new FormatSpec(spec.fill(), spec.align(), spec.sign(), spec.alternate(), spec.width(),
                (char) 0, -1, presentation);
        if (spec.precision() <= 0) {
            return integral.number(Numbers.integer(whole), this.meter);
        }
        FormatSpec digits = new FormatSpec("0", '=', spec.sign(), spec.alternate(),
                spec.precision() + ((whole.signum() < 0 || spec.sign() != 0) ? 1L : 0L), (char) 0, -1, presentation);
        return integral.pad("", digits.number(Numbers.integer(whole), this.meter),
                (spec.align() == '=') ? '>' : spec.align(), this.meter);
    }

    private static BigInteger integerOf(Object value, String otherwise) {
        BigInteger whole = FormatSpec.whole(value);
        if (whole == null) {
            throw undefinedOr(value, otherwise);
        }
        return whole;
    }

    private static PythonError undefinedOr(Object value, String message) {
        return (value instanceof Undefined undefined) ? undefined.error() : PythonError.type(message);
    }

    private String flags() {
        int start = this.at;
        while ("#0- +".indexOf(peek()) >= 0) {
            this.at++;
        }
        return this.format.substring(start, this.at);
    }

    private long size(List<Object> positional) {
        if (peek() == '*') {
            this.at++;
            Object size = next(positional);
            if (!Numbers.isInteger(size)) {
                throw PythonError.type("* wants int");
            }
            return Numbers.index(size);
        }
        long size = 0;
        while (peek() >= '0' && peek() <= '9') {
            size = size * 10 + (peek() - '0');
            this.at++;
            if (size > Integer.MAX_VALUE) {
                throw PythonError.value("width too big");
            }
        }
        return size;
    }

    private Object next(List<Object> positional) {
        if (this.used == positional.size()) {
            throw PythonError.type("not enough arguments for format string");
        }
        return positional.get(this.used++);
    }

    private char peek() {
        if (this.at >= this.format.length()) {
            throw PythonError.value("incomplete format");
        }
        return this.format.charAt(this.at);
    }

    /** The method {@code format} of a text. */
    static String braces(String format, Arguments values, Meter meter) {
        meter.enter();
        String text = new Formatting(format, meter).braces(values, null);
        meter.leave();
        return text;
    }

    private String braces(Arguments values, @Nullable Formatting outer) {
        this.used = (outer != null) ? outer.used : 0;
        this.numbered = outer != null && outer.numbered;
        while (this.at < this.format.length()) {
            char c = this.format.charAt(this.at++);
            boolean twice = this.at < this.format.length() && this.format.charAt(this.at) == c;
            if ((c == '{' || c == '}') && twice) {
                append(String.valueOf(c));
                this.at++;
            }
            else if (c == '}') {
                throw PythonError.value("Single '}' encountered in format string");
            }
            else if (c == '{') {
                field(values, outer != null);
            }
            else {
                int end = this.at;
                while (end < this.format.length() && this.format.charAt(end) != '{' && this.format.charAt(end) != '}') {
                    end++;
                }
                append(this.format.substring(this.at - 1, end));
                this.at = end;
            }
        }
        if (outer != null) {
            outer.used = this.used;
            outer.numbered = this.numbered;
        }
        return this.out.toString();
    }

    private void field(Arguments values, boolean nested) {
        int depth = 1;
        int start = this.at;
        int colon = -1;
        int bracket = 0;
        while (depth > 0) {
            if (this.at == this.format.length()) {
                throw PythonError.value("expected '}' before end of string");
            }
            char c = this.format.charAt(this.at++);
            if (colon < 0) {
                bracket += (c == '[') ? 1 : (c == ']') ? -1 : 0;
            }
            if (c == ':' && colon < 0 && bracket <= 0) {
                colon = this.at - 1;
            }
            depth += (c == '{') ? 1 : (c == '}') ? -1 : 0;
        }
        int end = this.at - 1;
        String head = this.format.substring(start, (colon < 0) ? end : colon);
        String spec = (colon < 0) ? "" : this.format.substring(colon + 1, end);
        char conversion = 0;
        if (head.length() >= 2 && head.charAt(head.length() - 2) == '!') {
            conversion = head.charAt(head.length() - 1);
            head = head.substring(0, head.length() - 2);
        }
        Object value = lookup(head, values);
        if (spec.indexOf('{') >= 0) {
            if (nested) {
                throw PythonError.value("Max string recursion exceeded");
            }
            spec = new Formatting(spec, this.meter).braces(values, this);
        }
        append(switch (conversion) {
            case 0 -> FormatSpec.format(value, spec, this.meter);
            case 's' -> FormatSpec.format(Texts.str(value, this.meter), spec, this.meter);
            case 'r', 'a' -> FormatSpec.format(Texts.repr(value, this.meter), spec, this.meter);
            default -> throw PythonError.value("Unknown conversion specifier '" + conversion + "'");
        });
    }

    private Object lookup(String field, Arguments values) {
        int end = 0;
        while (end < field.length() && field.charAt(end) != '.' && field.charAt(end) != '[') {
            end++;
        }
        Object value = argument(field.substring(0, end), values);
        int next = end;
        while (next < field.length()) {
            if (field.charAt(next) == '.') {
                int stop = next + 1;
                while (stop < field.length() && field.charAt(stop) != '.' && field.charAt(stop) != '[') {
                    stop++;
                }
                value = Values.attribute(value, field.substring(next + 1, stop), this.meter);
                next = stop;
            }
            else {
                int close = field.indexOf(']', next);
                if (field.charAt(next) != '[' || close < 0) {
                    throw PythonError.value("Missing ']' in format string");
                }
                String key = field.substring(next + 1, close);
                Number index = isDigits(key) ? Numbers.parseInteger(key, 10) : null;
                value = Values.element(value, (index != null) ? index : key, this.meter);
                next = close + 1;
            }
        }
        return value;
    }

    private Object argument(String name, Arguments values) {
        Object value;
        if (name.isEmpty() || isDigits(name)) {
            if (name.isEmpty() ? this.numbered : this.used > 0) {
                throw PythonError.value("numbers of places must be all given or none");
            }
            this.numbered |= !name.isEmpty();
            Number index = name.isEmpty() ? (Number) (long) this.used++ : Numbers.parseInteger(name, 10);
            long at = (index != null) ? Numbers.index(index) : -1;
            value = (at >= 0 && at < values.positional().size()) ? values.positional().get((int) at) : null;
        }
        else {
            value = values.named().get(name);
        }
        if (value == null) {
            throw new PythonError(PythonError.Kind.LOOKUP,
                    "nothing given for '{" + PythonError.shortened(name) + "}' of format()");
        }
        return value;
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch((c) -> c >= '0' && c <= '9');
    }

}
