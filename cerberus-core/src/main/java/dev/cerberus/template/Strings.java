package dev.cerberus.template;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

import org.jspecify.annotations.Nullable;

/**
 * Python's strings: indices count code points, white space is Unicode's.
 */
final class Strings {

    private static final int SHORT_NEEDLE = 16;

    private Strings() {
    }

    static boolean isSpace(int c) {
        return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680
                || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f
                || c == 0x3000;
    }

    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    static int length(String text, Meter meter) {
        meter.scan(text.length());
        return text.codePointCount(0, text.length());
    }

    static @Nullable String at(String text, long index, Meter meter) {
        long size = text.length();
        if (index >= size || index < -size) {
            return null;
        }
        meter.scan(Math.abs(index));
        try {
            int offset = text.offsetByCodePoints((index < 0) ? text.length() : 0, (int) index);
            return (offset < text.length()) ? Character.toString(text.codePointAt(offset)) : null;
        }
        catch (IndexOutOfBoundsException ex) {
            // The text has fewer code points than chars.
            return null;
        }
    }

    /** Part of a text by code points, of which it has {@code size}. */
    static String substring(String text, int start, int stop, int size, Meter meter) {
        meter.scan(text.length());
        if (size == text.length()) {
            meter.text(stop - start);
            return text.substring(start, stop);
        }
        int from = text.offsetByCodePoints(0, start);
        int to = text.offsetByCodePoints(from, stop - start);
        meter.text(to - from);
        return text.substring(from, to);
    }

    /** Order by code points. */
    static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean oneIsSurrogate = Character.isSurrogate(x) != Character.isSurrogate(y);
                return oneIsSurrogate ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /*
     * Java's own search takes the product of both lengths in its worst case and can not
     * be stopped; this one pays for every character it looks at.
     */
    static int indexOf(String text, String part, int from, Meter meter) {
        if (part.length() <= SHORT_NEEDLE) {
            int at = text.indexOf(part, from);
            meter.scan((at < 0) ? text.length() - from : at - from);
            return at;
        }
        int last = text.length() - part.length();
        int at = from;
        while (at <= last) {
            int next = text.indexOf(part.charAt(0), at);
            if (next < 0 || next > last) {
                meter.scan(text.length() - at);
                return -1;
            }
            int matched = 1;
            while (matched < part.length() && text.charAt(next + matched) == part.charAt(matched)) {
                matched++;
            }
            meter.scan((next - at) + (long) matched + 1);
            if (matched == part.length()) {
                return next;
            }
            at = next + 1;
        }
        return -1;
    }

    static int lastIndexOf(String text, String part, int from, Meter meter) {
        for (int at = Math.min(from, text.length() - part.length()); at >= 0; at--) {
            int matched = 0;
            while (matched < part.length() && text.charAt(at + matched) == part.charAt(matched)) {
                matched++;
            }
            meter.work(1 + matched / SHORT_NEEDLE);
            if (matched == part.length()) {
                return at;
            }
        }
        return -1;
    }

    static String replace(String text, String old, String by, long most, Meter meter) {
        StringBuilder out = new StringBuilder();
        long left = (most < 0) ? Long.MAX_VALUE : most;
        int at = 0;
        if (old.isEmpty()) {
            while (left-- > 0) {
                meter.text(by.length() + 1L);
                out.append(by);
                if (at == text.length()) {
                    return out.toString();
                }
                int next = text.offsetByCodePoints(at, 1);
                out.append(text, at, next);
                at = next;
            }
            meter.text(text.length() - (long) at);
            return out.append(text, at, text.length()).toString();
        }
        while (left-- > 0) {
            int next = indexOf(text, old, at, meter);
            if (next < 0) {
                break;
            }
            meter.text((next - at) + (long) by.length());
            out.append(text, at, next).append(by);
            at = next + old.length();
        }
        if (at == 0) {
            return text;
        }
        meter.text(text.length() - (long) at);
        return out.append(text, at, text.length()).toString();
    }

    static String strip(String text, @Nullable String characters) {
        return stripStart(stripEnd(text, characters), characters);
    }

    static String stripStart(String text, @Nullable String characters) {
        IntPredicate stripped = oneOf(characters);
        int start = 0;
        while (start < text.length() && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    static String stripEnd(String text, @Nullable String characters) {
        IntPredicate stripped = oneOf(characters);
        int end = text.length();
        while (end > 0 && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    private static IntPredicate oneOf(@Nullable String characters) {
        if (characters == null) {
            return Strings::isSpace;
        }
        if (characters.length() <= SHORT_NEEDLE) {
            return (c) -> characters.indexOf(c) >= 0;
        }
        BitSet set = new BitSet();
        characters.codePoints().forEach(set::set);
        return set::get;
    }

    static List<Object> split(String text, @Nullable String separator, long most, Meter meter) {
        List<Object> parts = new ArrayList<>();
        long left = (most < 0) ? Long.MAX_VALUE : most;
        if (separator == null) {
            splitAtSpace(text, left, parts, meter);
            return parts;
        }
        nonEmpty(separator);
        int at = 0;
        while (left-- > 0) {
            int next = indexOf(text, separator, at, meter);
            if (next < 0) {
                break;
            }
            add(text, at, next, parts, meter);
            at = next + separator.length();
        }
        add(text, at, text.length(), parts, meter);
        return parts;
    }

    private static void splitAtSpace(String text, long most, List<Object> parts, Meter meter) {
        meter.scan(text.length());
        int at = 0;
        long left = most;
        while (true) {
            while (at < text.length() && isSpace(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return;
            }
            if (left-- == 0) {
                add(text, at, text.length(), parts, meter);
                return;
            }
            int end = at;
            while (end < text.length() && !isSpace(text.charAt(end))) {
                end++;
            }
            add(text, at, end, parts, meter);
            at = end;
        }
    }

    static List<Object> splitFromEnd(String text, @Nullable String separator, long most, Meter meter) {
        if (most < 0) {
            return split(text, separator, -1, meter);
        }
        List<Object> parts = new ArrayList<>();
        long left = most;
        int end = text.length();
        if (separator != null) {
            nonEmpty(separator);
            while (left-- > 0) {
                int at = lastIndexOf(text, separator, end - separator.length(), meter);
                if (at < 0) {
                    break;
                }
                add(text, at + separator.length(), end, parts, meter);
                end = at;
            }
            add(text, 0, end, parts, meter);
        }
        else {
            meter.scan(text.length());
            while (true) {
                while (end > 0 && isSpace(text.charAt(end - 1))) {
                    end--;
                }
                if (end == 0) {
                    break;
                }
                if (left-- == 0) {
                    add(text, 0, end, parts, meter);
                    break;
                }
                int start = end;
                while (start > 0 && !isSpace(text.charAt(start - 1))) {
                    start--;
                }
                add(text, start, end, parts, meter);
                end = start;
            }
        }
        java.util.Collections.reverse(parts);
        return parts;
    }

    private static void nonEmpty(String separator) {
        if (separator.isEmpty()) {
            throw PythonError.value("empty separator");
        }
    }

    private static void add(String text, int from, int to, List<Object> parts, Meter meter) {
        meter.text(to - (long) from);
        parts.add(text.substring(from, to));
    }

    static List<Object> lines(String text, boolean keepEnds, Meter meter) {
        List<Object> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLineEnd(c)) {
                continue;
            }
            int next = (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') ? i + 2 : i + 1;
            add(text, start, keepEnds ? next : i, lines, meter);
            start = next;
            i = next - 1;
        }
        if (start < text.length()) {
            add(text, start, text.length(), lines, meter);
        }
        return lines;
    }

    private static boolean isLineEnd(char c) {
        return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return titleCase(text.codePointAt(0)) + lower(text.substring(first));
    }

    static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean inWord = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            out.append(inWord ? lower(Character.toString(c)) : titleCase(c));
            inWord = isCased(c);
        }
        return out.toString();
    }

    private static String titleCase(int c) {
        int title = Character.toTitleCase(c);
        if (title != c) {
            return Character.toString(title);
        }
        String upper = upper(Character.toString(c));
        return (upper.length() > 1 && !upper.equals(Character.toString(c)))
                ? upper.charAt(0) + lower(upper.substring(1)) : upper;
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** A text repeated, with the characters charged first. */
    static String repeat(String text, long times, Meter meter) {
        long count = Math.max(0, times);
        if (text.isEmpty() || count == 0) {
            return "";
        }
        meter.text((count > Integer.MAX_VALUE) ? Long.MAX_VALUE / 2 : text.length() * count);
        return text.repeat((int) count);
    }

    /** Pads to a width in code points. */
    static String pad(String text, long width, String fill, double before, Meter meter) {
        long missing = width - length(text, meter);
        if (missing <= 0) {
            return text;
        }
        long left = (long) Math.floor(missing * before);
        meter.text(text.length() + missing);
        return repeat(fill, left, meter) + text + repeat(fill, missing - left, meter);
    }

}
