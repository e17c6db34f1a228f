package dev.cerberus.sample;

import java.util.HashMap;
import java.util.Map;

/**
 * Makes tokens that an answer holds already less likely to come again, or more.
 *
 * <p>
 * Not thread-safe; one instance per answer.
 */
/*
 * The penalties of OpenAI's API: c times the frequency penalty is taken from the logit of
 * a token that stands c times in the answer so far, and once the presence penalty if c is
 * not 0. The prompt does not count, as in vLLM. Below a node of a draft tree the answer
 * goes on with the tokens on the path to it.
 */
public final class AnswerPenalty {

    private final double frequency;

    private final double presence;

    private final Map<Integer, Integer> counts = new HashMap<>();

    /**
     * Creates the penalty of an empty answer.
     * @param frequency taken for each time that a token stands there
     * @param presence taken once
     */
    public AnswerPenalty(double frequency, double presence) {
        this.frequency = frequency;
        this.presence = presence;
    }

    /**
     * Follows the answer by one token.
     * @param token its id, 0 or more
     */
    public void add(int token) {
        this.counts.merge(token, 1, Integer::sum);
    }

    /**
     * Changes the logits of the token after a path.
     * @param logits logits of one position, [vocab]
     * @param path tokens after the answer, not added to it
     */
    public void apply(float[] logits, int[] path) {
        for (Map.Entry<Integer, Integer> each : this.counts.entrySet()) {
            int token = each.getKey();
            if (token < logits.length) {
                penalise(logits, token, each.getValue() + count(path, token));
            }
        }
        for (int i = 0; i < path.length; i++) {
            if (!this.counts.containsKey(path[i]) && first(path, path[i]) == i) {
                penalise(logits, path[i], count(path, path[i]));
            }
        }
    }

    private static int count(int[] path, int token) {
        int count = 0;
        for (int each : path) {
            count += (each == token) ? 1 : 0;
        }
        return count;
    }

    private static int first(int[] path, int token) {
        int index = 0;
        while (path[index] != token) {
            index++;
        }
        return index;
    }

    /** One sum a token, so that it does not matter where the text was cut. */
    private void penalise(float[] logits, int token, int count) {
        logits[token] = (float) (logits[token] - (count * this.frequency + this.presence));
    }

}
