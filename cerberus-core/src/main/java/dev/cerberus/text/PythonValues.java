package dev.cerberus.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import com.hubspot.jinjava.objects.collections.PyMap;
import com.hubspot.jinjava.util.ForLoop;
import jinjava.javax.el.ELException;
import org.jspecify.annotations.Nullable;

/**
 * The behaviour of Python's values, as far as templates can see it.
 *
 * <p>
 * Values are strings, booleans, numbers, lists, maps and null; null stands for Python's
 * None and for Jinja's undefined.
 */
final class PythonValues {

    /** Characters of one text, the rendered prompt included. */
    static final int MAX_TEXT = 1 << 25;

    /** Elements of one list. */
    static final int MAX_ELEMENTS = 1 << 20;

    private static final Pattern INDEX = Pattern.compile("-?[0-9]{1,9}");

    private PythonValues() {
    }

    /**
     * A Python error that the template caused; the message says what was tried.
     *
     * <p>
     * An {@code ELException}, since jinjava takes the messages of all others for format
     * strings.
     */
    static final class PythonException extends ELException {

        private static final long serialVersionUID = 1L;

        PythonException(String message) {
            super(message);
        }

    }

    static String typeName(@Nullable Object value) {
        if (value == null) {
            return "undefined or none";
        }
        if (value instanceof String) {
            return "str";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Number number) {
            return isIntegral(number) ? "int" : "float";
        }
        if (value instanceof Map) {
            return "dict";
        }
        return (value instanceof Collection) ? "list" : "object";
    }

    static boolean isIntegral(Number number) {
        return number instanceof Long || number instanceof Integer || number instanceof BigInteger
                || number instanceof Short || number instanceof Byte;
    }

    static boolean truth(@Nullable Object value) {
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean bool) {
            return bool;
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof CharSequence text) {
            return text.length() > 0;
        }
        if (value instanceof Collection<?> collection) {
            return !collection.isEmpty();
        }
        return !(value instanceof Map<?, ?> map) || !map.isEmpty();
    }

    static String str(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        return (value instanceof String text) ? text : repr(value);
    }

    static String repr(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        repr(value, out);
        return out.toString();
    }

    private static void repr(@Nullable Object value, StringBuilder out) {
        if (value == null) {
            out.append("None");
        }
        else if (value instanceof String text) {
            quote(text, out);
        }
        else if (value instanceof Boolean bool) {
            out.append(bool ? "True" : "False");
        }
        else if (value instanceof Number number) {
            out.append(number(number));
        }
        else if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                repr(entry.getKey(), out);
                out.append(": ");
                repr(entry.getValue(), out);
                separator = ", ";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        }
        else if (value instanceof Collection<?> collection) {
            String separator = "[";
            for (Object element : collection) {
                out.append(separator);
                repr(element, out);
                separator = ", ";
            }
            out.append(collection.isEmpty() ? "[]" : "]");
        }
        else {
            throw new PythonException("a value of this kind has no text");
        }
    }

    private static void quote(String text, StringBuilder out) {
        char quote = (text.indexOf('\'') >= 0 && text.indexOf('"') < 0) ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach((c) -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    }
                    else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    }
                    else {
                        out.append(String.format(Locale.ROOT,
                                (c < 0x100) ? "\\x%02x" : (c < 0x10000) ? "\\u%04x" : "\\U%08x", c));
                    }
                }
            }
        });
        out.append(quote);
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    static String number(Number number) {
        if (isIntegral(number)) {
            return number.toString();
        }
        double value = number.doubleValue();
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return (value > 0) ? "inf" : "-inf";
        }
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e16)) {
            String[] parts = Double.toString(value).toLowerCase(Locale.ROOT).split("e", 2);
            String digits = parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
            int exponent = Integer.parseInt(parts[1]);
            return digits + ((exponent < 0) ? "e-" : "e+") + ((Math.abs(exponent) < 10) ? "0" : "")
                    + Math.abs(exponent);
        }
        String plain = new BigDecimal(Double.toString(value)).toPlainString();
        return (plain.indexOf('.') < 0) ? plain + ".0" : plain;
    }

    static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Number a && right instanceof Number b) {
            return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString())) == 0;
        }
        return Objects.equals(left, right);
    }

    static boolean contains(@Nullable Object container, @Nullable Object element) {
        if (container instanceof String text) {
            if (element instanceof String part) {
                return text.contains(part);
            }
            throw new PythonException("'in <str>' needs a str on the left, not " + typeName(element));
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(element);
        }
        if (container instanceof Collection<?> collection) {
            return collection.stream().anyMatch((each) -> equal(each, element));
        }
        if (container == null) {
            return false;
        }
        throw new PythonException("'in' needs a str, list or dict on the right, not " + typeName(container));
    }

    static @Nullable Object add(@Nullable Object left, @Nullable Object right) {
        if (left instanceof String || right instanceof String) {
            String start = concatenable(left, right);
            String end = concatenable(right, left);
            limit((long) start.length() + end.length(), MAX_TEXT);
            return start + end;
        }
        if (left instanceof Collection<?> a && right instanceof Collection<?> b) {
            limit((long) a.size() + b.size(), MAX_ELEMENTS);
            List<@Nullable Object> sum = new ArrayList<>(a);
            sum.addAll(b);
            return sum;
        }
        if (left instanceof Number a && right instanceof Number b) {
            if (isIntegral(a) && isIntegral(b)) {
                return Math.addExact(a.longValue(), b.longValue());
            }
            return a.doubleValue() + b.doubleValue();
        }
        throw new PythonException("cannot add " + typeName(left) + " and " + typeName(right));
    }

    static Object multiply(@Nullable Object left, @Nullable Object right) {
        if (left instanceof String text && right instanceof Number times) {
            return repeat(text, times);
        }
        if (right instanceof String text && left instanceof Number times) {
            return repeat(text, times);
        }
        if (left instanceof Number a && right instanceof Number b) {
            if (isIntegral(a) && isIntegral(b)) {
                return Math.multiplyExact(a.longValue(), b.longValue());
            }
            return a.doubleValue() * b.doubleValue();
        }
        throw new PythonException("cannot multiply " + typeName(left) + " and " + typeName(right));
    }

    private static String repeat(String text, Number times) {
        int count = Math.max(0, integer(times));
        limit((long) text.length() * count, MAX_TEXT);
        return text.repeat(count);
    }

    static Object floorDivide(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Number a && right instanceof Number b && b.doubleValue() != 0) {
            if (isIntegral(a) && isIntegral(b)) {
                return Math.floorDiv(a.longValue(), b.longValue());
            }
            return Math.floor(a.doubleValue() / b.doubleValue());
        }
        throw new PythonException("cannot divide " + typeName(left) + " by " + number(right));
    }

    static Object modulo(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Number a && right instanceof Number b && b.doubleValue() != 0) {
            if (isIntegral(a) && isIntegral(b)) {
                return Math.floorMod(a.longValue(), b.longValue());
            }
            return a.doubleValue() - b.doubleValue() * Math.floor(a.doubleValue() / b.doubleValue());
        }
        throw new PythonException("cannot compute " + typeName(left) + " % " + number(right));
    }

    private static String number(@Nullable Object value) {
        return (value instanceof Number number) ? number(number) : typeName(value);
    }

    private static void limit(long size, int most) {
        if (size > most) {
            throw new PythonException("a value has more than " + most + " characters or elements");
        }
    }

    private static String concatenable(@Nullable Object value, @Nullable Object other) {
        if (value instanceof String text) {
            return text;
        }
        // jinjava wraps maps on their way through variables.
        if (((value instanceof PyMap map) ? map.toMap() : value) instanceof ToolArguments arguments) {
            return arguments.toString();
        }
        throw new PythonException("cannot add " + typeName(value) + " to the text " + shortened(repr(other)));
    }

    private static String shortened(String text) {
        return (text.length() > 40) ? text.substring(0, 40) + "…" : text;
    }

    static List<@Nullable Object> iterate(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof Collection<?> collection) {
            return new ArrayList<>(collection);
        }
        if (value instanceof String text) {
            List<@Nullable Object> characters = new ArrayList<>(text.length());
            text.codePoints().forEach((c) -> characters.add(Character.toString(c)));
            return characters;
        }
        throw new PythonException("cannot iterate over " + typeName(value));
    }

    static long length(@Nullable Object value) {
        return (value instanceof String text) ? text.codePointCount(0, text.length()) : iterate(value).size();
    }

    static Object slice(@Nullable Object value, @Nullable Object from, @Nullable Object to, @Nullable Object by) {
        List<@Nullable Object> elements = iterate(value);
        int step = (by != null) ? integer(by) : 1;
        if (step == 0) {
            throw new PythonException("slice step cannot be zero");
        }
        int size = elements.size();
        int start = bound(from, (step > 0) ? 0 : size - 1, size, step);
        int stop = bound(to, (step > 0) ? size : -1, size, step);
        List<@Nullable Object> slice = new ArrayList<>();
        for (int i = start; (step > 0) ? i < stop : i > stop; i += step) {
            slice.add(elements.get(i));
        }
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            slice.forEach(text::append);
            return text.toString();
        }
        return slice;
    }

    private static int bound(@Nullable Object index, int missing, int size, int step) {
        if (index == null) {
            return missing;
        }
        int at = integer(index);
        if (at < 0) {
            at += size;
        }
        return (step > 0) ? Math.max(0, Math.min(size, at)) : Math.max(-1, Math.min(size - 1, at));
    }

    static int integer(@Nullable Object value) {
        if (value instanceof Number number) {
            return (int) Math.max(Integer.MIN_VALUE / 2, Math.min(Integer.MAX_VALUE / 2, number.longValue()));
        }
        if (value instanceof Boolean bool) {
            return bool ? 1 : 0;
        }
        throw new PythonException("expected an int, not " + typeName(value));
    }

    static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new PythonException("expected a str, not " + typeName(value));
    }

    static @Nullable Object element(Object base, String key) {
        if (base instanceof Map<?, ?> map) {
            return map.get(key);
        }
        if (base instanceof ForLoop loop) {
            return loopAttribute(loop, key);
        }
        if (!INDEX.matcher(key).matches()) {
            return null;
        }
        List<@Nullable Object> elements = iterate(base);
        int index = Integer.parseInt(key);
        index = (index < 0) ? index + elements.size() : index;
        return (index >= 0 && index < elements.size()) ? elements.get(index) : null;
    }

    private static @Nullable Object loopAttribute(ForLoop loop, String name) {
        return switch (name) {
            case "index" -> (long) loop.getIndex();
            case "index0" -> (long) loop.getIndex0();
            case "revindex" -> (long) loop.getLength() - loop.getIndex0();
            case "revindex0" -> (long) loop.getLength() - loop.getIndex();
            case "first" -> loop.isFirst();
            case "last" -> loop.isLast();
            case "length" -> (long) loop.getLength();
            case "previtem" -> (loop instanceof JinjaLoop own) ? own.neighbour(-1) : null;
            case "nextitem" -> (loop instanceof JinjaLoop own) ? own.neighbour(1) : null;
            default -> null;
        };
    }

    static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    static String strip(String text, @Nullable Object characters, boolean start, boolean end) {
        String set = (characters != null) ? text(characters) : null;
        int from = 0;
        int to = text.length();
        while (start && from < to && strips(text.charAt(from), set)) {
            from++;
        }
        while (end && from < to && strips(text.charAt(to - 1), set)) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean strips(char c, @Nullable String set) {
        return (set != null) ? set.indexOf(c) >= 0 : isSpace(c);
    }

    static @Nullable Object call(Object base, String method, List<@Nullable Object> arguments) {
        if (method.equals(JinjaSource.SLICE)) {
            return slice(base, arguments.get(0), arguments.get(1), arguments.get(2));
        }
        if (base instanceof String text) {
            return callText(text, method, arguments);
        }
        if (base instanceof Map<?, ?> map) {
            return callMap(map, method, arguments);
        }
        if (base instanceof Collection<?> collection) {
            return switch (method) {
                case "index" -> (long) new ArrayList<>(collection).indexOf(arguments.get(0));
                case "count" -> collection.stream().filter((each) -> equal(each, arguments.get(0))).count();
                case "copy" -> new ArrayList<>(collection);
                default -> throw noMethod(base, method);
            };
        }
        if (base instanceof ForLoop loop && method.equals("cycle") && !arguments.isEmpty()) {
            return arguments.get(loop.getIndex0() % arguments.size());
        }
        throw noMethod(base, method);
    }

    private static PythonException noMethod(Object base, String method) {
        return new PythonException(typeName(base) + " has no method '" + method + "' that templates may call");
    }

    private static @Nullable Object callMap(Map<?, ?> map, String method, List<@Nullable Object> arguments) {
        return switch (method) {
            case "items" -> items(map);
            case "keys" -> new ArrayList<Object>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "get" -> map.containsKey(arguments.get(0)) ? map.get(arguments.get(0))
                    : (arguments.size() > 1) ? arguments.get(1) : null;
            case "copy" -> map;
            default -> throw noMethod(map, method);
        };
    }

    static List<@Nullable Object> items(Map<?, ?> map) {
        List<@Nullable Object> items = new ArrayList<>(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            List<@Nullable Object> pair = new ArrayList<>(2);
            pair.add(entry.getKey());
            pair.add(entry.getValue());
            items.add(pair);
        }
        return items;
    }

    private static @Nullable Object callText(String text, String method, List<@Nullable Object> arguments) {
        Object first = arguments.isEmpty() ? null : arguments.get(0);
        return switch (method) {
            case "startswith" -> affixes(first).stream().anyMatch(text::startsWith);
            case "endswith" -> affixes(first).stream().anyMatch(text::endsWith);
            case "strip" -> strip(text, first, true, true);
            case "lstrip" -> strip(text, first, true, false);
            case "rstrip" -> strip(text, first, false, true);
            case "removeprefix" -> text.startsWith(text(first)) ? text.substring(text(first).length()) : text;
            case "removesuffix" ->
                text.endsWith(text(first)) ? text.substring(0, text.length() - text(first).length()) : text;
            case "split" -> split(text, first, limit(arguments, 1), false);
            case "rsplit" -> split(text, first, limit(arguments, 1), true);
            case "splitlines" -> lines(text);
            case "replace" -> replace(text, text(first), text(arguments.get(1)), limit(arguments, 2));
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> capitalize(text);
            case "title" -> title(text);
            case "find" -> (long) text.indexOf(text(first));
            case "rfind" -> (long) text.lastIndexOf(text(first));
            case "count" -> (long) split(text, first, Integer.MAX_VALUE, false).size() - 1;
            case "join" -> join(iterate(first), text);
            case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
            case "isalpha" -> !text.isEmpty() && text.codePoints().allMatch(Character::isLetter);
            case "isalnum" -> !text.isEmpty() && text.codePoints().allMatch(Character::isLetterOrDigit);
            case "isspace" -> !text.isEmpty() && strip(text, null, true, false).isEmpty();
            default -> throw noMethod(text, method);
        };
    }

    private static List<String> affixes(@Nullable Object value) {
        if (value instanceof Collection<?> collection) {
            return collection.stream().map(PythonValues::text).toList();
        }
        return List.of(text(value));
    }

    private static int limit(List<@Nullable Object> arguments, int index) {
        if (arguments.size() <= index) {
            return Integer.MAX_VALUE;
        }
        int limit = integer(arguments.get(index));
        return (limit < 0) ? Integer.MAX_VALUE : limit;
    }

    static String join(List<@Nullable Object> elements, String separator) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < elements.size(); i++) {
            text.append((i > 0) ? separator : "").append(str(elements.get(i)));
        }
        return text.toString();
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(Locale.ROOT) + text.substring(first).toLowerCase(Locale.ROOT);
    }

    static String title(String text) {
        StringBuilder title = new StringBuilder(text.length());
        int previous = ' ';
        for (int c : text.codePoints().toArray()) {
            title.appendCodePoint(Character.isLetter(previous) ? Character.toLowerCase(c) : Character.toTitleCase(c));
            previous = c;
        }
        return title.toString();
    }

    static String replace(String text, String old, String replacement, int limit) {
        // An upper bound of what replacing can make of the text.
        limit((text.length() + 1L) * (replacement.length() + 1L), Integer.MAX_VALUE);
        if (limit == Integer.MAX_VALUE) {
            return text.replace(old, replacement);
        }
        String rest = text;
        StringBuilder replaced = new StringBuilder();
        for (int i = 0; i < limit && !old.isEmpty(); i++) {
            int at = rest.indexOf(old);
            if (at < 0) {
                break;
            }
            replaced.append(rest, 0, at).append(replacement);
            rest = rest.substring(at + old.length());
        }
        return replaced.append(rest).toString();
    }

    private static List<@Nullable Object> lines(String text) {
        List<@Nullable Object> lines = new ArrayList<>(text.lines().toList());
        return lines;
    }

    static List<@Nullable Object> split(String text, @Nullable Object separator, int limit, boolean fromEnd) {
        if (separator == null) {
            return splitSpace(text, limit, fromEnd);
        }
        String cut = text(separator);
        if (cut.isEmpty()) {
            throw new PythonException("empty separator");
        }
        List<@Nullable Object> parts = new ArrayList<>();
        String rest = text;
        while (parts.size() < limit) {
            int at = fromEnd ? rest.lastIndexOf(cut) : rest.indexOf(cut);
            if (at < 0) {
                break;
            }
            if (fromEnd) {
                parts.add(0, rest.substring(at + cut.length()));
                rest = rest.substring(0, at);
            }
            else {
                parts.add(rest.substring(0, at));
                rest = rest.substring(at + cut.length());
            }
        }
        parts.add(fromEnd ? 0 : parts.size(), rest);
        return parts;
    }

    private static List<@Nullable Object> splitSpace(String text, int limit, boolean fromEnd) {
        List<@Nullable Object> parts = new ArrayList<>();
        String rest = strip(text, null, !fromEnd, fromEnd);
        while (!rest.isEmpty() && parts.size() < limit) {
            int at = fromEnd ? rest.length() : 0;
            while (fromEnd ? at > 0 && !isSpace(rest.charAt(at - 1))
                    : at < rest.length() && !isSpace(rest.charAt(at))) {
                at += fromEnd ? -1 : 1;
            }
            parts.add(fromEnd ? 0 : parts.size(), fromEnd ? rest.substring(at) : rest.substring(0, at));
            rest = strip(fromEnd ? rest.substring(0, at) : rest.substring(at), null, !fromEnd, fromEnd);
        }
        if (!rest.isEmpty()) {
            parts.add(fromEnd ? 0 : parts.size(), rest);
        }
        return parts;
    }

    /**
     * Writes JSON as Python's {@code json.dumps} does.
     * @param value the value
     * @param indent spaces per level, null for one line
     * @param itemSeparator what stands between elements
     * @param keySeparator what stands between key and value
     * @param sortKeys whether keys are sorted
     * @param ascii whether characters beyond ASCII are escaped
     * @return the JSON
     */
    static String json(@Nullable Object value, @Nullable Integer indent, String itemSeparator, String keySeparator,
            boolean sortKeys, boolean ascii) {
        return new JsonWriter(indent, itemSeparator, keySeparator, sortKeys, ascii).write(value);
    }

    static String json(@Nullable Object value) {
        return json(value, null, ", ", ": ", false, false);
    }

    private record JsonWriter(@Nullable Integer indent, String itemSeparator, String keySeparator, boolean sortKeys,
            boolean ascii) {

        String write(@Nullable Object value) {
            StringBuilder out = new StringBuilder();
            write(value, 0, out);
            return out.toString();
        }

        private void write(@Nullable Object value, int level, StringBuilder out) {
            if (value == null) {
                out.append("null");
            }
            else if (value instanceof String text) {
                writeText(text, out);
            }
            else if (value instanceof Boolean bool) {
                out.append(bool.booleanValue());
            }
            else if (value instanceof Number number) {
                out.append(number(number));
            }
            else if (value instanceof Map<?, ?> map) {
                List<? extends Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
                if (this.sortKeys) {
                    entries = entries.stream()
                        .sorted((a, b) -> String.valueOf(a.getKey()).compareTo(String.valueOf(b.getKey())))
                        .toList();
                }
                String separator = "";
                out.append('{');
                for (Map.Entry<?, ?> entry : entries) {
                    out.append(separator);
                    line(level + 1, out);
                    writeText(String.valueOf(entry.getKey()), out);
                    out.append(this.keySeparator);
                    write(entry.getValue(), level + 1, out);
                    separator = this.itemSeparator;
                }
                end(map.isEmpty(), level, '}', out);
            }
            else if (value instanceof Collection<?> collection) {
                String separator = "";
                out.append('[');
                for (Object element : collection) {
                    out.append(separator);
                    line(level + 1, out);
                    write(element, level + 1, out);
                    separator = this.itemSeparator;
                }
                end(collection.isEmpty(), level, ']', out);
            }
            else {
                throw new PythonException("a value of this kind cannot be written as JSON");
            }
        }

        private void line(int level, StringBuilder out) {
            if (this.indent != null) {
                out.append('\n').append(" ".repeat(level * this.indent));
            }
        }

        private void end(boolean empty, int level, char bracket, StringBuilder out) {
            if (!empty) {
                line(level, out);
            }
            out.append(bracket);
        }

        private void writeText(String text, StringBuilder out) {
            out.append('"');
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                switch (c) {
                    case '"' -> out.append("\\\"");
                    case '\\' -> out.append("\\\\");
                    case '\n' -> out.append("\\n");
                    case '\r' -> out.append("\\r");
                    case '\t' -> out.append("\\t");
                    case '\b' -> out.append("\\b");
                    case '\f' -> out.append("\\f");
                    default -> {
                        if (c < 0x20 || (this.ascii && c > 0x7e)) {
                            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                        }
                        else {
                            out.append(c);
                        }
                    }
                }
            }
            out.append('"');
        }

    }

}
