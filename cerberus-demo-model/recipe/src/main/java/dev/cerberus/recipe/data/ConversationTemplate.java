package dev.cerberus.recipe.data;

/**
 * One kind of conversation: draws its fills and writes request and answer. Stateless and
 * thread-safe.
 */
@FunctionalInterface
public interface ConversationTemplate {

    /**
     * Writes a conversation whose answer follows from the request.
     * @param fills fresh variables of one half of the fill lists
     */
    Dialogue write(Fills fills);

}
