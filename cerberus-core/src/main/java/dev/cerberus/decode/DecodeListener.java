package dev.cerberus.decode;

import java.util.Optional;

import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.DraftTree;

/**
 * An observer of decoding, called on the engine thread; it must return quickly.
 */
public interface DecodeListener {

    /**
     * A listener that ignores everything.
     */
    DecodeListener NONE = new DecodeListener() {
    };

    /**
     * The prompt is in the cache.
     * @param promptTokens number of tokens
     * @param seconds time taken
     */
    default void onPrefill(int promptTokens, double seconds) {
    }

    /**
     * A step begins: its root token is chosen, its gate has not decided yet.
     * @param scores the forward that chose the root token; valid during the call
     * @param node the node of that forward whose next token is the root token
     * @param draft what the heads propose, if they ran
     */
    default void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
    }

    /**
     * A token is chosen: one of the answer, or what ends it. Tokens come in the order of
     * the text.
     * @param scores the forward that it was chosen from; valid during the call
     * @param node the node of that forward whose next token it is
     * @param token token id
     */
    default void onToken(NodeScores scores, int node, int token) {
    }

    /**
     * A step is finished.
     * @param step what happened
     */
    default void onStep(DecodeStep step) {
    }

}
