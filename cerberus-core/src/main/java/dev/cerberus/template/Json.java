package dev.cerberus.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * JSON as Python's {@code json.dumps} writes it. One per value written.
 */
final class Json {

    private final StringBuilder out = new StringBuilder();

    private final boolean ascii;

    private final String indent;

    private final boolean pretty;

    private final String itemSeparator;

    private final String keySeparator;

    private final boolean sorted;

    private final Meter meter;

    /**
     * Creates a writer.
     * @param ascii whether to escape all beyond ASCII
     * @param indent what a level adds at the beginning of a line, a text or a number of
     * spaces; None for one line
     * @param separators a list or tuple of two texts; None for the usual ones
     * @param sorted whether to sort keys
     * @param meter counts the work
     */
    Json(boolean ascii, Object indent, Object separators, boolean sorted, Meter meter) {
        this.ascii = ascii;
        this.pretty = indent != None.NONE;
        this.indent = indent(indent, meter);
        this.sorted = sorted;
        this.meter = meter;
        if (separators == None.NONE) {
            this.itemSeparator = this.pretty ? "," : ", ";
            this.keySeparator = ": ";
        }
        else {
            List<Object> both = Values.list(separators, meter);
            if (both.size() != 2 || !(both.get(0) instanceof String item) || !(both.get(1) instanceof String key)) {
                throw PythonError.value("separators of tojson must be two texts");
            }
            this.itemSeparator = item;
            this.keySeparator = key;
        }
    }

    private static String indent(Object indent, Meter meter) {
        if (indent instanceof String text) {
            return text;
        }
        long width = (indent == None.NONE) ? 0 : Math.max(0, Numbers.index(indent));
        meter.text(width);
        return " ".repeat((int) width);
    }

    String write(Object value) {
        write(value, 0);
        return this.out.toString();
    }

    private void write(Object value, int level) {
        this.meter.work(1);
        if (value instanceof String text) {
            quote(text);
        }
        else if (value == None.NONE) {
            append("null");
        }
        else if (value instanceof Boolean bool) {
            append(bool ? "true" : "false");
        }
        else if (value instanceof Number number) {
            append(number(number));
        }
        else if (value instanceof Dict dict) {
            this.meter.enter();
            dict(dict, level + 1);
            this.meter.leave();
        }
        else if (value instanceof List || value instanceof Tuple) {
            this.meter.enter();
            list(Objects.requireNonNull(Values.sized(value, this.meter)), level + 1);
            this.meter.leave();
        }
        else {
            throw PythonError.type("Object of type " + Values.typeName(value) + " is not JSON serializable");
        }
    }

    private static String number(Number number) {
        if (number instanceof Double real && (real.isNaN() || real.isInfinite())) {
            return real.isNaN() ? "NaN" : (real > 0) ? "Infinity" : "-Infinity";
        }
        return Texts.number(number);
    }

    private void list(List<Object> elements, int level) {
        append("[");
        boolean first = true;
        for (Object element : elements) {
            separate(first, level);
            write(element, level);
            first = false;
        }
        end(first, level, "]");
    }

    private void dict(Dict dict, int level) {
        append("{");
        boolean first = true;
        for (Dict.Entry entry : entries(dict)) {
            separate(first, level);
            quote(key(entry.key()));
            append(this.keySeparator);
            write(entry.value(), level);
            first = false;
        }
        end(first, level, "}");
    }

    private List<Dict.Entry> entries(Dict dict) {
        this.meter.work(dict.size());
        if (!this.sorted) {
            return List.copyOf(dict.entries());
        }
        List<Comparison.Keyed> keyed = new ArrayList<>();
        dict.entries().forEach((entry) -> keyed.add(new Comparison.Keyed(entry.key(), entry)));
        List<Dict.Entry> entries = new ArrayList<>();
        Comparison.sort(keyed, false, this.meter).forEach((entry) -> entries.add((Dict.Entry) entry));
        return entries;
    }

    private static String key(Object key) {
        if (key instanceof String text) {
            return text;
        }
        if (key instanceof Boolean bool) {
            return bool ? "true" : "false";
        }
        if (key == None.NONE) {
            return "null";
        }
        if (key instanceof Long || key instanceof BigInteger || key instanceof Double) {
            return number((Number) key);
        }
        throw PythonError.type("keys must be str, int, float, bool or None, not " + Values.typeName(key));
    }

    private void separate(boolean first, int level) {
        if (!first) {
            append(this.itemSeparator);
        }
        if (this.pretty) {
            line(level);
        }
    }

    private void end(boolean empty, int level, String close) {
        if (this.pretty && !empty) {
            line(level - 1);
        }
        append(close);
    }

    private void line(int level) {
        this.meter.text((long) this.indent.length() * level);
        this.out.append('\n').append(this.indent.repeat(level));
    }

    private void append(String text) {
        this.meter.text(text.length());
        this.out.append(text);
    }

    private void quote(String text) {
        this.meter.text(text.length());
        this.out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> this.out.append("\\\"");
                case '\\' -> this.out.append("\\\\");
                case '\n' -> this.out.append("\\n");
                case '\r' -> this.out.append("\\r");
                case '\t' -> this.out.append("\\t");
                case '\f' -> this.out.append("\\f");
                case '\b' -> this.out.append("\\b");
                default -> {
                    if (c < 0x20 || (this.ascii && c > 0x7e)) {
                        this.meter.text(0);
                        this.out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    }
                    else {
                        this.out.append(c);
                    }
                }
            }
        }
        this.out.append('"');
    }

}
