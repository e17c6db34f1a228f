package dev.cerberus.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which a request's listener is called, in the order of the calls.
 *
 * <p>
 * It lives as long as the request does; a slow listener delays neither the engine nor
 * other requests, and neither an exception nor an interrupt keeps the last call from
 * being made. Thread-safe.
 */
final class CallbackThread {

    private static final Logger LOGGER = LoggerFactory.getLogger(CallbackThread.class);

    private final Deque<Runnable> calls = new ArrayDeque<>(); // guarded by this

    private final Runnable last;

    private boolean ended; // guarded by this

    private boolean failed; // confined to the lent thread

    /**
     * Starts to take calls.
     * @param executor lends the thread until {@link #end}
     * @param last the last call to make
     */
    CallbackThread(Executor executor, Runnable last) {
        this.last = last;
        executor.execute(this::drain);
    }

    /** Makes a call, unless the last one was asked for already. */
    synchronized void call(Runnable call) {
        if (!this.ended) {
            this.calls.add(call);
            notifyAll();
        }
    }

    /**
     * Makes the last call after all others and gives the thread back. Needs no memory, so
     * that it works where the heap is full.
     */
    synchronized void end() {
        this.ended = true;
        notifyAll();
    }

    private void drain() {
        Runnable call = next();
        while (call != null) {
            run(call);
            call = next();
        }
        run(this.last);
    }

    /**
     * Returns the next call, {@code null} if the last one is due. Whoever interrupts a
     * listener, itself included, wants that call to end and not the ones after it.
     */
    private synchronized @Nullable Runnable next() {
        while (this.calls.isEmpty() && !this.ended) {
            try {
                wait();
            }
            catch (InterruptedException ex) {
                LOGGER.debug("A listener has left its thread interrupted");
            }
        }
        return this.calls.poll();
    }

    private void run(Runnable call) {
        try {
            call.run();
        }
        catch (Throwable ex) { // also an Error: the calls after this one are still due
            report(ex);
        }
        finally {
            Thread.interrupted(); // a flag that a listener set is not for the next call
        }
    }

    /** A listener that fails at one piece usually fails at all of them. */
    private void report(Throwable failure) {
        if (this.failed) {
            return;
        }
        this.failed = true;
        try {
            LOGGER.warn("A listener of a Cerberus request failed; later failures of it are not logged", failure);
        }
        catch (Throwable ex) { // no memory for the log: the calls are more important
            this.failed = false;
        }
    }

}
