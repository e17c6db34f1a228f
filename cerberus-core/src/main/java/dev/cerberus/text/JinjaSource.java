package dev.cerberus.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A Jinja template rewritten into the part of the language that jinjava reads as Python
 * does.
 *
 * @param text the rewritten template: tags and expressions only, without whitespace
 * control
 * @param literals the texts and string literals taken out of it, by the name that stands
 * for each
 */
record JinjaSource(String text, Map<String, Object> literals) {

    /*
     * jinjava's scanner differs from Jinja2's in whitespace control, string escapes,
     * braces within strings, slices, loop filters and the reach of named arguments.
     * Instead of steering it with options, the template is split here by Jinja2's own
     * rules, with trim_blocks and lstrip_blocks on, as transformers sets them:
     *
     * text, string literals → a variable whose value is the text; adjacent literals are
     * one comments, generation → nothing a[x:y:z] → a.__slice__(x, y, z) for a in b if c
     * → for a in b ;; c f(a=b), {a: b} → f(a=(b)), {a: (b)}
     *
     * Every tag stays in its line, so that messages name the line of the original.
     */

    static final String SLICE = "__slice__";

    static final String LOOP_FILTER = " ;; ";

    private static final String LITERAL = "__text";

    // Names that jinjava's expression language reads as something else.
    private static final Set<String> RESERVED = Set.of("and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "true",
            "false", "null", "empty", "instanceof", "div", "mod", "if", "else", "is", "in");

    private static final Set<String> BEFORE_LIST = Set.of("and", "or", "not", "in", "if", "else", "elif", "is");

    private static final Pattern NUMBER = Pattern.compile("[0-9][0-9_]*(\\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?");

    private static final Set<String> IGNORED_TAGS = Set.of("generation", "endgeneration");

    /**
     * Rewrites a template.
     * @param source the template
     * @return the rewritten template
     * @throws ChatTemplateException if a tag, comment or string is not closed; the
     * message has no name yet
     */
    static JinjaSource rewrite(String source) {
        return new Rewriter(source).rewrite();
    }

    private enum Kind {

        NAME, NUMBER, STRING, OPERATOR

    }

    private record Token(Kind kind, String text) {

        boolean is(String operator) {
            return this.kind == Kind.OPERATOR && this.text.equals(operator);
        }

        boolean isName(String name) {
            return this.kind == Kind.NAME && this.text.equals(name);
        }

    }

    private static final class Rewriter {

        private static final List<String> OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/",
                "%", "~", "<", ">", "=", ".", ":", "|", ",", ";", "(", ")", "[", "]", "{", "}");

        private final String source;

        private final StringBuilder out = new StringBuilder();

        private final Map<String, Object> literals = new LinkedHashMap<>();

        private int position;

        private int line = 1;

        private int outLine = 1;

        // Whether the text that follows begins at the beginning of a line.
        private boolean lineStart = true;

        Rewriter(String source) {
            String unix = source.replace("\r\n", "\n").replace('\r', '\n');
            this.source = unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
        }

        JinjaSource rewrite() {
            while (this.position < this.source.length()) {
                int open = nextOpening();
                if (open < 0) {
                    text(this.source.substring(this.position), false, false);
                    this.position = this.source.length();
                    break;
                }
                char kind = this.source.charAt(open + 1);
                char sign = (open + 2 < this.source.length()) ? this.source.charAt(open + 2) : ' ';
                text(this.source.substring(this.position, open), sign == '-', kind != '{' && sign != '+');
                moveTo(open);
                int start = (sign == '-' || sign == '+') ? open + 3 : open + 2;
                switch (kind) {
                    case '#' -> comment(start);
                    case '%' -> tag(start);
                    default -> {
                        int tagLine = this.line;
                        List<Token> tokens = tokens(start, "}}");
                        emit("{{", tagLine, expression(tokens, 0, tokens.size()), "}}");
                    }
                }
            }
            return new JinjaSource(this.out.toString(), this.literals);
        }

        private int nextOpening() {
            for (int i = this.position; i + 1 < this.source.length(); i++) {
                if (this.source.charAt(i) == '{' && "{%#".indexOf(this.source.charAt(i + 1)) >= 0) {
                    return i;
                }
            }
            return -1;
        }

        private void moveTo(int next) {
            for (int i = this.position; i < next; i++) {
                if (this.source.charAt(i) == '\n') {
                    this.line++;
                }
            }
            if (next > this.position) {
                this.lineStart = this.source.charAt(next - 1) == '\n';
            }
            this.position = next;
        }

        private void text(String raw, boolean stripEnd, boolean stripIndent) {
            String text = raw;
            if (stripEnd) {
                text = PythonValues.strip(text, null, false, true);
            }
            else if (stripIndent) {
                int lastLine = text.lastIndexOf('\n') + 1;
                if ((lastLine > 0 || this.lineStart) && text.substring(lastLine).isBlank()) {
                    text = text.substring(0, lastLine);
                }
            }
            if (!text.isEmpty()) {
                emit("{{", this.line, literal(text), "}}");
            }
        }

        private void comment(int start) {
            int end = this.source.indexOf("#}", start);
            if (end < 0) {
                throw unclosed("comment {#");
            }
            closed(start, end, true);
        }

        // Moves behind a closing delimiter of two characters at the given place.
        private void closed(int start, int end, boolean block) {
            char sign = (end > start) ? this.source.charAt(end - 1) : ' ';
            int next = end + 2;
            if (sign == '-') {
                // Stripping belongs to the delimiter: what follows counts as the rest of
                // its last line.
                while (next < this.source.length() && PythonValues.isSpace(this.source.charAt(next))) {
                    next++;
                }
            }
            else if (block && sign != '+' && next < this.source.length() && this.source.charAt(next) == '\n') {
                next++;
            }
            moveTo(next);
        }

        private void tag(int start) {
            int tagLine = this.line;
            List<Token> tokens = tokens(start, "%}");
            String name = tokens.isEmpty() ? "" : tokens.get(0).text();
            if (name.equals("raw")) {
                raw(tagLine);
            }
            else if (name.equals("for")) {
                emit("{%", tagLine, loop(tokens), "%}");
            }
            else if (name.equals("macro")) {
                emit("{%", tagLine, plain(tokens), "%}");
            }
            else if (!IGNORED_TAGS.contains(name)) {
                emit("{%", tagLine, expression(tokens, 0, tokens.size()), "%}");
            }
        }

        private void raw(int tagLine) {
            int start = this.position;
            for (int open = this.source.indexOf("{%", start); open >= 0; open = this.source.indexOf("{%", open + 2)) {
                int name = open + 2;
                boolean strip = name < this.source.length() && this.source.charAt(name) == '-';
                boolean keep = name < this.source.length() && this.source.charAt(name) == '+';
                while (name < this.source.length() && " \t\n-+".indexOf(this.source.charAt(name)) >= 0) {
                    name++;
                }
                if (this.source.startsWith("endraw", name)) {
                    text(this.source.substring(start, open), strip, !strip && !keep);
                    int end = this.source.indexOf("%}", name);
                    if (end < 0) {
                        throw unclosed("tag {% endraw");
                    }
                    closed(name, end, true);
                    return;
                }
            }
            this.line = tagLine;
            throw unclosed("block {% raw %}");
        }

        private String loop(List<Token> tokens) {
            int depth = 0;
            for (int i = 1; i < tokens.size(); i++) {
                depth += nesting(tokens.get(i));
                if (depth == 0 && tokens.get(i).isName("if")) {
                    return expression(tokens, 0, i) + LOOP_FILTER + expression(tokens, i + 1, tokens.size());
                }
            }
            return expression(tokens, 0, tokens.size());
        }

        private String plain(List<Token> tokens) {
            StringBuilder text = new StringBuilder();
            for (Token token : tokens) {
                text.append((token.kind() == Kind.STRING) ? literal(token.text()) : constant(token.text())).append(' ');
            }
            return text.toString();
        }

        private void emit(String open, int atLine, String content, String close) {
            this.out.append(open).append(' ');
            for (; this.outLine < atLine; this.outLine++) {
                this.out.append('\n');
            }
            this.out.append(content).append(' ').append(close);
        }

        private String literal(String value) {
            String name = LITERAL + this.literals.size();
            this.literals.put(name, value);
            return name;
        }

        private String expression(List<Token> tokens, int from, int to) {
            StringBuilder text = new StringBuilder();
            // For each open bracket: the parentheses to close before its next comma or
            // its end.
            List<Boolean> wrapped = new ArrayList<>();
            List<String> brackets = new ArrayList<>();
            for (int i = from; i < to; i++) {
                Token token = tokens.get(i);
                Token previous = (i > from) ? tokens.get(i - 1) : null;
                String bracket = brackets.isEmpty() ? "" : brackets.get(brackets.size() - 1);
                if (token.is(",") && i + 1 < to && nesting(tokens.get(i + 1)) < 0) {
                    // Python allows a comma behind the last element.
                    continue;
                }
                if (token.is("[") && isSubscript(tokens, i, from)) {
                    int close = closing(tokens, i, to);
                    List<Integer> colons = colons(tokens, i, close);
                    if (!colons.isEmpty()) {
                        text.append(slice(tokens, i, close, colons));
                        i = close;
                        continue;
                    }
                }
                if (nesting(token) > 0) {
                    brackets.add(token.text());
                    wrapped.add(false);
                }
                else if (!brackets.isEmpty() && (token.is(",") || nesting(token) < 0)) {
                    int last = brackets.size() - 1;
                    if (wrapped.get(last)) {
                        text.append(" )");
                        wrapped.set(last, false);
                    }
                    if (nesting(token) < 0) {
                        brackets.remove(last);
                        wrapped.remove(last);
                    }
                }
                append(text, token, previous);
                if ((token.is("=") && bracket.equals("(")) || (token.is(":") && bracket.equals("{"))) {
                    text.append(" (");
                    wrapped.set(wrapped.size() - 1, true);
                }
            }
            return text.toString();
        }

        private void append(StringBuilder text, Token token, @Nullable Token previous) {
            boolean attribute = previous != null && previous.is(".");
            if (attribute && token.kind() == Kind.NAME && RESERVED.contains(token.text())) {
                text.setLength(text.length() - 1);
                text.append('[').append(literal(token.text())).append(']');
                return;
            }
            if (!attribute && !token.is(".") && text.length() > 0) {
                text.append(' ');
            }
            if (token.kind() == Kind.STRING) {
                text.append(literal(token.text()));
            }
            else if (token.kind() == Kind.NAME && !attribute) {
                boolean test = previous != null && (previous.isName("is") || previous.isName("not"));
                text.append((test && token.text().equals("none")) ? "none" : constant(token.text()));
            }
            else {
                text.append(token.text());
            }
        }

        private static String constant(String name) {
            return switch (name) {
                case "none", "None" -> "null";
                case "True" -> "true";
                case "False" -> "false";
                default -> name;
            };
        }

        private String slice(List<Token> tokens, int open, int close, List<Integer> colons) {
            StringBuilder text = new StringBuilder(".").append(SLICE).append('(');
            int from = open + 1;
            for (int part = 0; part < 3; part++) {
                int to = (part < colons.size()) ? colons.get(part) : close;
                text.append((part > 0) ? ", " : "").append((from < to) ? expression(tokens, from, to) : "null");
                from = Math.min(to + 1, close);
            }
            return text.append(')').toString();
        }

        private static boolean isSubscript(List<Token> tokens, int index, int from) {
            if (index == from) {
                return false;
            }
            Token previous = tokens.get(index - 1);
            return switch (previous.kind()) {
                case STRING -> true;
                case NAME -> !BEFORE_LIST.contains(previous.text());
                case NUMBER -> false;
                case OPERATOR -> nesting(previous) < 0;
            };
        }

        private static int closing(List<Token> tokens, int open, int to) {
            int depth = 0;
            for (int i = open; i < to; i++) {
                depth += nesting(tokens.get(i));
                if (depth == 0) {
                    return i;
                }
            }
            return to;
        }

        private static List<Integer> colons(List<Token> tokens, int open, int close) {
            List<Integer> colons = new ArrayList<>();
            int depth = 0;
            for (int i = open + 1; i < close; i++) {
                depth += nesting(tokens.get(i));
                if (depth == 0 && tokens.get(i).is(":")) {
                    colons.add(i);
                }
            }
            return colons;
        }

        private static int nesting(Token token) {
            if (token.kind() != Kind.OPERATOR) {
                return 0;
            }
            return switch (token.text()) {
                case "(", "[", "{" -> 1;
                case ")", "]", "}" -> -1;
                default -> 0;
            };
        }

        private List<Token> tokens(int start, String close) {
            List<Token> tokens = new ArrayList<>();
            int depth = 0;
            int i = start;
            while (i < this.source.length()) {
                char c = this.source.charAt(i);
                if (depth == 0 && closesAt(i, close)) {
                    int end = this.source.startsWith(close, i) ? i : i + 1;
                    boolean raw = tokens.size() == 1 && tokens.get(0).isName("raw");
                    closed(start, end, close.equals("%}") && !raw);
                    return tokens;
                }
                if (PythonValues.isSpace(c)) {
                    i++;
                }
                else if (c == '\'' || c == '"') {
                    i = string(i, tokens);
                }
                else if (Character.isLetter(c) || c == '_') {
                    int end = i + 1;
                    while (end < this.source.length()
                            && (Character.isLetterOrDigit(this.source.charAt(end)) || this.source.charAt(end) == '_')) {
                        end++;
                    }
                    tokens.add(new Token(Kind.NAME, this.source.substring(i, end)));
                    i = end;
                }
                else if (c >= '0' && c <= '9') {
                    i = number(i, tokens);
                }
                else {
                    Token operator = new Token(Kind.OPERATOR, operatorAt(i));
                    tokens.add(operator);
                    depth += nesting(operator);
                    i += operator.text().length();
                }
            }
            throw unclosed(close.equals("%}") ? "tag {%" : "expression {{");
        }

        private boolean closesAt(int i, String close) {
            if (this.source.startsWith(close, i)) {
                return true;
            }
            char sign = this.source.charAt(i);
            return (sign == '-' || (sign == '+' && close.equals("%}"))) && this.source.startsWith(close, i + 1);
        }

        private String operatorAt(int i) {
            for (String operator : OPERATORS) {
                if (this.source.startsWith(operator, i)) {
                    return operator;
                }
            }
            throw new ChatTemplateException(
                    "line " + lineOf(i) + ": unexpected character '" + this.source.charAt(i) + "' in a tag");
        }

        private int number(int start, List<Token> tokens) {
            Matcher matcher = NUMBER.matcher(this.source).region(start, this.source.length());
            int end = matcher.lookingAt() ? matcher.end() : start + 1;
            tokens.add(new Token(Kind.NUMBER, this.source.substring(start, end).replace("_", "")));
            return end;
        }

        private int string(int start, List<Token> tokens) {
            char quote = this.source.charAt(start);
            int end = start + 1;
            while (end < this.source.length() && this.source.charAt(end) != quote) {
                end += (this.source.charAt(end) == '\\') ? 2 : 1;
            }
            if (end >= this.source.length()) {
                throw unclosed("string " + quote);
            }
            String value = unescape(this.source.substring(start + 1, end));
            int last = tokens.size() - 1;
            if (last >= 0 && tokens.get(last).kind() == Kind.STRING) {
                tokens.set(last, new Token(Kind.STRING, tokens.get(last).text() + value));
            }
            else {
                tokens.add(new Token(Kind.STRING, value));
            }
            return end + 1;
        }

        private static String unescape(String text) {
            if (text.indexOf('\\') < 0) {
                return text;
            }
            StringBuilder value = new StringBuilder(text.length());
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c != '\\' || i + 1 == text.length()) {
                    value.append(c);
                    continue;
                }
                char escape = text.charAt(++i);
                switch (escape) {
                    case 'n' -> value.append('\n');
                    case 't' -> value.append('\t');
                    case 'r' -> value.append('\r');
                    case 'b' -> value.append('\b');
                    case 'f' -> value.append('\f');
                    case 'a' -> value.append('\u0007');
                    case 'v' -> value.append('\u000B');
                    case '0' -> value.append('\0');
                    case '\\', '\'', '"' -> value.append(escape);
                    case '\n' -> {
                    }
                    case 'x' -> i = codePoint(text, i, 2, value);
                    case 'u' -> i = codePoint(text, i, 4, value);
                    case 'U' -> i = codePoint(text, i, 8, value);
                    default -> value.append('\\').append(escape);
                }
            }
            return value.toString();
        }

        private static int codePoint(String text, int at, int digits, StringBuilder value) {
            try {
                value.appendCodePoint(Integer.parseInt(text.substring(at + 1, at + 1 + digits), 16));
                return at + digits;
            }
            catch (IllegalArgumentException | IndexOutOfBoundsException ex) {
                value.append('\\').append(text.charAt(at));
                return at;
            }
        }

        private ChatTemplateException unclosed(String what) {
            return new ChatTemplateException("line " + this.line + ": " + what + " is not closed");
        }

        private int lineOf(int index) {
            return this.line
                    + (int) this.source.substring(this.position, index).chars().filter((c) -> c == '\n').count();
        }

    }

}
