package dev.cerberus.text;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A splitter of a streamed answer into thoughts, text and calls of tools. Not
 * thread-safe: one per answer.
 */
/*
 * Thoughts come first or not at all; a call within them is none. Text flows on at once,
 * except for an end that may be the beginning of a marker. What looks like a call and is
 * none stays text, markers included, so that nothing the model wrote is lost.
 */
public final class AnswerParser {

    /** What models put between calls that have no marker. */
    private static final String SEPARATORS = " \t\r\n;";

    private final ThinkingSyntax thinking;

    private final Optional<ToolCallSyntax> toolCalls;

    private final ToolSchemas tools;

    private final StringBuilder pending = new StringBuilder();

    private Phase phase = Phase.BEGIN;

    private final Set<String> ids = new HashSet<>();

    private final boolean numbered;

    private boolean textBefore;

    AnswerParser(ThinkingSyntax thinking, Optional<ToolCallSyntax> toolCalls, boolean numbered, ToolSchemas tools) {
        this.numbered = numbered;
        this.thinking = thinking;
        this.toolCalls = toolCalls;
        this.tools = tools;
    }

    /**
     * What an answer consists of, in its order.
     */
    public interface Parts {

        /**
         * Receives text.
         * @param text the next piece, never empty
         */
        void onText(String text);

        /**
         * Receives thoughts, which come before all text.
         * @param text the next piece, never empty
         */
        void onThought(String text);

        /**
         * Receives a call.
         * @param call the call, with an id of its own
         */
        void onToolCall(ChatMessage.ToolCall call);

    }

    private enum Phase {

        BEGIN, THOUGHTS, AFTER_THOUGHTS, ANSWER

    }

    /**
     * Takes the next piece of the answer.
     * @param piece the piece
     * @param parts receives what it completes
     */
    public void accept(String piece, Parts parts) {
        this.pending.append(piece);
        advance(parts, false);
    }

    /**
     * Takes the end of the answer.
     * @param parts receives what was held back
     */
    public void finish(Parts parts) {
        advance(parts, true);
    }

    private void advance(Parts parts, boolean ended) {
        if (this.phase == Phase.BEGIN) {
            begin(ended);
        }
        if (this.phase == Phase.THOUGHTS) {
            think(parts, ended);
        }
        if (this.phase == Phase.AFTER_THOUGHTS) {
            this.pending.delete(0, JsonScan.skipBlanks(this.pending, 0));
            this.phase = (this.pending.length() > 0) ? Phase.ANSWER : this.phase;
        }
        if (this.phase == Phase.ANSWER) {
            answer(parts, ended);
        }
    }

    private void begin(boolean ended) {
        int at = JsonScan.skipBlanks(this.pending, 0);
        switch (JsonScan.look(this.pending, at, this.thinking.start())) {
            case THERE -> {
                this.pending.delete(0, at + this.thinking.start().length());
                this.phase = Phase.THOUGHTS;
            }
            case PERHAPS -> this.phase = ended ? Phase.ANSWER : this.phase;
            case MISSING -> this.phase = this.thinking.open() ? Phase.THOUGHTS : Phase.ANSWER;
        }
    }

    private void think(Parts parts, boolean ended) {
        int end = this.pending.indexOf(this.thinking.end());
        int length = (end >= 0) ? end : this.pending.length() - (ended ? 0 : possible(this.thinking.end()));
        if (length > 0) {
            parts.onThought(take(length));
        }
        if (end >= 0) {
            this.pending.delete(0, this.thinking.end().length());
            this.phase = Phase.AFTER_THOUGHTS;
        }
    }

    private void answer(Parts parts, boolean ended) {
        if (this.toolCalls.isEmpty()) {
            text(this.pending.length(), parts);
            return;
        }
        boolean certain = true;
        while (certain && this.pending.length() > 0) {
            ToolCallSyntax syntax = syntax(this.toolCalls.get());
            int start = start(syntax);
            if (start > 0 && syntax.start().isEmpty()) {
                this.pending.delete(0, start); // what separates calls is no text
            }
            else if (start != 0) {
                int held = ended ? 0 : held(syntax);
                int length = (start > 0) ? start : this.pending.length() - held;
                text(length, parts);
                certain = start > 0;
            }
            else {
                certain = read(syntax, ended, parts);
            }
        }
    }

    /** An answer that begins with JSON may be a call whose marker was left out. */
    private ToolCallSyntax syntax(ToolCallSyntax usual) {
        int at = JsonScan.skipBlanks(this.pending, 0);
        boolean unmarked = !this.textBefore && JsonScan.beginsAt(this.pending, at)
                && JsonScan.look(this.pending, at, usual.start()) == JsonScan.Look.MISSING;
        return unmarked ? UnmarkedToolCalls.INSTANCE : usual;
    }

    /**
     * Reads what may be a call.
     * @return whether it was read
     */
    private boolean read(ToolCallSyntax syntax, boolean ended, Parts parts) {
        ToolCallSyntax.Reading reading = syntax.read(this.pending, ended, this.tools);
        if (reading instanceof ToolCallSyntax.Reading.Calls found) {
            this.pending.delete(0, found.length());
            found.calls().forEach((call) -> parts.onToolCall(identified(call)));
            return true;
        }
        if (reading instanceof ToolCallSyntax.Reading.Text text) {
            this.textBefore = true;
            text(text.length(), parts);
            return true;
        }
        return false;
    }

    /** Keeps the id that the model wrote, unless it has written it before. */
    private ChatMessage.ToolCall identified(ChatMessage.ToolCall call) {
        String id = call.id();
        for (int number = this.ids.size(); id.isEmpty() || !this.ids.add(id); number++) {
            id = this.numbered ? ToolCallIds.numbered(call.name(), number) : ToolCallIds.next();
        }
        return new ChatMessage.ToolCall(id, call.name(), call.argumentsJson());
    }

    /** Returns where a call may begin, or -1. */
    private int start(ToolCallSyntax syntax) {
        if (!syntax.start().isEmpty()) {
            return this.pending.indexOf(syntax.start());
        }
        if (this.textBefore) {
            return -1;
        }
        int at = 0;
        while (at < this.pending.length() && SEPARATORS.indexOf(this.pending.charAt(at)) >= 0) {
            at++;
        }
        return JsonScan.beginsAt(this.pending, at) ? at : -1;
    }

    /** Returns how many characters at the end may be the beginning of a call. */
    private int held(ToolCallSyntax syntax) {
        if (!syntax.start().isEmpty()) {
            return possible(syntax.start());
        }
        return (!this.textBefore && this.pending.chars().allMatch((sign) -> SEPARATORS.indexOf(sign) >= 0))
                ? this.pending.length() : 0;
    }

    /** Returns how many characters at the end may be the beginning of a marker. */
    private int possible(String marker) {
        for (int length = Math.min(this.pending.length(), marker.length() - 1); length > 0; length--) {
            if (marker.startsWith(this.pending.substring(this.pending.length() - length))) {
                return length;
            }
        }
        return 0;
    }

    private void text(int length, Parts parts) {
        if (length > 0) {
            String taken = take(length);
            this.textBefore |= !taken.chars().allMatch((sign) -> SEPARATORS.indexOf(sign) >= 0);
            parts.onText(taken);
        }
    }

    private String take(int length) {
        String taken = this.pending.substring(0, length);
        this.pending.delete(0, length);
        return taken;
    }

}
