package dev.cerberus.text;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds in a prompt how the model is told to write calls of tools: as JSON between two
 * tags, or after a marker.
 */
/*
 * <tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>
 *
 * respond only with <|tool_call|> followed by a JSON list of tools used
 */
final class ToolCallWords {

    private static final Pattern EXAMPLE = Pattern.compile(
            "(?s)<([\\w:.-]{1,40})>(\\s*)(\\[?)\\{+\\s*[\"']?name[\"']?\\s*:[^{}]{1,200}?\\b(arguments|parameters)[\"']?"
                    + "\\s*:[^{}]{1,200}\\}+(.{0,300}?)</\\1>");

    private static final Pattern SENTENCE = Pattern
        .compile("(<\\|?\\w*tool_?call\\w*\\|?>)\\s+followed by an?\\s+(?:JSON )?(list|array|object)\\b");

    private ToolCallWords() {
    }

    /** Returns how calls are to be written, if the prompt says so. */
    static Optional<ToolConvention.Learned> find(String prompt) {
        return example(prompt).or(() -> sentence(prompt));
    }

    private static Optional<ToolConvention.Learned> example(String prompt) {
        Matcher example = EXAMPLE.matcher(prompt);
        if (!example.find()) {
            return Optional.empty();
        }
        String start = "<" + example.group(1) + ">";
        String end = "</" + example.group(1) + ">";
        String blank = example.group(2);
        String rest = example.group(5);
        boolean list = !example.group(3).isEmpty();
        boolean lines = rest.contains("...");
        String begin = start + blank;
        String finish = blank + end;
        CallLayout layout;
        if (list) {
            layout = CallLayout.json(start, "", begin + "[", ", ", "]" + finish, "", example.group(4));
        }
        else if (lines) {
            layout = CallLayout.json(start, "", begin, "\n", finish, "", example.group(4));
        }
        else {
            layout = CallLayout.json(start, begin, "", "\n", "", finish, example.group(4));
        }
        return Optional.of(new ToolConvention.Learned(
                new JsonToolCalls(start, end, Optional.empty(), "name", Optional.empty()), layout));
    }

    private static Optional<ToolConvention.Learned> sentence(String prompt) {
        Matcher sentence = SENTENCE.matcher(prompt);
        if (!sentence.find()) {
            return Optional.empty();
        }
        String start = sentence.group(1);
        boolean list = !sentence.group(2).equals("object");
        CallLayout layout = list ? CallLayout.json(start, "", start + "[", ", ", "]", "", "arguments")
                : CallLayout.json(start, start, "", "\n", "", "", "arguments");
        return Optional.of(new ToolConvention.Learned(
                new JsonToolCalls(start, "", Optional.empty(), "name", Optional.empty()), layout));
    }

}
