package dev.cerberus.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which an engine's listeners are called, in the order of the events.
 *
 * <p>
 * Whoever publishes never waits for a listener: when too many events are waiting, further
 * ones are dropped and one warning says so. Thread-safe.
 */
final class EventThread {

    private static final Logger LOGGER = LoggerFactory.getLogger(EventThread.class);

    private static final int CAPACITY = 10_000;

    /** The longest that the end of a request waits for the engine's listeners. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<EngineListener> listeners = new CopyOnWriteArrayList<>();

    // guarded by this
    private final Deque<Consumer<EngineListener>> events = new ArrayDeque<>();

    private final Thread thread;

    private boolean busy; // guarded by this

    private boolean late; // guarded by this

    private boolean closed; // guarded by this

    private long dropped; // guarded by this

    private long delivered; // guarded by this

    private long published; // guarded by this

    EventThread(OwnThreads threads) {
        this.thread = threads.create(this::deliver, "cerberus-events");
    }

    void start() {
        this.thread.start();
    }

    void add(EngineListener listener) {
        this.listeners.add(listener);
    }

    void publish(Consumer<EngineListener> event) {
        if (this.listeners.isEmpty()) {
            return;
        }
        boolean first = false;
        synchronized (this) {
            if (this.closed) {
                return;
            }
            if (this.events.size() < CAPACITY) {
                this.events.add(event);
                this.published++;
                notifyAll();
            }
            else {
                first = this.dropped == 0;
                this.dropped++;
            }
        }
        if (first) {
            LOGGER.warn("A listener of the Cerberus engine is too slow: {} events are waiting, further ones are "
                    + "dropped until it has caught up", CAPACITY);
        }
    }

    /**
     * Waits until what was published before has been delivered, so that who is told of an
     * answer finds it counted. Once a listener has been found to be slow, nobody waits
     * for it until it has caught up.
     */
    synchronized void settle() {
        long wanted = this.published;
        long start = System.nanoTime();
        long left = PATIENCE.toMillis();
        while (this.delivered < wanted && !this.late && !this.closed && Thread.currentThread() != this.thread) {
            if (left <= 0) {
                this.late = true;
                return;
            }
            try {
                wait(left);
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                return;
            }
            left = PATIENCE.toMillis() - (System.nanoTime() - start) / 1_000_000;
        }
    }

    private void deliver() {
        Consumer<EngineListener> event = next();
        while (event != null) {
            for (EngineListener listener : this.listeners) {
                call(listener, event);
            }
            event = next();
        }
    }

    private synchronized @Nullable Consumer<EngineListener> next() {
        if (this.busy) {
            this.busy = false;
            this.delivered++;
            notifyAll();
        }
        while (this.events.isEmpty() && !this.closed) {
            caughtUp();
            try {
                wait();
            }
            catch (InterruptedException ex) {
                LOGGER.debug("A listener has left its thread interrupted");
            }
        }
        Consumer<EngineListener> event = this.events.poll();
        this.busy = event != null;
        return event;
    }

    private void caughtUp() {
        this.late = false;
        if (this.dropped > 0) {
            LOGGER.warn("The listeners of the Cerberus engine have caught up; they have missed {} events",
                    this.dropped);
            this.dropped = 0;
        }
    }

    private static void call(EngineListener listener, Consumer<EngineListener> event) {
        try {
            event.accept(listener);
        }
        catch (Throwable ex) { // also an Error: other listeners and events are still due
            try {
                LOGGER.warn("A listener of the Cerberus engine failed", ex);
            }
            catch (Throwable again) {
                ex.addSuppressed(again); // no memory for the log
            }
        }
        finally {
            Thread.interrupted(); // a flag that a listener set is not for the next call
        }
    }

    /**
     * Delivers what is waiting and ends; a listener that does not return is interrupted.
     * @param patience the longest wait before and after the interrupt
     */
    void close(Duration patience) {
        synchronized (this) {
            this.closed = true;
            notifyAll();
        }
        if (Thread.currentThread() == this.thread || Joining.await(this.thread, patience)) {
            return;
        }
        synchronized (this) {
            this.events.clear();
        }
        this.thread.interrupt();
        if (!Joining.await(this.thread, patience)) {
            LOGGER.warn("A listener of the Cerberus engine does not return even when interrupted; its thread ends when "
                    + "it does");
        }
    }

}
