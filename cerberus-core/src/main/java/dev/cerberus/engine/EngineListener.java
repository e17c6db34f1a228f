package dev.cerberus.engine;

import java.util.Optional;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.DraftTree;

/**
 * An observer of everything that an engine does, called on the engine thread; it must
 * return quickly.
 */
public interface EngineListener {

    /**
     * A request's prompt is in the cache.
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
     * A decode step is finished.
     * @param step what happened
     */
    default void onStep(DecodeStep step) {
    }

    /**
     * A request is finished or cancelled.
     * @param result the outcome
     */
    default void onFinished(GenerationResult result) {
    }

    /**
     * A request failed.
     * @param error what went wrong
     * @param seconds time since it was submitted
     */
    default void onFailed(RuntimeException error, double seconds) {
    }

}
