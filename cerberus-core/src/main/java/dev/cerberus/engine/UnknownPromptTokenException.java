package dev.cerberus.engine;

/**
 * Thrown when a prompt has a token that the model does not have, by its id or as text.
 */
public final class UnknownPromptTokenException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     * @param token the id in the prompt
     * @param vocabularySize number of tokens that the model has
     */
    public UnknownPromptTokenException(int token, int vocabularySize) {
        super("the prompt has the token id " + token + ", but the model knows only " + vocabularySize
                + " tokens; leave out the text or id of that token");
    }

}
