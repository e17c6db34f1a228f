package dev.cerberus.engine;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which the listeners of requests are called. Thread-safe.
 */
final class CallbackPool implements Executor {

    private static final Logger LOGGER = LoggerFactory.getLogger(CallbackPool.class);

    private static final long KEEP_ALIVE_SECONDS = 60;

    private static final long POLL_MILLIS = 5;

    private final OwnThreads threads;

    private final ThreadPoolExecutor pool;

    private volatile boolean hurried;

    CallbackPool(OwnThreads threads) {
        this.threads = threads;
        this.pool = new ThreadPoolExecutor(0, Integer.MAX_VALUE, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
                new SynchronousQueue<>(), (task) -> threads.create(task, "cerberus-callback"));
    }

    @Override
    public void execute(Runnable task) {
        this.pool.execute(task);
    }

    /**
     * Returns whether listeners have been interrupted because they kept the engine from
     * closing; only the ends of requests are of interest then.
     */
    boolean isHurried() {
        return this.hurried;
    }

    /**
     * Waits for the listeners that are being called, interrupts those that do not return,
     * and leaves none behind that heeds it.
     * @param patience the longest wait before and after the interrupt
     */
    void close(Duration patience) {
        this.pool.shutdown();
        if (awaitOthers(patience)) {
            return;
        }
        this.hurried = true;
        this.pool.shutdownNow();
        if (this.threads.areCalling()) {
            Thread.interrupted(); // it was meant for the others
        }
        if (!awaitOthers(patience)) {
            LOGGER.warn("Listeners of {} Cerberus requests do not return even when interrupted; their threads end "
                    + "when the listeners do", this.pool.getActiveCount());
        }
    }

    /** Waits until at most the calling thread is left. */
    private boolean awaitOthers(Duration patience) {
        int own = this.threads.areCalling() ? 1 : 0;
        long start = System.nanoTime();
        boolean interrupted = false;
        boolean left = this.pool.getActiveCount() > own;
        while (left && System.nanoTime() - start < patience.toNanos()) {
            try {
                Thread.sleep(POLL_MILLIS);
            }
            catch (InterruptedException ex) {
                interrupted = true;
            }
            left = this.pool.getActiveCount() > own;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !left;
    }

}
