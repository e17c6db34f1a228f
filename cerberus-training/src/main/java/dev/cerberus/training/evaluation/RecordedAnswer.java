package dev.cerberus.training.evaluation;

import java.util.List;

/**
 * An answer decoded token by token, with what the heads proposed at each of its
 * positions.
 *
 * <p>
 * The array is not copied; treat it as read-only.
 *
 * @param prompt name of the prompt
 * @param turn its turn, 0-based
 * @param category what kind of task it is
 * @param tokens output token ids, the end-of-sequence token included if that ended it
 * @param budget the most tokens that the answer could have had
 * @param ended whether the last token ended the answer and is not part of it
 * @param positions one per step: position i was noted when token i was the root token
 */
public record RecordedAnswer(String prompt, int turn, String category, int[] tokens, int budget, boolean ended,
        List<RecordedPosition> positions) {

    /**
     * Checks the sizes and copies the list.
     */
    public RecordedAnswer {
        positions = List.copyOf(positions);
        if (positions.size() > tokens.length) {
            throw new IllegalArgumentException("an answer can not have more positions than tokens, was "
                    + positions.size() + " and " + tokens.length);
        }
    }

    RecordedAnswer named(String promptName, int turnIndex, String categoryName) {
        return new RecordedAnswer(promptName, turnIndex, categoryName, this.tokens, this.budget, this.ended,
                this.positions);
    }

    /** Returns the number of tokens that are part of the answer. */
    int outputTokens() {
        return this.tokens.length - (this.ended ? 1 : 0);
    }

}
