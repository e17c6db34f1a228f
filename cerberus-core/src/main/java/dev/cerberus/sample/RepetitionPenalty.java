package dev.cerberus.sample;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Makes tokens that a text holds already less likely to come again.
 *
 * <p>
 * Not thread-safe; one instance per text.
 */
/*
 * The penalty of CTRL [1], as transformers applies it [2]: the logit of every token of
 * the text so far, prompt and answer, is divided by the penalty where it is positive and
 * multiplied by it where it is negative, once however often the token stands there, and
 * before temperature, top-k and top-p. There is no window: what a token is penalised for
 * does not depend on how long ago it was (llama.cpp looks at the last 64 by default).
 * Below a node of a draft tree the text goes on with the tokens on the path to it, so
 * that a node is judged by the same logits as if its path had been decoded token by
 * token.
 *
 * [1] Keskar et al., CTRL, 2019, https://arxiv.org/abs/1909.05858, section 4.1
 *
 * [2] RepetitionPenaltyLogitsProcessor, https://huggingface.co/docs/transformers
 */
public final class RepetitionPenalty {

    private final float penalty;

    private final BitSet present = new BitSet();

    private int[] tokens = new int[64]; // different ones, in the order of their coming

    private int count;

    /**
     * Creates the penalty of an empty text.
     * @param penalty more than 0; 1 changes nothing
     */
    public RepetitionPenalty(double penalty) {
        this.penalty = (float) penalty;
    }

    /**
     * Follows the text by one token.
     * @param token its id, 0 or more
     */
    public void add(int token) {
        if (this.present.get(token)) {
            return;
        }
        this.present.set(token);
        if (this.count == this.tokens.length) {
            this.tokens = Arrays.copyOf(this.tokens, 2 * this.count);
        }
        this.tokens[this.count++] = token;
    }

    /**
     * Changes the logits of the token after a path.
     * @param logits logits of one position, [vocab]
     * @param path tokens after the text, not added to it
     */
    public void apply(float[] logits, int[] path) {
        for (int i = 0; i < this.count; i++) {
            penalise(logits, this.tokens[i]);
        }
        for (int i = 0; i < path.length; i++) {
            if (!this.present.get(path[i]) && first(path, path[i]) == i) {
                penalise(logits, path[i]);
            }
        }
    }

    private static int first(int[] path, int token) {
        int index = 0;
        while (path[index] != token) {
            index++;
        }
        return index;
    }

    private void penalise(float[] logits, int token) {
        float logit = logits[token];
        if (logit > 0) { // a tiny penalty would make it infinite
            logits[token] = Math.min(logit / this.penalty, Float.MAX_VALUE);
        }
        else {
            logits[token] = logit * this.penalty;
        }
    }

}
