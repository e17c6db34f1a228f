package dev.cerberus.training;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.hf.HalfFloats;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;

/**
 * What a target model writes behind one prompt, and what it was chosen from. Used by one
 * thread.
 */
final class Continuation implements DecodeListener {

    private final int[] prompt;

    private final SamplingOptions sampling;

    private final int ranks;

    private final List<Integer> tokens = new ArrayList<>();

    private final ByteArrayOutputStream hidden = new ByteArrayOutputStream();

    private final List<LikelyTokens> likely = new ArrayList<>();

    private boolean finished;

    /**
     * Creates an empty continuation.
     * @param prompt what is continued
     * @param sampling how tokens are chosen
     * @param ranks most probable tokens kept with every token, 0 for none
     */
    Continuation(int[] prompt, SamplingOptions sampling, int ranks) {
        this.prompt = prompt;
        this.sampling = sampling;
        this.ranks = ranks;
    }

    int[] prompt() {
        return this.prompt;
    }

    SamplingOptions sampling() {
        return this.sampling;
    }

    @Override
    public void onToken(NodeScores scores, int node, int token) {
        this.tokens.add(token);
        for (float value : scores.hidden(node)) {
            short narrow = HalfFloats.toBFloat16(value);
            this.hidden.write(narrow);
            this.hidden.write(narrow >>> 8);
        }
        if (this.ranks > 0) {
            this.likely.add(LikelyTokens.of(scores.logits(node), this.ranks));
        }
    }

    /** To be called when nothing follows any more. */
    void finish() {
        this.finished = true;
    }

    boolean isFinished() {
        return this.finished;
    }

    /** Returns the number of most probable tokens kept with every token, 0 for none. */
    int ranks() {
        return this.ranks;
    }

    /** Returns what was written, with the token that ends it. */
    List<Integer> tokens() {
        return this.tokens;
    }

    int length() {
        return this.tokens.size();
    }

    /** Returns the states that the tokens were chosen from, little-endian bf16. */
    byte[] hidden() {
        return this.hidden.toByteArray();
    }

    /** Returns what was likely instead of each token; empty if that was not asked for. */
    List<LikelyTokens> likely() {
        return this.likely;
    }

}
