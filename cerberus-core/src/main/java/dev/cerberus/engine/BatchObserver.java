package dev.cerberus.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.decode.BatchListener;

/**
 * Tells the engine's listeners of its forwards, and the log of those that failed.
 */
final class BatchObserver implements BatchListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(BatchObserver.class);

    private final EventThread events;

    private boolean scarce;

    BatchObserver(EventThread events) {
        this.events = events;
    }

    @Override
    public void onForward(int rows, int sequences, double seconds) {
        this.events.publish((listener) -> listener.onForward(rows, sequences, seconds));
    }

    @Override
    public void onPrefix(int knownTokens, int readTokens) {
        this.events.publish((listener) -> listener.onPrefix(knownTokens, readTokens));
    }

    @Override
    public void onRetry(int sequences, Throwable failure) {
        LOGGER.warn("A forward or a draft of {} requests failed; each is tried by itself", sequences, failure);
    }

    @Override
    public void onNotKept(Throwable failure) {
        LOGGER.warn("What a request has read could not be kept; others that begin alike read it again", failure);
    }

    @Override
    public void onNotRemembered(Throwable failure) {
        LOGGER.warn("An answer could not be remembered; drafts of others do without it", failure);
    }

    @Override
    public void onScarcity(Throwable failure) {
        if (this.scarce) {
            LOGGER.debug("A request goes on with fewer rows of the KV cache", failure);
            return;
        }
        this.scarce = true; // it may come with every step
        LOGGER.warn("A request goes on with fewer rows of the KV cache than it would take, since there is no memory "
                + "for more; further ones are logged at the level debug", failure);
    }

}
