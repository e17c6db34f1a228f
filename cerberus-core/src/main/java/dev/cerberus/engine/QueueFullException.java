package dev.cerberus.engine;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.AdvisedException;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;

/**
 * Thrown when a request is refused because too many are waiting.
 */
public final class QueueFullException extends AdvisedException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     * @param capacity how many requests may wait
     */
    public QueueFullException(int capacity) {
        super(Advice.of("The queue is full: " + capacity + " requests are waiting", Remedy.of("try again later"),
                Remedy.of("raise", Setting.QUEUE_CAPACITY)));
    }

}
