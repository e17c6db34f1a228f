package dev.cerberus.decode;

import java.util.Arrays;

/**
 * The tokens of one sequence: its prompt, which does not change, and the answer so far.
 * Confined to the engine thread.
 */
final class SequenceText {

    private final int[] prompt;

    private int[] answer = new int[64];

    private int answered;

    /**
     * Creates a text without an answer.
     * @param prompt token ids; treat them as read-only
     */
    SequenceText(int[] prompt) {
        this.prompt = prompt;
    }

    /** Returns the number of tokens of the prompt. */
    int promptLength() {
        return this.prompt.length;
    }

    /** Returns the number of tokens of the answer. */
    int answered() {
        return this.answered;
    }

    void append(int token) {
        if (this.answered == this.answer.length) {
            this.answer = Arrays.copyOf(this.answer, 2 * this.answered);
        }
        this.answer[this.answered++] = token;
    }

    /** Returns the answer, in a new array. */
    int[] answer() {
        return Arrays.copyOf(this.answer, this.answered);
    }

    /** Returns prompt and answer, in a new array. */
    int[] whole() {
        return upTo(this.answered);
    }

    /** Returns prompt and answer without what no row was computed for yet, to be read. */
    int[] beforeRoot() {
        return (this.answered == 0) ? this.prompt : upTo(this.answered - 1);
    }

    /** Returns how many tokens another text begins with that this one does, too. */
    int shared(int[] other) {
        int different = Arrays.mismatch(this.prompt, other);
        if (different < 0) {
            return this.prompt.length;
        }
        if (different < this.prompt.length) {
            return different;
        }
        int more = Arrays.mismatch(this.answer, 0, this.answered, other, different, other.length);
        return different + ((more < 0) ? this.answered : more);
    }

    private int[] upTo(int tokens) {
        int[] text = Arrays.copyOf(this.prompt, this.prompt.length + tokens);
        System.arraycopy(this.answer, 0, text, this.prompt.length, tokens);
        return text;
    }

}
