package dev.cerberus.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

import org.jspecify.annotations.Nullable;

/**
 * Methods of Python's {@code str}.
 */
final class StringMethods {

    private static final Map<String, Method> METHODS = new HashMap<>();

    /** What a method does. */
    private interface Body {

        Object call(String self, Parameters.Bound arguments, Meter meter);

    }

    /** A method. */
    private record Method(String name, Parameters parameters, Body body) {
    }

    static {
        define("upper", "", (self, args, meter) -> made(Strings.upper(self), meter));
        define("lower", "", (self, args, meter) -> made(Strings.lower(self), meter));
        define("casefold", "", (self, args, meter) -> made(Strings.lower(Strings.upper(self)), meter));
        define("capitalize", "", (self, args, meter) -> made(Strings.capitalize(self), meter));
        define("title", "", (self, args, meter) -> {
            meter.text(self.length() * 2L);
            return Strings.title(self);
        });
        define("swapcase", "", (self, args, meter) -> made(swapCase(self), meter));
        define("strip", "chars?", (self, args, meter) -> made(Strings.strip(self, characters(args)), meter));
        define("lstrip", "chars?", (self, args, meter) -> made(Strings.stripStart(self, characters(args)), meter));
        define("rstrip", "chars?", (self, args, meter) -> made(Strings.stripEnd(self, characters(args)), meter));
        define("split", "sep? maxsplit?",
                (self, args, meter) -> Strings.split(self, characters(args), args.integer(1, -1), meter));
        define("rsplit", "sep? maxsplit?",
                (self, args, meter) -> Strings.splitFromEnd(self, characters(args), args.integer(1, -1), meter));
        define("splitlines", "keepends?", (self, args, meter) -> Strings.lines(self, args.flag(0), meter));
        define("replace", "old new count?",
                (self, args, meter) -> Strings.replace(self, args.text(0), args.text(1), args.integer(2, -1), meter));
        define("startswith", "prefix start? end?", (self, args, meter) -> affix("startswith", self, args, meter));
        define("endswith", "suffix start? end?", (self, args, meter) -> affix("endswith", self, args, meter));
        define("find", "sub start? end?", (self, args, meter) -> find(self, args, false, meter));
        define("rfind", "sub start? end?", (self, args, meter) -> find(self, args, true, meter));
        define("index", "sub start? end?", (self, args, meter) -> found(find(self, args, false, meter)));
        define("rindex", "sub start? end?", (self, args, meter) -> found(find(self, args, true, meter)));
        define("count", "sub start? end?", StringMethods::count);
        define("join", "iterable", (self, args, meter) -> join(self, args.get(0), meter));
        define("partition", "sep", (self, args, meter) -> partition(self, args.text(0), false, meter));
        define("rpartition", "sep", (self, args, meter) -> partition(self, args.text(0), true, meter));
        define("removeprefix", "prefix", (self, args, meter) -> self.startsWith(args.text(0))
                ? made(self.substring(args.text(0).length()), meter) : self);
        define("removesuffix", "suffix", (self, args, meter) -> self.endsWith(args.text(0))
                ? made(self.substring(0, self.length() - args.text(0).length()), meter) : self);
        define("format", "*", (self, args, meter) -> Formatting.braces(self, args.all(), meter));
        define("format_map", "mapping", (self, args, meter) -> Formatting.braces(self, named(args.get(0)), meter));
        define("zfill", "width", StringMethods::zeroFill);
        define("center", "width fillchar?", (self, args, meter) -> center(self, args.integer(0, 0), fill(args), meter));
        define("ljust", "width fillchar?",
                (self, args, meter) -> Strings.pad(self, args.integer(0, 0), fill(args), 0, meter));
        define("rjust", "width fillchar?",
                (self, args, meter) -> Strings.pad(self, args.integer(0, 0), fill(args), 1, meter));
        define("expandtabs", "tabsize?", StringMethods::expandTabs);
        test("isalpha", Character::isLetter);
        test("isalnum", (c) -> Character.isLetter(c) || isNumeric(c));
        test("isdigit", StringMethods::isDigit);
        test("isdecimal", Character::isDigit);
        test("isnumeric", StringMethods::isNumeric);
        test("isspace", Strings::isSpace);
        define("isascii", "", (self, args, meter) -> all(self, (c) -> c < 0x80, meter));
        define("isprintable", "", (self, args, meter) -> all(self, Strings::isPrintable, meter));
        define("islower", "", (self, args, meter) -> isCase(self, Character::isLowerCase, meter));
        define("isupper", "", (self, args, meter) -> isCase(self, Character::isUpperCase, meter));
        define("istitle", "", (self, args, meter) -> {
            meter.text(self.length() * 2L);
            return self.codePoints().anyMatch(Strings::isCased) && Strings.title(self).equals(self);
        });
        define("isidentifier", "",
                (self, args, meter) -> !self.isEmpty()
                        && (self.charAt(0) == '_' || Character.isUnicodeIdentifierStart(self.codePointAt(0)))
                        && all(self, Character::isUnicodeIdentifierPart, meter));
    }

    private StringMethods() {
    }

    private static void define(String name, String parameters, Body body) {
        METHODS.put(name, new Method(name, Parameters.of(name, parameters), body));
    }

    private static void test(String name, IntPredicate predicate) {
        define(name, "", (self, args, meter) -> !self.isEmpty() && all(self, predicate, meter));
    }

    static @Nullable Object find(String self, String name) {
        Method method = METHODS.get(name);
        return (method == null) ? null : new Function(name, method.parameters(),
                (arguments, rendering) -> method.body().call(self, arguments, rendering.meter()));
    }

    private static String made(String text, Meter meter) {
        meter.text(text.length());
        return text;
    }

    private static @Nullable String characters(Parameters.Bound arguments) {
        return arguments.has(0) ? arguments.text(0) : null;
    }

    private static String fill(Parameters.Bound arguments) {
        String fill = arguments.text(1, " ");
        if (fill.codePointCount(0, fill.length()) != 1) {
            throw PythonError.type("The fill character must be exactly one character long");
        }
        return fill;
    }

    static String center(String self, long width, String fill, Meter meter) {
        long missing = width - Strings.length(self, meter);
        if (missing <= 0) {
            return self;
        }
        long left = missing / 2 + (missing & width & 1);
        meter.text(self.length() + missing);
        return Strings.repeat(fill, left, meter) + self + Strings.repeat(fill, missing - left, meter);
    }

    private static Object zeroFill(String self, Parameters.Bound arguments, Meter meter) {
        boolean signed = self.startsWith("-") || self.startsWith("+");
        String sign = signed ? self.substring(0, 1) : "";
        return sign
                + Strings.pad(self.substring(sign.length()), arguments.integer(0, 0) - sign.length(), "0", 1, meter);
    }

    private static Object expandTabs(String self, Parameters.Bound arguments, Meter meter) {
        int size = Math.max(0, arguments.size(0, 8));
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (int i = 0; i < self.length(); i++) {
            char c = self.charAt(i);
            int width = (c != '\t') ? 1 : (size == 0) ? 0 : size - column % size;
            meter.text(width);
            out.append((c == '\t') ? " ".repeat(width) : String.valueOf(c));
            column = (c == '\n' || c == '\r') ? 0 : column + width;
        }
        return out.toString();
    }

    private static String swapCase(String self) {
        StringBuilder out = new StringBuilder(self.length());
        self.codePoints().forEach((c) -> {
            String one = Character.toString(c);
            out.append(Character.isUpperCase(c) ? Strings.lower(one) : Strings.upper(one));
        });
        return out.toString();
    }

    /**
     * The part of a text that {@code start} and {@code end} leave, and where it begins.
     */
    private record Window(String text, long start) {
    }

    private static @Nullable Window window(String self, Parameters.Bound arguments, Meter meter) {
        if (!arguments.has(1) && !arguments.has(2)) {
            return new Window(self, 0);
        }
        int size = Strings.length(self, meter);
        long start = bound(arguments.has(1) ? arguments.integer(1, 0) : 0, size);
        long end = Math.min(size, bound(arguments.has(2) ? arguments.integer(2, size) : size, size));
        if (start > end) {
            return null;
        }
        return new Window(Strings.substring(self, (int) start, (int) end, size, meter), start);
    }

    private static long bound(long index, int size) {
        return (index < 0) ? Math.max(0, index + size) : index;
    }

    private static Object affix(String method, String self, Parameters.Bound arguments, Meter meter) {
        Window window = window(self, arguments, meter);
        List<Object> affixes = (arguments.get(0) instanceof Tuple tuple) ? tuple.elements() : List.of(arguments.get(0));
        for (Object affix : affixes) {
            if (!(affix instanceof String text)) {
                throw PythonError
                    .type(method + " first arg must be str or a tuple of str, not " + Values.typeName(affix));
            }
            meter.scan(text.length());
            if (window != null
                    && (method.equals("startswith") ? window.text().startsWith(text) : window.text().endsWith(text))) {
                return true;
            }
        }
        return false;
    }

    private static long find(String self, Parameters.Bound arguments, boolean last, Meter meter) {
        Window window = window(self, arguments, meter);
        String part = arguments.text(0);
        if (window == null) {
            return -1;
        }
        int at = last ? Strings.lastIndexOf(window.text(), part, window.text().length(), meter)
                : Strings.indexOf(window.text(), part, 0, meter);
        return (at < 0) ? -1 : window.start() + window.text().codePointCount(0, at);
    }

    private static long found(long index) {
        if (index < 0) {
            throw PythonError.value("substring not found");
        }
        return index;
    }

    private static Object count(String self, Parameters.Bound arguments, Meter meter) {
        Window window = window(self, arguments, meter);
        String part = arguments.text(0);
        if (window == null) {
            return 0L;
        }
        if (part.isEmpty()) {
            return Strings.length(window.text(), meter) + 1L;
        }
        long count = 0;
        int at = Strings.indexOf(window.text(), part, 0, meter);
        while (at >= 0) {
            count++;
            at = Strings.indexOf(window.text(), part, at + part.length(), meter);
        }
        return count;
    }

    static String join(String separator, Object elements, Meter meter) {
        StringBuilder out = new StringBuilder();
        int index = 0;
        for (Object element : Values.list(elements, meter)) {
            if (!(element instanceof String text)) {
                throw PythonError
                    .type("sequence item " + index + ": expected str instance, " + Values.typeName(element) + " found");
            }
            meter.text(text.length() + (long) separator.length());
            out.append((index == 0) ? "" : separator).append(text);
            index++;
        }
        return out.toString();
    }

    private static Object partition(String self, String separator, boolean last, Meter meter) {
        if (separator.isEmpty()) {
            throw PythonError.value("empty separator");
        }
        int at = last ? Strings.lastIndexOf(self, separator, self.length(), meter)
                : Strings.indexOf(self, separator, 0, meter);
        meter.text(self.length());
        if (at < 0) {
            return last ? Tuple.of("", "", self) : Tuple.of(self, "", "");
        }
        return Tuple.of(self.substring(0, at), separator, self.substring(at + separator.length()));
    }

    private static Arguments named(Object mapping) {
        if (!(mapping instanceof Dict dict)) {
            throw PythonError.type("format_map() needs a mapping, not " + Values.typeName(mapping));
        }
        Map<String, Object> named = new HashMap<>();
        for (Dict.Entry entry : dict.entries()) {
            if (entry.key() instanceof String name) {
                named.put(name, entry.value());
            }
        }
        return new Arguments(new ArrayList<>(), named);
    }

    private static boolean all(String self, IntPredicate predicate, Meter meter) {
        meter.scan(self.length());
        return self.codePoints().allMatch(predicate);
    }

    static boolean isCase(String self, IntPredicate wanted, Meter meter) {
        return all(self, (c) -> !Strings.isCased(c) || wanted.test(c), meter)
                && self.codePoints().anyMatch(Strings::isCased);
    }

    // Besides decimal digits: superscripts, subscripts and digits in circles.
    private static boolean isDigit(int c) {
        return Character.isDigit(c) || c == 0xb2 || c == 0xb3 || c == 0xb9 || c == 0x2070
                || (c >= 0x2074 && c <= 0x2079) || (c >= 0x2080 && c <= 0x2089) || (c >= 0x2460 && c <= 0x2468);
    }

    static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

}
