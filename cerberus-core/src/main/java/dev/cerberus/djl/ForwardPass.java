package dev.cerberus.djl;

import java.util.List;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;

import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;

/**
 * How a model runs what several sequences want next, with the kind of caches that this
 * takes. Confined to the thread of the model.
 */
interface ForwardPass extends AutoCloseable {

    /**
     * Returns an empty cache.
     * @param capacity its rows, 1 or more
     * @throws EngineException if there is no memory for it
     * @throws ModelException if there is none for a pool
     */
    TokenCache newCache(int capacity);

    /**
     * Tells how many rows all caches together are going to have.
     * @param rows 1 or more
     */
    default void expectRows(long rows) {
    }

    /**
     * Runs spans whose caches have room for them.
     * @param spans one span per sequence
     * @param scope takes what is left behind; closed with the last of the scores
     * @return scores of each span, in the same order
     * @throws EngineException if an operator fails; the caller closes the scope then
     */
    List<NodeScores> run(List<Span> spans, NDManager scope);

    @Override
    void close();

}
