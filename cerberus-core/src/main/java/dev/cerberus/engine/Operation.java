package dev.cerberus.engine;

/**
 * What kind of work a request is, as meters and observations tell it.
 */
public enum Operation {

    /** The answer to a conversation. */
    CHAT("chat"),

    /** The continuation of a text or of tokens. */
    TEXT_COMPLETION("text_completion");

    private final String id;

    Operation(String id) {
        this.id = id;
    }

    /**
     * Returns the operation that a request asks for.
     * @param request the request
     * @return by the kind of its prompt
     */
    public static Operation of(GenerationRequest request) {
        return (request.prompt() instanceof Prompt.Chat) ? CHAT : TEXT_COMPLETION;
    }

    /**
     * Returns the name in OpenTelemetry's conventions for generative AI.
     * @return the name
     */
    public String id() {
        return this.id;
    }

}
