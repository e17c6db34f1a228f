package dev.cerberus.model;

/**
 * What the target model says about the token after each node of a forward.
 *
 * <p>
 * The scores live on the device and are reduced there; only what is asked for crosses to
 * Java. Valid until closed; the caller of the forward closes them. Confined to the engine
 * thread.
 */
public interface NodeScores extends AutoCloseable {

    /**
     * Returns the number of nodes scored.
     * @return at least 1
     */
    int nodeCount();

    /**
     * Returns the most probable token after a node, the smallest id among equals.
     * @param node the node
     * @return token id
     */
    int argmax(int node);

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
