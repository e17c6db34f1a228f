package dev.cerberus.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.decode.DecodeBatch;
import dev.cerberus.decode.DecodeSession;

/**
 * What the engine thread does: it takes one step after another for all active requests
 * together; they come and go between two steps.
 *
 * <p>
 * Whatever is thrown while it works for one request ends that request only, and what is
 * thrown by a step as a whole those that took part. Whatever is thrown elsewhere is the
 * engine's end: it is written down where the {@link Watchdog} and those who submit
 * requests find it, and the thread lets go of all that it holds.
 */
final class ServingLoop implements Runnable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServingLoop.class);

    private final RequestQueue queue;

    private final Outcomes outcomes;

    private final Duration requestTimeout;

    private final Function<ActiveRequest, DecodeSession> sessions;

    private final DecodeBatch batch;

    private final StepClock clock;

    private final Runnable whenEnded;

    private final List<ActiveRequest> serving = new ArrayList<>();

    private volatile long cachedTokens;

    private volatile long heldRows;

    /**
     * Creates a loop.
     * @param queue where the requests come from
     * @param outcomes where they go
     * @param requestTimeout the longest a request may take
     * @param sessions makes the session of a request
     * @param batch takes the steps of all sessions
     * @param clock told of every step
     * @param whenEnded run last, whatever happens
     */
    ServingLoop(RequestQueue queue, Outcomes outcomes, Duration requestTimeout,
            Function<ActiveRequest, DecodeSession> sessions, DecodeBatch batch, StepClock clock, Runnable whenEnded) {
        this.queue = queue;
        this.outcomes = outcomes;
        this.requestTimeout = requestTimeout;
        this.sessions = sessions;
        this.batch = batch;
        this.clock = clock;
        this.whenEnded = whenEnded;
    }

    /** Returns the tokens in the KV caches of all active requests; any thread may ask. */
    long cachedTokens() {
        return this.cachedTokens;
    }

    /** Returns the rows of the KV caches of all active requests; any thread may ask. */
    long heldRows() {
        return this.heldRows;
    }

    @Override
    public void run() {
        try {
            serve();
        }
        catch (Throwable ex) {
            this.queue.fail(ex);
            LOGGER.error("The Cerberus engine has failed: all requests end with an error, and no more are taken", ex);
        }
        finally {
            letGo();
        }
    }

    private void serve() {
        while (this.queue.admit(this.serving)) {
            this.clock.start();
            keep(this::isReady);
            step();
            keep(this::goesOn);
            count();
            this.clock.stop();
        }
    }

    /** Gives up those that do not go on. */
    private void keep(Predicate<ActiveRequest> goesOn) {
        int i = 0;
        while (i < this.serving.size()) {
            if (goesOn.test(this.serving.get(i))) {
                i++;
            }
            else {
                giveUp(this.serving.get(i));
                this.serving.remove(i);
            }
        }
    }

    private void count() {
        long tokens = 0;
        long rows = 0;
        for (ActiveRequest request : this.serving) {
            tokens += request.cachedTokens();
            rows += request.heldRows();
        }
        this.cachedTokens = tokens;
        this.heldRows = rows;
    }

    /**
     * Starts a request, unless its time is over.
     * @return whether it can take a step
     */
    private boolean isReady(ActiveRequest request) {
        GenerationResult result;
        try {
            if (request.isEnded()) { // it took too long, say
                keepRead(request);
                return false;
            }
            boolean late = request.nanosLeft(this.requestTimeout) < 0;
            if (!late && !request.isCancelled()) {
                start(request);
                return true;
            }
            keepRead(request);
            if (late) {
                throw new RequestTimeoutException(this.requestTimeout, request.outputTokens());
            }
            result = request.cancelled();
        }
        catch (Throwable ex) { // also an Error: it is this request's, the others go on
            this.outcomes.fail(request, failure(ex));
            return false;
        }
        this.outcomes.complete(request, result);
        return false;
    }

    private void keepRead(ActiveRequest request) {
        if (request.isStarted() && !request.isSpoiled()) {
            this.batch.keep(request.session());
        }
    }

    private void start(ActiveRequest request) {
        if (!request.isStarted()) {
            request.start(this.sessions.apply(request));
        }
    }

    /** Takes one step for all together. */
    private void step() {
        if (this.serving.isEmpty()) {
            return;
        }
        try {
            List<DecodeSession> decoding = this.serving.stream().map(ActiveRequest::session).toList();
            Map<DecodeSession, Throwable> failures = this.batch.step(decoding);
            for (int i = 0; i < decoding.size(); i++) {
                Throwable failure = failures.get(decoding.get(i));
                if (failure != null) {
                    this.serving.get(i).spoil();
                    this.outcomes.fail(this.serving.get(i), failure(failure));
                }
            }
        }
        catch (Throwable ex) { // also an Error: those who waited for this step are told
            for (ActiveRequest request : this.serving) {
                request.spoil();
                this.outcomes.fail(request, failure(ex));
            }
        }
    }

    /** Completes a request that is finished. */
    private boolean goesOn(ActiveRequest request) {
        GenerationResult result;
        try {
            if (request.isEnded()) {
                keepRead(request);
                return false;
            }
            if (!request.session().isFinished()) {
                return true;
            }
            result = request.finish();
        }
        catch (Throwable ex) { // also an Error: it is this request's, the others go on
            this.outcomes.fail(request, failure(ex));
            return false;
        }
        this.outcomes.complete(request, result);
        return false;
    }

    private static RuntimeException failure(Throwable cause) {
        if (cause instanceof RuntimeException exception) {
            return exception;
        }
        if (cause instanceof OutOfMemoryError || cause instanceof StackOverflowError) {
            return new IllegalStateException("The request ran out of memory: " + cause.getMessage(), cause);
        }
        return new IllegalStateException("The request failed: " + cause, cause);
    }

    private void giveUp(ActiveRequest request) {
        try {
            request.release();
        }
        catch (RuntimeException ex) {
            LOGGER.warn("The cache of request {} could not be released", request.id(), ex);
        }
        count(); // whoever sees the place free sees the cache free
        this.queue.retire(request);
    }

    /**
     * Releases what is left; nothing that fails here keeps the rest from being released.
     */
    private void letGo() {
        for (ActiveRequest request : this.serving) {
            try {
                giveUp(request);
            }
            catch (Throwable ex) {
                this.queue.fail(ex);
            }
        }
        try {
            this.batch.close();
        }
        catch (RuntimeException ex) {
            LOGGER.warn("The kept prefixes could not be released", ex);
        }
        this.cachedTokens = 0;
        this.heldRows = 0;
        this.whenEnded.run();
    }

}
