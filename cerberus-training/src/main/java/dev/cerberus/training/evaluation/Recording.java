package dev.cerberus.training.evaluation;

import java.util.List;

/**
 * Answers decoded token by token, with what parallel heads proposed at every position.
 *
 * <p>
 * Since a draft depends on nothing but the position, it holds what any gate with any tree
 * would have seen and accepted. The arrays are not copied; treat them as read-only.
 *
 * @param model the model's name
 * @param device where it ran
 * @param precision its number format
 * @param headsKind family of the heads
 * @param heads number of heads
 * @param ranks candidates noted per head
 * @param temperature 0 for greedy answers
 * @param coupledDrafting whether candidates were ranked with the noise of the target's
 * choice
 * @param stepSeconds what a forward with 0, 1, 2, … draft nodes costs on that machine
 * @param headsSeconds what running the heads costs there
 * @param answers the answers
 */
public record Recording(String model, String device, String precision, String headsKind, int heads, int ranks,
        double temperature, boolean coupledDrafting, double[] stepSeconds, double headsSeconds,
        List<RecordedAnswer> answers) {

    /**
     * Checks that there are answers and copies the list.
     */
    public Recording {
        answers = List.copyOf(answers);
        if (answers.isEmpty() || stepSeconds.length == 0) {
            throw new IllegalArgumentException("a recording needs at least one answer and the cost of a plain step");
        }
    }

    /**
     * Returns the largest tree whose cost is known.
     * @return draft nodes
     */
    public int maxNodes() {
        return this.stepSeconds.length - 1;
    }

}
