package dev.cerberus.engine;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which a request's listener is called, in the order of the calls.
 *
 * <p>
 * It lives as long as the request does; a slow listener delays neither the engine nor
 * other requests. Thread-safe.
 */
final class CallbackThread {

    private static final Logger LOGGER = LoggerFactory.getLogger(CallbackThread.class);

    private final BlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();

    private boolean ended; // confined to the lent thread

    /**
     * Starts to take calls.
     * @param executor lends the thread until {@link #end}
     */
    CallbackThread(Executor executor) {
        executor.execute(this::drain);
    }

    void call(Runnable call) {
        this.calls.add(call);
    }

    /** Makes a last call and gives the thread back after it. */
    void end(Runnable last) {
        this.calls.add(() -> {
            this.ended = true; // set by the call itself: everything before it has been
                               // made
            last.run();
        });
    }

    private void drain() {
        try {
            while (!this.ended) {
                run(this.calls.take());
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Runnable call) {
        try {
            call.run();
        }
        catch (RuntimeException | Error ex) {
            LOGGER.warn("A listener of a Cerberus request failed", ex);
        }
    }

}
