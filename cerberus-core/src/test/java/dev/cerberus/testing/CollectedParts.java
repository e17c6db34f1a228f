package dev.cerberus.testing;

import java.util.ArrayList;
import java.util.List;

import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.ChatMessage;

/**
 * Text and calls of an answer; thoughts are left out.
 */
public final class CollectedParts implements AnswerParser.Parts {

    private final StringBuilder text = new StringBuilder();

    private final List<ChatMessage.ToolCall> calls = new ArrayList<>();

    /**
     * Returns the text so far.
     * @return all pieces together
     */
    public String text() {
        return this.text.toString();
    }

    /**
     * Returns the calls so far.
     * @return the calls in their order
     */
    public List<ChatMessage.ToolCall> calls() {
        return List.copyOf(this.calls);
    }

    @Override
    public void onText(String piece) {
        this.text.append(piece);
    }

    @Override
    public void onThought(String piece) {
        // neither text nor call
    }

    @Override
    public void onToolCall(ChatMessage.ToolCall call) {
        this.calls.add(call);
    }

}
