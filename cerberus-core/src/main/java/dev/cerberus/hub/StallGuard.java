package dev.cerberus.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Closes a stream through which nothing has come for a while, so that whoever reads it
 * does not wait for ever.
 */
final class StallGuard implements AutoCloseable {

    private static final int CHECKS = 4;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
        Thread thread = new Thread(task, "cerberus-hub-guard");
        thread.setDaemon(true);
        return thread;
    });

    private final ScheduledFuture<?> check;

    private volatile long last = System.nanoTime();

    StallGuard(InputStream stream, Duration patience) {
        long nanos = patience.toNanos();
        this.check = this.executor.scheduleWithFixedDelay(() -> {
            if (System.nanoTime() - this.last > nanos) {
                closeQuietly(stream);
            }
        }, nanos / CHECKS, nanos / CHECKS, TimeUnit.NANOSECONDS);
    }

    private static void closeQuietly(InputStream stream) {
        try {
            stream.close();
        }
        catch (IOException ex) {
            // the reader gets the failure
        }
    }

    /** Notes that something came. */
    void moved() {
        this.last = System.nanoTime();
    }

    @Override
    public void close() {
        this.check.cancel(false);
        this.executor.shutdown();
    }

}
