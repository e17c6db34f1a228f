package dev.cerberus.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The requests that wait and those being decoded, and whether there may be more of them.
 * Thread-safe.
 */
final class RequestQueue {

    private final int capacity;

    private final int maxConcurrent;

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = this.lock.newCondition();

    private final Deque<ActiveRequest> waiting = new ArrayDeque<>(); // guarded by lock

    private final List<ActiveRequest> active = new ArrayList<>(); // guarded by lock

    private boolean admitting = true; // guarded by lock

    private boolean closed; // guarded by lock

    private long changes; // guarded by lock

    private volatile @Nullable Throwable failure;

    RequestQueue(int capacity, int maxConcurrent) {
        this.capacity = capacity;
        this.maxConcurrent = maxConcurrent;
    }

    /**
     * Checks that requests are taken.
     * @throws EngineClosedException if none are taken at present or any more
     * @throws EngineFailedException if the engine has failed
     */
    void requireAdmission() {
        this.lock.lock();
        try {
            checkAdmission();
        }
        finally {
            this.lock.unlock();
        }
    }

    private void checkAdmission() {
        Throwable cause = this.failure;
        if (cause != null && !this.closed) {
            throw new EngineFailedException(cause);
        }
        if (!this.admitting) {
            throw new EngineClosedException();
        }
    }

    /**
     * Adds a request.
     * @param maker makes it, once it is known that there is room
     * @return the request
     * @throws QueueFullException if too many are waiting
     * @throws EngineClosedException if none are taken at present or any more
     * @throws EngineFailedException if the engine has failed
     */
    ActiveRequest add(Supplier<ActiveRequest> maker) {
        this.lock.lock();
        try {
            checkAdmission();
            if (this.waiting.size() >= this.capacity) {
                throw new QueueFullException(this.capacity);
            }
            ActiveRequest request = maker.get();
            try {
                this.waiting.add(request);
            }
            catch (OutOfMemoryError ex) {
                request.abandon();
                throw ex;
            }
            signalChange();
            return request;
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Takes a request out of those that wait.
     * @param request the request
     * @return whether it was waiting
     */
    boolean remove(ActiveRequest request) {
        this.lock.lock();
        try {
            boolean removed = this.waiting.remove(request);
            if (removed) {
                signalChange();
            }
            return removed;
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Moves waiting requests to the active ones; waits while there is nothing to do.
     * @param serving receives the requests, which are active from now on
     * @return whether to go on serving
     */
    boolean admit(List<ActiveRequest> serving) {
        this.lock.lock();
        try {
            while (serving.isEmpty() && this.waiting.isEmpty() && goesOn()) {
                this.changed.awaitUninterruptibly();
            }
            while (goesOn() && serving.size() < this.maxConcurrent && !this.waiting.isEmpty()) {
                ActiveRequest next = this.waiting.element();
                this.active.add(next); // active before it stops waiting: never in neither
                this.waiting.remove();
                serving.add(next);
            }
            return goesOn();
        }
        finally {
            this.lock.unlock();
        }
    }

    private boolean goesOn() {
        return !this.closed && this.failure == null;
    }

    /**
     * Frees the place of a request that has ended; one whose asker has not been told is
     * kept, so that somebody finds it.
     */
    void retire(ActiveRequest request) {
        this.lock.lock();
        try {
            if (request.isTold()) {
                this.active.remove(request);
                signalChange();
            }
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * The engine can not go on; nothing is admitted any more.
     */
    void fail(Throwable cause) {
        if (this.failure == null) {
            this.failure = cause; // first of all, since it needs neither lock nor memory
        }
        this.lock.lock();
        try {
            signalChange();
        }
        finally {
            this.lock.unlock();
        }
    }

    @Nullable Throwable failure() {
        return this.failure;
    }

    /**
     * Waits for something to watch: a change, a failure not known yet, the queue's
     * closing, or the end of a period while there are requests, whether or not their
     * asker has been told.
     * @param period the longest wait while there are requests
     * @param failureKnown whether a failure is no news
     * @return the requests whose asker has not been told
     */
    List<ActiveRequest> awaitOpen(Duration period, boolean failureKnown) throws InterruptedException {
        this.lock.lock();
        try {
            long left = period.toNanos();
            long seen = this.changes;
            while (!hasNews(failureKnown) && open().isEmpty() && (failureKnown || this.active.isEmpty())) {
                this.changed.await();
            }
            while (!hasNews(failureKnown) && left > 0 && this.changes == seen) {
                left = this.changed.awaitNanos(left);
            }
            return open();
        }
        finally {
            this.lock.unlock();
        }
    }

    private boolean hasNews(boolean failureKnown) {
        return this.closed || (this.failure != null && !failureKnown);
    }

    private void signalChange() {
        this.changes++;
        this.changed.signalAll();
    }

    private List<ActiveRequest> open() {
        List<ActiveRequest> open = new ArrayList<>(this.waiting);
        open.addAll(this.active);
        open.removeIf(ActiveRequest::isTold);
        return open;
    }

    void stopAdmission() {
        this.lock.lock();
        try {
            this.admitting = false;
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Takes requests again after {@link #stopAdmission()}; once closed it takes none.
     */
    void resumeAdmission() {
        this.lock.lock();
        try {
            this.admitting = !this.closed;
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Takes no more requests, for good.
     * @return whether this call closed it
     */
    boolean close() {
        this.lock.lock();
        try {
            boolean first = !this.closed;
            this.admitting = false;
            this.closed = true;
            signalChange();
            return first;
        }
        finally {
            this.lock.unlock();
        }
    }

    EngineState state() {
        this.lock.lock();
        try {
            if (this.closed) {
                return EngineState.CLOSED;
            }
            if (this.failure != null) {
                return EngineState.FAILED;
            }
            return this.admitting ? EngineState.RUNNING : EngineState.STOPPING;
        }
        finally {
            this.lock.unlock();
        }
    }

    int waiting() {
        this.lock.lock();
        try {
            return this.waiting.size();
        }
        finally {
            this.lock.unlock();
        }
    }

    int active() {
        this.lock.lock();
        try {
            return this.active.size();
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Waits until no request waits or is active.
     * @param timeout the longest wait
     * @return whether there is none
     */
    boolean awaitIdle(Duration timeout) {
        this.lock.lock();
        try {
            long left = Durations.nanos(timeout);
            while (!this.active.isEmpty() || !this.waiting.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = this.changed.awaitNanos(left);
            }
            return true;
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
        finally {
            this.lock.unlock();
        }
    }

}
