package dev.cerberus.text;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls that are a whole answer and lack the marker of the template: some models write
 * those of the template that they were trained with, whatever they are shown. Immutable
 * and thread-safe.
 */
final class UnmarkedToolCalls implements ToolCallSyntax {

    static final UnmarkedToolCalls INSTANCE = new UnmarkedToolCalls();

    /** What the first key of a call may be; other JSON need not be waited for. */
    private static final Set<String> FIRST_KEYS = Set.of("name", "arguments", "parameters", "id", "type");

    private static final Pattern FIRST_KEY = Pattern.compile("\\s*(?:\\[\\s*)?\\{\\s*\"(\\w{0,10})(.?)");

    private final JsonToolCalls json = new JsonToolCalls("", "", Optional.empty(), "name", Optional.of("id"));

    private UnmarkedToolCalls() {
    }

    @Override
    public String start() {
        return "";
    }

    @Override
    public List<String> markers() {
        return List.of();
    }

    @Override
    public Reading read(CharSequence text, boolean ended, ToolSchemas tools) {
        Matcher first = FIRST_KEY.matcher(text);
        boolean known = first.lookingAt() && !first.group(2).isEmpty();
        if (known && !(first.group(2).equals("\"") && FIRST_KEYS.contains(first.group(1)))) {
            return new Reading.Text(1);
        }
        return this.json.read(text, ended, tools);
    }

}
