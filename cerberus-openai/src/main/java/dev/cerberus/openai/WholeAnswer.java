package dev.cerberus.openai;

import java.util.ArrayList;
import java.util.List;

import dev.langchain4j.model.chat.response.CompleteToolCall;

/**
 * The parts of an answer that is wanted as a whole. Not thread-safe.
 */
final class WholeAnswer {

    private final StringBuilder thoughts = new StringBuilder();

    private final StringBuilder text = new StringBuilder();

    private final List<CompleteToolCall> calls = new ArrayList<>();

    void thought(String piece) {
        this.thoughts.append(piece);
    }

    void text(String piece) {
        this.text.append(piece);
    }

    void call(CompleteToolCall call) {
        this.calls.add(call);
    }

    String thoughts() {
        return this.thoughts.toString();
    }

    String text() {
        return this.text.toString();
    }

    List<CompleteToolCall> calls() {
        return this.calls;
    }

}
