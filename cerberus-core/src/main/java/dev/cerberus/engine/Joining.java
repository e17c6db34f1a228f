package dev.cerberus.engine;

import java.time.Duration;

/**
 * Waiting for threads with a bound, whatever interrupts come.
 */
final class Joining {

    private Joining() {
    }

    /**
     * Waits until a thread has ended.
     * @param thread the thread
     * @param patience the longest wait
     * @return whether it has ended; the caller's interrupt flag is as it was
     */
    static boolean await(Thread thread, Duration patience) {
        long start = System.nanoTime();
        long left = patience.toMillis();
        boolean interrupted = false;
        while (thread.isAlive() && left > 0) {
            try {
                thread.join(left);
            }
            catch (InterruptedException ex) {
                interrupted = true;
            }
            left = patience.toMillis() - (System.nanoTime() - start) / 1_000_000;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

}
