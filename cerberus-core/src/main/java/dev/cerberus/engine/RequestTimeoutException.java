package dev.cerberus.engine;

import java.time.Duration;

/**
 * Thrown when a request took longer than allowed.
 */
public final class RequestTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     * @param limit how long the request was allowed to take
     * @param outputTokens how many tokens it had written, 0 or more
     */
    public RequestTimeoutException(Duration limit, int outputTokens) {
        super("The request took longer than " + limit.toMillis() + " ms and was stopped after " + outputTokens
                + " output tokens; ask for fewer tokens, or raise cerberus.engine.request-timeout");
    }

    RequestTimeoutException(Duration limit) {
        super("The request did not end within " + limit.toMillis() + " ms: its listener does not return, or the engine "
                + "is stuck; it was cancelled");
    }

}
