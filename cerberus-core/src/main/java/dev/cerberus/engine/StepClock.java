package dev.cerberus.engine;

/**
 * Says how long the engine thread has been in its present step. The engine thread sets
 * it, any thread may look.
 */
final class StepClock {

    private volatile boolean running;

    private volatile long startNanos;

    /** A step begins. */
    void start() {
        this.startNanos = System.nanoTime();
        this.running = true; // after the time, so that nobody sees an older one
    }

    /** The thread is between steps, or waits for requests. */
    void stop() {
        this.running = false;
    }

    /**
     * Returns the age of the present step.
     * @return nanoseconds, 0 between steps
     */
    long nanosInStep() {
        return this.running ? System.nanoTime() - this.startNanos : 0;
    }

}
