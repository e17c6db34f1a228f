package dev.cerberus.langchain4j;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TokenProbability;
import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.ChatMessage;

/**
 * The one sequence of events that an answer is made of, whoever listens: its pieces of
 * text put together are the text of the message, however the answer was cut into pieces.
 * Not thread-safe.
 */
/*
 * Models put blanks around their calls. Where there may be calls, blanks are held back
 * until it is known what follows: before more text they are part of it, before or after a
 * call they are dropped, and an answer of nothing but blanks is that.
 */
final class AnswerEvents {

    private final AnswerSyntax syntax;

    private final PreparedRequest request;

    private final boolean tools;

    private final Blanks blanks;

    private @Nullable AnswerParser parser; // once there is something to take apart

    /**
     * Creates the events of one answer.
     * @param syntax how the model marks thoughts and calls
     * @param request what is answered; without tools no calls are looked for
     * @param parts receives the events
     */
    AnswerEvents(AnswerSyntax syntax, PreparedRequest request, AnswerParser.Parts parts) {
        this.syntax = syntax;
        this.request = request;
        this.tools = !request.tools().isEmpty();
        this.blanks = new Blanks(parts);
    }

    /**
     * Takes the next piece of what the model wrote.
     * @param piece the piece
     */
    void accept(String piece) {
        parser().accept(piece, this.blanks);
    }

    /** Takes the end of the answer. */
    void finish() {
        parser().finish(this.blanks);
        this.blanks.finish();
    }

    /**
     * Returns how many tokens of the answer belong to its thoughts.
     * @param tokens all of them; none where they are not told
     */
    int thoughtTokens(List<TokenProbability> tokens) {
        return tokens.isEmpty() ? 0 : ThoughtTokens.count(tokens, after());
    }

    private AnswerSyntax after() {
        return (this.request.request().prompt() instanceof Prompt.Chat chat)
                ? this.syntax.after(chat.messages(), chat.tools()) : this.syntax;
    }

    private AnswerParser parser() {
        AnswerParser known = this.parser;
        if (known == null) {
            known = after().parser(this.request.tools());
            this.parser = known;
        }
        return known;
    }

    /** Holds blanks back that may stand around a call. */
    private final class Blanks implements AnswerParser.Parts {

        private final AnswerParser.Parts parts;

        private final StringBuilder held = new StringBuilder();

        private boolean calls;

        Blanks(AnswerParser.Parts parts) {
            this.parts = parts;
        }

        @Override
        public void onText(String text) {
            if (!AnswerEvents.this.tools) {
                this.parts.onText(text);
                return;
            }
            int end = text.stripTrailing().length();
            if (end > 0) {
                String piece = this.held + text.substring(0, end);
                this.held.setLength(0);
                this.parts.onText(piece);
            }
            this.held.append(text, end, text.length());
        }

        @Override
        public void onThought(String text) {
            this.parts.onThought(text);
        }

        @Override
        public void onToolCall(ChatMessage.ToolCall call) {
            this.calls = true;
            this.held.setLength(0);
            this.parts.onToolCall(call);
        }

        void finish() {
            if (!this.calls && !this.held.isEmpty()) {
                this.parts.onText(this.held.toString());
            }
        }

    }

}
