package dev.cerberus.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Filters that make texts.
 */
final class TextFilters {

    private static final int TRUNCATED = 255;

    private static final int LEEWAY = 5;

    private TextFilters() {
    }

    static void register(Filters.Registry filters) {
        filters.define("string", "", (value, args, rendering) -> text(value, rendering));
        filters.define("safe", "", (value, args, rendering) -> text(value, rendering));
        for (String name : List.of("escape", "e", "forceescape")) {
            filters.define(name, "", (value, args, rendering) -> escape(text(value, rendering), rendering.meter()));
        }
        filters.define("upper", "", (value, args, rendering) -> made(Strings.upper(text(value, rendering)), rendering));
        filters.define("lower", "", (value, args, rendering) -> made(Strings.lower(text(value, rendering)), rendering));
        filters.define("capitalize", "",
                (value, args, rendering) -> made(Strings.capitalize(text(value, rendering)), rendering));
        filters.define("title", "", (value, args, rendering) -> title(text(value, rendering), rendering.meter()));
        filters.define("trim", "chars?", (value, args, rendering) -> made(
                Strings.strip(text(value, rendering), args.has(0) ? args.text(0) : null), rendering));
        filters.define("replace", "old new count?",
                (value, args, rendering) -> Strings.replace(text(value, rendering), text(args.get(0), rendering),
                        text(args.get(1), rendering), args.has(2) ? args.integer(2, -1) : -1, rendering.meter()));
        filters.define("join", "d? attribute?", TextFilters::join);
        filters.define("indent", "width? first? blank?", TextFilters::indent);
        filters.define("truncate", "length? killwords? end? leeway?", TextFilters::truncate);
        filters.define("center", "width?", (value, args, rendering) -> StringMethods.center(text(value, rendering),
                args.integer(0, 80), " ", rendering.meter()));
        filters.define("wordcount", "", (value, args, rendering) -> words(text(value, rendering), rendering.meter()));
        filters.define("format", "*", TextFilters::format);
        filters.define("urlencode", "", TextFilters::urlEncode);
        filters.define("tojson", "ensure_ascii? indent? separators? sort_keys?",
                (value, args, rendering) -> new Json(args.flag(0), args.get(1, None.NONE), args.get(2, None.NONE),
                        args.flag(3), rendering.meter())
                    .write(value));
    }

    private static String text(Object value, Rendering rendering) {
        return Texts.str(value, rendering.meter());
    }

    private static String made(String text, Rendering rendering) {
        rendering.meter().text(text.length());
        return text;
    }

    private static String escape(String text, Meter meter) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '\'' -> out.append("&#39;");
                case '"' -> out.append("&#34;");
                default -> out.append(c);
            }
        }
        meter.text(out.length());
        return out.toString();
    }

    /** Unlike Python's method, words begin at white space, hyphens and brackets only. */
    private static String title(String text, Meter meter) {
        meter.text(text.length());
        StringBuilder out = new StringBuilder(text.length());
        boolean start = true;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            String one = Character.toString(c);
            out.append(start ? Strings.upper(one) : Strings.lower(one));
            start = Strings.isSpace(c) || "-({[<".indexOf(c) >= 0;
        }
        return out.toString();
    }

    private static Object join(Object value, Parameters.Bound args, Rendering rendering) {
        Meter meter = rendering.meter();
        String separator = text(args.get(0, ""), rendering);
        StringBuilder out = new StringBuilder();
        boolean first = true;
        java.util.Iterator<Object> elements = Values.iterate(value, meter);
        while (elements.hasNext()) {
            Object element = elements.next();
            if (args.has(1)) {
                element = SequenceFilters.attribute(element, args.get(1), null, meter);
            }
            String text = text(element, rendering);
            meter.text(text.length() + (long) separator.length());
            out.append(first ? "" : separator).append(text);
            first = false;
        }
        return out.toString();
    }

    private static Object indent(Object value, Parameters.Bound args, Rendering rendering) {
        Meter meter = rendering.meter();
        String text = (String) Operator.ADD.apply(value, "\n", meter);
        Object width = args.get(0, 4L);
        String indent = (width instanceof String given) ? given : Strings.repeat(" ", Numbers.index(width), meter);
        List<Object> lines = Strings.lines(text, false, meter);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            boolean indented = (i > 0) ? !line.isEmpty() || args.flag(2) : args.flag(1);
            meter.text(line.length() + (indented ? indent.length() : 0L));
            out.append((i > 0) ? "\n" : "").append(indented ? indent : "").append(line);
        }
        return out.toString();
    }

    private static Object truncate(Object value, Parameters.Bound args, Rendering rendering) {
        Meter meter = rendering.meter();
        int length = args.size(0, TRUNCATED);
        String end = args.text(2, "...");
        int leeway = args.has(3) ? args.size(3, LEEWAY) : LEEWAY;
        int endLength = Strings.length(end, meter);
        if (length < endLength || leeway < 0) {
            throw PythonError.value("truncate needs a length of at least " + endLength + " and no negative leeway");
        }
        if (Values.length(value, meter) <= (long) length + leeway) {
            return value;
        }
        if (!(value instanceof String text)) {
            throw PythonError.type("truncate needs a str, not '" + Values.typeName(value) + "'");
        }
        String kept = Strings.substring(text, 0, length - endLength, Strings.length(text, meter), meter);
        int space = args.flag(1) ? -1 : kept.lastIndexOf(' ');
        return made(((space < 0) ? kept : kept.substring(0, space)) + end, rendering);
    }

    private static long words(String text, Meter meter) {
        meter.work(text.length()); // each is looked up
        long words = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean letter = c == '_' || Character.isLetter(c) || StringMethods.isNumeric(c);
            words += (letter && !inWord) ? 1 : 0;
            inWord = letter;
        }
        return words;
    }

    private static Object format(Object value, Parameters.Bound args, Rendering rendering) {
        Arguments given = args.all();
        if (!given.named().isEmpty()) {
            if (!given.positional().isEmpty()) {
                throw PythonError.value("format takes arguments with names or without, not both");
            }
            Dict named = new Dict();
            given.named().forEach((name, each) -> named.put(name, each, rendering.meter()));
            return Formatting.percent(text(value, rendering), named, rendering.meter());
        }
        return Formatting.percent(text(value, rendering), Tuple.of(given.positional()), rendering.meter());
    }

    private static Object urlEncode(Object value, Parameters.Bound args, Rendering rendering) {
        if (value instanceof String || !Values.isIterable(value)) {
            return quote(text(value, rendering), false, rendering.meter());
        }
        Object pairs = (value instanceof Dict dict) ? new DictView(dict, DictView.Part.ITEMS) : value;
        List<String> parts = new ArrayList<>();
        for (Object pair : Values.list(pairs, rendering.meter())) {
            List<Object> both = Values.list(pair, rendering.meter());
            if (both.size() != 2) {
                throw PythonError.value("urlencode needs pairs of key and value");
            }
            parts.add(quote(text(both.get(0), rendering), true, rendering.meter()) + "="
                    + quote(text(both.get(1), rendering), true, rendering.meter()));
        }
        return made(String.join("&", parts), rendering);
    }

    private static String quote(String text, boolean query, Meter meter) {
        meter.text(text.length() * 9L);
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            int b = each & 0xff;
            boolean kept = b < 0x80 && (Character.isLetterOrDigit(b) || "_.-~".indexOf(b) >= 0 || (b == '/' && !query));
            if (kept) {
                out.append((char) b);
            }
            else if (b == ' ' && query) {
                out.append('+');
            }
            else {
                out.append('%').append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 0xf, 16));
                out.setCharAt(out.length() - 1, Character.toUpperCase(out.charAt(out.length() - 1)));
                out.setCharAt(out.length() - 2, Character.toUpperCase(out.charAt(out.length() - 2)));
            }
        }
        return out.toString();
    }

}
