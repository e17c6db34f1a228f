package dev.cerberus.text;

import java.util.List;

/**
 * How a model writes calls of tools into its answers. Immutable and thread-safe.
 */
sealed interface ToolCallSyntax permits JsonToolCalls, MarkedToolCalls, TaggedToolCalls, UnmarkedToolCalls {

    /**
     * Returns what a call begins with.
     * @return the marker; empty if a call is the whole answer and begins with its JSON
     */
    String start();

    /**
     * Returns the texts around calls, which may be special tokens.
     * @return the markers, none empty
     */
    List<String> markers();

    /**
     * Reads what begins with {@link #start()}.
     * @param text the text from there on
     * @param ended whether nothing follows
     * @param tools what may be called
     * @return what it is
     */
    Reading read(CharSequence text, boolean ended, ToolSchemas tools);

    /**
     * What stands at a place of an answer.
     */
    sealed interface Reading {

        /**
         * Calls.
         *
         * @param calls the calls, at least one, without ids
         * @param length characters that they take
         */
        record Calls(List<ChatMessage.ToolCall> calls, int length) implements Reading {
        }

        /**
         * Text that looks like a call and is none.
         *
         * @param length characters that are text for certain, at least 1
         */
        record Text(int length) implements Reading {
        }

        /** More of the text is needed to know. */
        record Uncertain() implements Reading {

            static final Uncertain INSTANCE = new Uncertain();

        }

    }

}
