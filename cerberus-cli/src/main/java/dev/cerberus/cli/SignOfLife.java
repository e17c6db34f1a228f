package dev.cerberus.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A line on standard error if something silent takes long, such as loading a model.
 */
final class SignOfLife implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Begins to wait.
     * @param line what to say if it takes longer than half a second
     * @param err takes the line
     */
    SignOfLife(String line, PrintWriter err) {
        Thread thread = new Thread(() -> {
            if (isStillBusy()) {
                err.println(line);
                err.flush();
            }
        }, "sign-of-life");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean isStillBusy() {
        try {
            return !this.closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        this.closed.countDown();
    }

}
