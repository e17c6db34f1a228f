package dev.cerberus.text;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;

/**
 * How a model marks what is no plain text in its answers: calls of tools, and thoughts.
 * Learned from its chat template. Immutable and thread-safe.
 */
public final class AnswerSyntax {

    private static final AnswerSyntax USUAL = new AnswerSyntax(ToolConvention.USUAL, ThinkingSyntax.usual(),
            ToolPrompting.none(), Optional.empty());

    private final ToolConvention calls;

    private final ThinkingSyntax thinking;

    private final ToolPrompting prompting;

    // Asked whether it begins thoughts; empty where it never does.
    private final Optional<ChatTemplate> template;

    private AnswerSyntax(ToolConvention calls, ThinkingSyntax thinking, ToolPrompting prompting,
            Optional<ChatTemplate> template) {
        this.calls = calls;
        this.thinking = thinking;
        this.prompting = prompting;
        this.template = template;
    }

    /**
     * Learns the syntax of a model.
     * @param template its chat template
     * @return the syntax; calls are in the convention of the Hermes templates where the
     * template does not tell
     */
    public static AnswerSyntax of(ChatTemplate template) {
        ToolConvention calls = ToolConvention.learn(template);
        ThinkingSyntax thinking = ThinkingSyntax.of(template);
        return new AnswerSyntax(calls, thinking, ToolPrompting.of(template, calls),
                Optional.of(template).filter((each) -> thinking.open() || each.mentions(thinking.start())));
    }

    /**
     * Returns the syntax of the answer to a conversation. Some templates begin thoughts
     * after what a user says and not after what a tool returned, or not where a message
     * asks for none.
     * @param messages the conversation, oldest first
     * @param tools what the model may call
     * @return this syntax, with what the prompt of that conversation begins
     */
    public AnswerSyntax after(List<ChatMessage> messages, List<ToolDefinition> tools) {
        if (this.template.isEmpty()) {
            return this;
        }
        ThinkingSyntax after = this.thinking.after(this.template.get(), this.prompting.adapt(messages, tools), tools);
        return new AnswerSyntax(this.calls, after, this.prompting, this.template);
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
    public Optional<Advice> note() {
        return (this.calls.origin() == ToolConvention.Origin.UNREAD)
                ? Optional.of(Advice.of(
                        "The model's chat template writes calls of tools in a form that can not be read back: the "
                                + "model is asked to write them in the form " + example() + " instead",
                        Remedy.of("set", Setting.CHAT_TEMPLATE, "to a template whose calls are JSON or tagged")))
                : Optional.empty();
    }

    /**
     * Returns how the model is told to call tools, for people.
     * @return half a sentence, with an example
     */
    public String description() {
        String how = switch (this.calls.origin()) {
            case CALLS -> this.calls.describesTools() ? "as the template writes calls"
                    : "as the template writes calls; tools are described in a system message";
            case WORDS -> "as the template asks for";
            case UNREAD -> "asked for in a system message, since the template's form can not be read back";
            case USUAL -> this.calls.describesTools() ? "described by the template, form asked for in a system message"
                    : "described in a system message, unknown to the template";
        };
        return how + ": " + example() + (this.calls.layout().parallel() ? "" : ", one a turn");
    }

    private String example() {
        return this.prompting.example().replace("\n", "\\n");
    }

    /**
     * Returns the exact text of calls.
     * @return the layout in which calls are enforced
     */
    public CallLayout calls() {
        return this.calls.layout();
    }

    /**
     * Returns what begins thoughts.
     * @return the marker
     */
    public String thoughtsStart() {
        return this.thinking.start();
    }

    /**
     * Returns what ends thoughts.
     * @return the marker
     */
    public String thoughtsEnd() {
        return this.thinking.end();
    }

    /**
     * Returns whether the prompt has begun thoughts, which the answer ends: that of a
     * short question, or of the conversation given to {@link #after}.
     * @return whether an answer begins within thoughts
     */
    public boolean beginsWithThoughts() {
        return this.thinking.open();
    }

    /**
     * Returns what makes conversations with tools ones that the template can write.
     * @return the translator
     */
    public ToolPrompting prompting() {
        return this.prompting;
    }

    /**
     * Returns whether a special token belongs to the answer's markup and has to be
     * visible to a parser.
     * @param token the token's text
     * @param tools whether there are tools to call
     * @return whether the text of the answer shows it
     */
    public boolean isMarkup(String token, boolean tools) {
        Stream<String> calls = tools ? this.calls.syntax().markers().stream() : Stream.empty();
        return Stream.concat(calls, Stream.of(this.thinking.start(), this.thinking.end()))
            .anyMatch((marker) -> marker.contains(token));
    }

    /**
     * Returns a parser for one answer.
     * @param tools what may be called; if empty, no calls are looked for
     * @return a new parser
     */
    public AnswerParser parser(List<ToolDefinition> tools) {
        return new AnswerParser(this.thinking, Optional.of(this.calls.syntax()).filter((syntax) -> !tools.isEmpty()),
                this.calls.layout().isNumbered(), new ToolSchemas(tools));
    }

}
