package dev.cerberus.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that keeps promises which the engine thread may be unable to keep: a request
 * that has taken too long ends, and all end when the engine thread is dead or does not
 * come back from a step.
 *
 * <p>
 * The engine thread's last deed is to wake it, so that nobody waits for a period to pass.
 * <p>
 * It survives everything, a full heap included: it tries again until everybody has been
 * told.
 */
final class Watchdog implements Runnable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Watchdog.class);

    private static final Duration PERIOD = Duration.ofMillis(200);

    private static final long RETRY_MILLIS = 20;

    /**
     * After so many times of what a whole request may take, a step will not end, if it
     * also takes longer than any step of a busy machine. A request that is only slow has
     * ended long before, and its step is let go on.
     */
    private static final int STUCK_TIMES = 2;

    private final RequestQueue queue;

    private final Outcomes outcomes;

    private final Duration requestTimeout;

    private final Duration longestStep;

    private final Thread engineThread;

    private final StepClock clock;

    private final CompletableFuture<Throwable> failed = new CompletableFuture<>();

    private final EngineFailedException withoutMemory = new EngineFailedException();

    /** Requests that others have the right to end, and since when that is known. */
    private final Map<ActiveRequest, Long> claimed = new HashMap<>();

    private Duration pause = PERIOD;

    Watchdog(RequestQueue queue, Outcomes outcomes, Duration requestTimeout, Duration longestStep, Thread engineThread,
            StepClock clock) {
        this.queue = queue;
        this.outcomes = outcomes;
        this.requestTimeout = requestTimeout;
        this.longestStep = longestStep;
        this.engineThread = engineThread;
        this.clock = clock;
    }

    /** Returns a future that completes when the engine has failed and everybody knows. */
    CompletableFuture<Throwable> failed() {
        return this.failed;
    }

    @Override
    public void run() {
        boolean goOn = true;
        while (goOn) {
            try {
                goOn = watch();
            }
            catch (Throwable ex) { // above all a full heap: those who wait are to be told
                retryLater(ex);
            }
        }
    }

    private boolean watch() throws InterruptedException {
        List<ActiveRequest> open = this.queue.awaitOpen(this.pause, this.failed.isDone());
        boolean alive = this.engineThread.isAlive(); // before the state: closing ends it
        boolean closed = this.queue.state() == EngineState.CLOSED;
        if (!closed && this.queue.failure() == null) {
            requireLife(alive);
        }
        Throwable failure = this.queue.failure();
        boolean allTold = true;
        if (closed) {
            allTold = endAll(open, EngineClosedException::new);
        }
        else if (failure != null) {
            allTold = endAll(open, () -> failed(failure));
            if (allTold) {
                this.failed.complete(failure);
            }
        }
        else {
            endOverdue(open);
        }
        if (!allTold) {
            Thread.sleep(RETRY_MILLIS);
        }
        return !closed || !open.isEmpty();
    }

    private void requireLife(boolean alive) {
        if (!alive) {
            this.queue.fail(new IllegalStateException("the engine thread has ended"));
        }
        else if (isStuck(this.clock.nanosInStep())) {
            this.queue.fail(new IllegalStateException(
                    "the engine thread does not come back from a step, which takes longer than " + STUCK_TIMES
                            + " times what a whole request may (" + this.requestTimeout + ") already"));
        }
    }

    private boolean isStuck(long nanosInStep) {
        return nanosInStep > Durations.nanos(this.longestStep)
                && nanosInStep / STUCK_TIMES > Durations.nanos(this.requestTimeout);
    }

    /** Returns whether nobody has to be told any more. */
    private boolean endAll(List<ActiveRequest> open, Supplier<RuntimeException> error) {
        boolean all = true;
        for (ActiveRequest request : open) {
            all &= end(request, error.get());
        }
        return all;
    }

    /**
     * Ends a request of an engine that will not look at it again. Who has the right to
     * end it may be about to use it, and gets the time; a thread that has died will not.
     */
    private boolean end(ActiveRequest request, RuntimeException error) {
        this.outcomes.fail(request, error);
        if (!request.isTold()) {
            long since = this.claimed.computeIfAbsent(request, (claimed) -> System.nanoTime());
            if (System.nanoTime() - since < PERIOD.toNanos()) {
                return false;
            }
            request.fail(error);
        }
        this.claimed.remove(request);
        this.queue.remove(request);
        this.queue.retire(request);
        return true;
    }

    private RuntimeException failed(Throwable failure) {
        try {
            return new EngineFailedException(failure);
        }
        catch (OutOfMemoryError ex) {
            return this.withoutMemory;
        }
    }

    private void endOverdue(List<ActiveRequest> open) {
        long nearest = PERIOD.toNanos();
        for (ActiveRequest request : open) {
            long left = request.nanosLeft(this.requestTimeout);
            if (left < 0) {
                this.outcomes.fail(request, new RequestTimeoutException(this.requestTimeout, request.outputTokens()));
                this.queue.remove(request);
                if (request.isReleased()) { // by the engine thread, before it was told
                    this.queue.retire(request);
                }
            }
            else {
                nearest = Math.min(nearest, left + 1);
            }
        }
        this.pause = Duration.ofNanos(nearest);
    }

    private static void retryLater(Throwable failure) {
        try {
            LOGGER.warn("The requests of the Cerberus engine could not be looked after; trying again", failure);
            Thread.sleep(RETRY_MILLIS);
        }
        catch (Throwable ex) {
            Thread.onSpinWait(); // no memory for a word or a timer; the loop tries again
        }
    }

}
