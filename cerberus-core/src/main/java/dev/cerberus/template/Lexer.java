package dev.cerberus.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a source into tokens, with {@code trim_blocks} and {@code lstrip_blocks} as
 * transformers sets them. One per source.
 */
final class Lexer {

    /*
     * trim_blocks: the newline after a block or comment belongs to it. lstrip_blocks: so
     * does white space between the beginning of its line and the tag. A minus inside the
     * tag takes all white space on that side, a plus keeps it.
     */

    private static final List<String> LONG_OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=");

    private static final String OPERATORS = "+-/*%~[](){}><=.:|,;";

    private final String source;

    private final List<Token> tokens = new ArrayList<>();

    private int at;

    private int line = 1;

    private int counted;

    private boolean lineStarting = true;

    private Lexer(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (this.at < this.source.length()) {
            int tag = nextTag(this.at);
            if (tag < 0) {
                add(Token.Type.DATA, this.source.substring(this.at), this.at);
                this.at = this.source.length();
                break;
            }
            char kind = this.source.charAt(tag + 1);
            char sign = sign(tag + 2);
            data(this.at, tag, sign, kind == '{');
            int begin = tag + 2 + ((sign == 0) ? 0 : 1);
            switch (kind) {
                case '#' -> comment(tag, begin);
                case '%' -> {
                    int raw = skipKeyword(begin, "raw");
                    int body = (raw < 0) ? -1 : rawBegin(raw);
                    if (body >= 0) {
                        raw(tag, body);
                    }
                    else {
                        add(Token.Type.BLOCK_BEGIN, "{%", tag);
                        expression(begin, tag, '%');
                    }
                }
                default -> {
                    add(Token.Type.VARIABLE_BEGIN, "{{", tag);
                    expression(begin, tag, '}');
                }
            }
        }
        add(Token.Type.END, "", this.source.length());
    }

    private int nextTag(int from) {
        for (int i = this.source.indexOf('{', from); i >= 0
                && i + 1 < this.source.length(); i = this.source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(this.source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private char sign(int index) {
        char c = charAt(index);
        return (c == '-' || c == '+') ? c : 0;
    }

    private char charAt(int index) {
        return (index < this.source.length()) ? this.source.charAt(index) : 0;
    }

    private void data(int from, int to, char sign, boolean variable) {
        int end = to;
        if (sign == '-') {
            while (end > from && Strings.isSpace(this.source.charAt(end - 1))) {
                end--;
            }
        }
        else if (sign == 0 && !variable) {
            int blank = to;
            while (blank > from && this.source.charAt(blank - 1) != '\n'
                    && Strings.isSpace(this.source.charAt(blank - 1))) {
                blank--;
            }
            boolean wholeLine = (blank > from) ? this.source.charAt(blank - 1) == '\n' : this.lineStarting;
            end = wholeLine ? blank : to;
        }
        if (end > from) {
            add(Token.Type.DATA, this.source.substring(from, end), from);
        }
    }

    private void comment(int tag, int begin) {
        int close = this.source.indexOf("#}", begin);
        if (close < 0) {
            throw error(tag, "comment {# is not closed");
        }
        char sign = (close > begin) ? this.source.charAt(close - 1) : 0;
        end(close + 2, sign, true);
    }

    private void end(int next, char sign, boolean trimNewline) {
        int position = next;
        if (sign == '-') {
            position = skipSpace(position);
        }
        else if (sign != '+' && trimNewline && charAt(position) == '\n') {
            position++;
        }
        this.at = position;
        this.lineStarting = this.source.charAt(position - 1) == '\n';
    }

    private int skipSpace(int from) {
        int position = from;
        while (position < this.source.length() && Strings.isSpace(this.source.charAt(position))) {
            position++;
        }
        return position;
    }

    private int skipKeyword(int from, String keyword) {
        int position = skipSpace(from);
        return this.source.startsWith(keyword, position) ? skipSpace(position + keyword.length()) : -1;
    }

    private int rawBegin(int position) {
        if (this.source.startsWith("-%}", position)) {
            return skipSpace(position + 3);
        }
        return this.source.startsWith("%}", position) ? position + 2 : -1;
    }

    private void raw(int tag, int body) {
        this.lineStarting = this.source.charAt(body - 1) == '\n';
        for (int i = this.source.indexOf("{%", body); i >= 0; i = this.source.indexOf("{%", i + 1)) {
            char sign = sign(i + 2);
            int close = skipKeyword(i + 2 + ((sign == 0) ? 0 : 1), "endraw");
            if (close < 0) {
                continue;
            }
            char endSign = sign(close);
            int end = close + ((endSign == 0) ? 0 : 1);
            if (this.source.startsWith("%}", end)) {
                data(body, i, sign, false);
                end(end + 2, endSign, true);
                return;
            }
        }
        throw error(tag, "block {% raw %} is not closed");
    }

    private void expression(int begin, int tag, char kind) {
        Deque<Character> open = new ArrayDeque<>();
        String close = kind + "}";
        int position = begin;
        while (true) {
            position = skipSpace(position);
            if (position >= this.source.length()) {
                throw error(tag, "tag " + ((kind == '%') ? "{%" : "{{") + " is not closed");
            }
            if (open.isEmpty()) {
                char sign = sign(position);
                boolean signed = sign == '-' || (sign == '+' && kind == '%');
                if (this.source.startsWith(close, position + (signed ? 1 : 0))) {
                    add((kind == '%') ? Token.Type.BLOCK_END : Token.Type.VARIABLE_END, close, position);
                    end(position + (signed ? 3 : 2), signed ? sign : 0, kind == '%');
                    return;
                }
            }
            position = token(position, open);
        }
    }

    private int token(int position, Deque<Character> open) {
        char c = this.source.charAt(position);
        if (c == '\'' || c == '"') {
            return string(position, c);
        }
        if (c >= '0' && c <= '9') {
            return number(position);
        }
        if (Character.isUnicodeIdentifierPart(this.source.codePointAt(position)) || c == '_') {
            return name(position);
        }
        for (String operator : LONG_OPERATORS) {
            if (this.source.startsWith(operator, position)) {
                add(Token.Type.OPERATOR, operator, position);
                return position + 2;
            }
        }
        if (OPERATORS.indexOf(c) < 0) {
            throw error(position,
                    "unexpected character '" + Character.toString(this.source.codePointAt(position)) + "'");
        }
        balance(c, position, open);
        add(Token.Type.OPERATOR, String.valueOf(c), position);
        return position + 1;
    }

    private void balance(char c, int position, Deque<Character> open) {
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                @Nullable Character expected = open.poll();
                if (expected == null) {
                    throw error(position, "unexpected '" + c + "'");
                }
                if (expected != c) {
                    throw error(position, "unexpected '" + c + "', expected '" + expected + "'");
                }
            }
            default -> {
            }
        }
    }

    private int name(int position) {
        int end = position;
        while (end < this.source.length() && (Character.isUnicodeIdentifierPart(this.source.codePointAt(end))
                && !Character.isIdentifierIgnorable(this.source.codePointAt(end)))) {
            end += Character.charCount(this.source.codePointAt(end));
        }
        if (end == position || !(Character.isUnicodeIdentifierStart(this.source.codePointAt(position))
                || this.source.charAt(position) == '_')) {
            throw error(position, "invalid character in a name");
        }
        add(Token.Type.NAME, this.source.substring(position, end), position);
        return end;
    }

    private int number(int position) {
        int end = digits(position, 10);
        if (this.source.charAt(position) == '0' && end == position + 1) {
            int radix = switch (charAt(end)) {
                case 'x', 'X' -> 16;
                case 'o', 'O' -> 8;
                case 'b', 'B' -> 2;
                default -> 0;
            };
            int stop = (radix == 0) ? 0 : digits((charAt(end + 1) == '_') ? end + 2 : end + 1, radix);
            if (radix != 0 && stop > end + 1) {
                add(Token.Type.INTEGER, this.source.substring(position, stop), position);
                return stop;
            }
        }
        int real = (position > 0 && this.source.charAt(position - 1) == '.') ? end : fraction(end);
        if (real > end) {
            add(Token.Type.REAL, this.source.substring(position, real), position);
            return real;
        }
        if (this.source.charAt(position) == '0') {
            // A zero in front of other digits is a number of its own.
            end = position + 1;
            while (charAt(end) == '0' || (charAt(end) == '_' && charAt(end + 1) == '0')) {
                end++;
            }
        }
        add(Token.Type.INTEGER, this.source.substring(position, end), position);
        return end;
    }

    private int fraction(int from) {
        int end = from;
        if (charAt(end) == '.' && isDigit(charAt(end + 1))) {
            end = digits(end + 1, 10);
        }
        if (charAt(end) == 'e' || charAt(end) == 'E') {
            int exponent = (charAt(end + 1) == '+' || charAt(end + 1) == '-') ? end + 2 : end + 1;
            if (isDigit(charAt(exponent))) {
                end = digits(exponent, 10);
            }
        }
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private int digits(int from, int radix) {
        int end = from;
        while (isDigitOf(charAt(end), radix)
                || (end > from && charAt(end) == '_' && isDigitOf(charAt(end + 1), radix))) {
            end++;
        }
        return end;
    }

    private static boolean isDigitOf(char c, int radix) {
        return c < 0x80 && Character.digit(c, radix) >= 0;
    }

    private int string(int position, char quote) {
        int end = position + 1;
        while (charAt(end) != quote || end >= this.source.length()) {
            if (end >= this.source.length()) {
                throw error(position, "string " + quote + " is not closed");
            }
            end += (this.source.charAt(end) == '\\') ? 2 : 1;
        }
        add(Token.Type.STRING, unescape(position + 1, end), position);
        return end + 1;
    }

    private String unescape(int from, int to) {
        String text = this.source.substring(from, to);
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            switch (escape) {
                case '\n' -> {
                }
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'v' -> out.append('\u000b');
                case '\\', '\'', '"' -> out.append(escape);
                case 'x' -> i = codePoint(text, i + 1, 2, from, out);
                case 'u' -> i = codePoint(text, i + 1, 4, from, out);
                case 'U' -> i = codePoint(text, i + 1, 8, from, out);
                case 'N' -> i = named(text, i + 1, from, out);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(text, i, out);
                default -> out.append('\\').append(escape);
            }
        }
        return out.toString();
    }

    private static int octal(String text, int from, StringBuilder out) {
        int end = from;
        int value = 0;
        while (end < text.length() && end < from + 3 && text.charAt(end) >= '0' && text.charAt(end) <= '7') {
            value = value * 8 + (text.charAt(end++) - '0');
        }
        out.append((char) value);
        return end - 1;
    }

    private int named(String text, int from, int start, StringBuilder out) {
        int close = text.indexOf('}', from);
        if (from >= text.length() || text.charAt(from) != '{' || close < 0) {
            throw error(start, "a string has a \\N without the name of a character in braces");
        }
        String name = text.substring(from + 1, close);
        try {
            out.appendCodePoint(Character.codePointOf(name));
            return close;
        }
        catch (IllegalArgumentException ex) {
            throw error(start, "a string names the character '" + PythonError.shortened(name) + "', which is unknown");
        }
    }

    private int codePoint(String text, int from, int digits, int start, StringBuilder out) {
        int end = from + digits;
        boolean whole = end <= text.length()
                && text.substring(from, end).chars().allMatch((c) -> isDigitOf((char) c, 16));
        long value = whole ? Long.parseLong(text.substring(from, end), 16) : -1;
        if (value < 0 || value > Character.MAX_CODE_POINT) {
            throw error(start, "a string has an escape that needs " + digits + " hexadecimal digits of a character");
        }
        out.appendCodePoint((int) value);
        return end - 1;
    }

    private void add(Token.Type type, String text, int position) {
        this.tokens.add(new Token(type, text, lineOf(position)));
    }

    private int lineOf(int position) {
        for (; this.counted < position; this.counted++) {
            if (this.source.charAt(this.counted) == '\n') {
                this.line++;
            }
        }
        return this.line;
    }

    private SyntaxError error(int position, String message) {
        return new SyntaxError(lineOf(position), message);
    }

}
