package dev.cerberus.engine;

import dev.cerberus.decode.DecodeStep;

/**
 * An observer of everything that an engine does, called in order on one thread that
 * serves no requests.
 *
 * <p>
 * A request's events are delivered before who asked is told of its answer, as long as the
 * listeners keep up. One that is slow or blocks delays neither requests nor the engine's
 * closing: when ten thousand events wait for it, further ones are dropped, and the log
 * says how many. What has to be seen in the middle of a step is for a
 * {@link dev.cerberus.decode.DecodeListener}, see {@link CerberusEngine#observeSteps}.
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
     * A decode step is finished.
     * @param step what happened
     */
    default void onStep(DecodeStep step) {
    }

    /**
     * A forward of the target model is over.
     * @param rows rows of all sequences: pieces of prompts, last tokens and draft nodes
     * @param sequences sequences that took part
     * @param seconds time taken
     */
    default void onForward(int rows, int sequences, double seconds) {
    }

    /**
     * A request begins to read its prompt, or its text again.
     * @param knownTokens tokens at its start whose keys and values were still there
     * @param readTokens tokens that have to be read
     */
    default void onPrefix(int knownTokens, int readTokens) {
    }

    /**
     * A request is finished or cancelled.
     * @param operation what was asked for
     * @param result the outcome
     */
    default void onFinished(Operation operation, GenerationResult result) {
    }

    /**
     * A request failed.
     * @param operation what was asked for
     * @param error what went wrong
     * @param seconds time since it was submitted
     */
    default void onFailed(Operation operation, RuntimeException error, double seconds) {
    }

    /**
     * A request was refused before it was queued. Who asked may know it first.
     * @param operation what was asked for
     * @param error why
     * @param seconds time since it was submitted
     */
    default void onRefused(Operation operation, RuntimeException error, double seconds) {
    }

}
