package dev.cerberus.engine;

import java.time.Duration;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.AdvisedException;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;

/**
 * Thrown when a request took longer than allowed.
 */
public final class RequestTimeoutException extends AdvisedException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     * @param limit how long the request was allowed to take
     * @param outputTokens how many tokens it had written, 0 or more
     */
    public RequestTimeoutException(Duration limit, int outputTokens) {
        super(Advice.of(
                "The request took longer than " + limit.toMillis() + " ms and was stopped after " + outputTokens
                        + " output tokens",
                Remedy.of("ask for fewer tokens"), Remedy.of("raise", Setting.REQUEST_TIMEOUT)));
    }

    RequestTimeoutException(Duration limit) {
        super(Advice.of("The request did not end within " + limit.toMillis()
                + " ms: its listener does not return, or the engine is stuck; it was cancelled"));
    }

}
