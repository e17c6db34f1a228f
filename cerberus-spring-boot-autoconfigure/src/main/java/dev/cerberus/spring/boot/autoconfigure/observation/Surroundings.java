package dev.cerberus.spring.boot.autoconfigure.observation;

import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an application has put around requests, such as handlers of observations. What
 * they throw is said in the log, and the request goes on: whoever waits for the end of an
 * answer would otherwise wait for ever.
 */
final class Surroundings {

    private static final Logger LOGGER = LoggerFactory.getLogger(Surroundings.class);

    private Surroundings() {
    }

    /**
     * Makes a call within a scope, or without one that can not be opened.
     * @param opening opens the scope and returns what closes it
     * @param call the call, which may throw
     */
    static void within(Supplier<Runnable> opening, Runnable call) {
        getWithin(opening, () -> {
            call.run();
            return true;
        });
    }

    /**
     * Makes a call within a scope, or without one that can not be opened.
     * @param opening opens the scope and returns what closes it
     * @param call the call, which may throw
     * @return what the call returns
     */
    static <T> T getWithin(Supplier<Runnable> opening, Supplier<T> call) {
        Runnable closing = orElse(opening, () -> {
        });
        try {
            return call.get();
        }
        finally {
            tell(closing);
        }
    }

    /** Tells them something. */
    static void tell(Runnable call) {
        orElse(() -> {
            call.run();
            return true;
        }, false);
    }

    /** Returns what they make, or else something other. */
    static <T> T orElse(Supplier<T> maker, T other) {
        try {
            return maker.get();
        }
        catch (RuntimeException ex) {
            LOGGER.warn("An observation of a request failed; the request goes on", ex);
            return other;
        }
    }

}
