package dev.cerberus.engine;

/**
 * Thrown when a logit bias is for a token that the model does not have.
 */
public final class UnknownTokenException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final int token;

    private final int vocabularySize;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     * @param token the id asked for
     * @param vocabularySize number of tokens that the model has
     */
    public UnknownTokenException(int token, int vocabularySize) {
        super("logit-bias is for token ids below " + vocabularySize + ", which the model has, was for " + token);
        this.token = token;
        this.vocabularySize = vocabularySize;
    }

    /**
     * Returns the id asked for.
     * @return at least the size of the vocabulary
     */
    public int token() {
        return this.token;
    }

    /**
     * Returns the number of tokens that the model has.
     * @return one more than the largest id
     */
    public int vocabularySize() {
        return this.vocabularySize;
    }

}
