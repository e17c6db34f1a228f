package dev.cerberus.training.evaluation;

/**
 * Answers that end in a loop, as those of small models do when they are greedy. They are
 * easy to draft, and flatter whatever drafts them.
 */
public final class Loops {

    private static final int ENDING = 48;

    private static final int LONGEST_PIECE = 16;

    private Loops() {
    }

    /**
     * Returns whether the last 48 tokens of an answer repeat a piece of at most 16.
     * @param tokens token ids
     * @param from index of the answer's first token
     * @param to index after its last one
     * @return {@code false} for an answer of less than 48 tokens
     */
    public static boolean endIn(int[] tokens, int from, int to) {
        if (to - from < ENDING) {
            return false;
        }
        for (int piece = 1; piece <= LONGEST_PIECE; piece++) {
            int at = to - ENDING + piece;
            while (at < to && tokens[at] == tokens[at - piece]) {
                at++;
            }
            if (at == to) {
                return true;
            }
        }
        return false;
    }

}
