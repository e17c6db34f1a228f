package dev.cerberus.text;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a model marks what is no plain text in its answers: calls of tools, and thoughts.
 * Learned from its chat template. Immutable and thread-safe.
 */
public final class AnswerSyntax {

    private static final AnswerSyntax USUAL = new AnswerSyntax(Optional.of(JsonToolCalls.HERMES),
            ThinkingSyntax.usual(), false);

    private final Optional<ToolCallSyntax> toolCalls;

    private final ThinkingSyntax thinking;

    private final boolean unread;

    private AnswerSyntax(Optional<ToolCallSyntax> toolCalls, ThinkingSyntax thinking, boolean unread) {
        this.toolCalls = toolCalls;
        this.thinking = thinking;
        this.unread = unread;
    }

    /**
     * Learns the syntax of a model.
     * @param template its chat template
     * @return the syntax; calls are looked for in the convention of the Hermes templates
     * where the template says nothing about calls
     */
    public static AnswerSyntax of(ChatTemplate template) {
        Optional<ToolCallSyntax> learned = ToolCallProbe.learn(template);
        boolean unread = learned.isEmpty() && template.mentions("tool_calls");
        return new AnswerSyntax(unread ? Optional.empty() : learned.or(() -> Optional.of(JsonToolCalls.HERMES)),
                ThinkingSyntax.of(template), unread);
    }

    /**
     * Returns the syntax of models of which nothing is known.
     * @return calls in the convention of the Hermes templates, thoughts within
     * {@code <think>}
     */
    public static AnswerSyntax usual() {
        return USUAL;
    }

    /**
     * Returns what a user should know about calls of tools.
     * @return a sentence if the template writes calls that can not be read
     */
    public Optional<String> note() {
        return this.unread ? Optional.of("The model's chat template writes calls of tools in a form that is not "
                + "known here: they will be plain text of the answer; set cerberus.chat.template to a template whose "
                + "calls are JSON or tagged") : Optional.empty();
    }

    /**
     * Returns whether a special token belongs to the answer's markup and has to be
     * visible to a parser.
     * @param token the token's text
     * @param tools whether there are tools to call
     * @return whether the text of the answer shows it
     */
    public boolean isMarkup(String token, boolean tools) {
        Stream<String> calls = tools ? this.toolCalls.map(ToolCallSyntax::markers).orElse(List.of()).stream()
                : Stream.empty();
        return Stream.concat(calls, Stream.of(this.thinking.start(), this.thinking.end()))
            .anyMatch((marker) -> marker.contains(token));
    }

    /**
     * Returns whether calls are JSON objects between {@code <tool_call>} and
     * {@code </tool_call>}.
     * @return whether calls have the form in which they can be enforced
     */
    public boolean writesTaggedJson() {
        return this.toolCalls.filter(JsonToolCalls.HERMES::equals).isPresent();
    }

    /**
     * Returns a parser for one answer.
     * @param tools what may be called; if empty, no calls are looked for
     * @return a new parser
     */
    public AnswerParser parser(List<ToolDefinition> tools) {
        return new AnswerParser(this.thinking, this.toolCalls.filter((syntax) -> !tools.isEmpty()),
                new ToolSchemas(tools));
    }

}
