package dev.cerberus.model;

import java.util.OptionalInt;

/**
 * What the target model says about the token after each node of a forward.
 *
 * <p>
 * The scores live on the device and are reduced there; only what is asked for crosses to
 * Java. Valid until closed; the caller of the forward closes them, and sequences of one
 * forward each close their own. Confined to the engine thread.
 */
public interface NodeScores extends AutoCloseable {

    /**
     * Returns the number of nodes scored.
     * @return 0 for a piece of a prompt that is not its end
     */
    int nodeCount();

    /**
     * Returns the most probable token after a node, the smallest id among equals; one
     * whose score is not a number counts as the most probable.
     * @param node the node
     * @return token id
     */
    int argmax(int node);

    /**
     * Returns whether the scores after a node can be trusted: whether the largest is a
     * finite number, and none is not a number.
     * @param node the node
     * @return {@code false} for a model that has lost its numbers
     */
    default boolean areFinite(int node) {
        // Whatever is not a number counts as the largest.
        return Float.isFinite(logits(node)[argmax(node)]);
    }

    /**
     * Returns the token after a node that the span's {@linkplain Span#sampling sampling}
     * chooses, if it was chosen where the scores are and is beyond doubt:
     * {@link dev.cerberus.sample.TokenSampler} would choose the same by the
     * {@linkplain #logits logits}.
     * @param node the node
     * @return token id; empty where it has to be chosen by the logits, always if they can
     * not be {@linkplain #areFinite trusted}
     */
    default OptionalInt chosen(int node) {
        return OptionalInt.empty();
    }

    /**
     * Returns the logits after a node.
     * @param node the node
     * @return a new array, [vocab]
     */
    float[] logits(int node);

    /**
     * Returns the final hidden state of a node, after the last norm.
     * @param node the node
     * @return a new array, [hidden]
     */
    float[] hidden(int node);

    @Override
    void close();

}
