package dev.cerberus.engine;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.TokenOrigin;

/**
 * The receiver of an answer, called in order on one thread that is neither the caller's
 * nor the engine's. Exactly one of {@link #onComplete} and {@link #onError} ends it,
 * whatever the calls before have thrown and whether or not they left the thread
 * interrupted. A listener that blocks holds up its own request's calls only; when the
 * engine is closed it is interrupted.
 */
public interface GenerationListener {

    /**
     * A piece of the answer.
     * @param text never empty, never half a character
     * @param origin where the token that completed the text came from
     */
    default void onText(String text, TokenOrigin origin) {
    }

    /**
     * A decode step is finished; the pieces of the answer that it gave, as far as they
     * are not held back for the rest of a character or of a stop string, came before.
     * @param step what happened
     */
    default void onStep(DecodeStep step) {
    }

    /**
     * The answer is complete, or was cancelled.
     * @param result the outcome
     */
    void onComplete(GenerationResult result);

    /**
     * The request failed.
     * @param error what went wrong
     */
    void onError(RuntimeException error);

}
