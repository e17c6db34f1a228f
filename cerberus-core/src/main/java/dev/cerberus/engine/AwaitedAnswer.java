package dev.cerberus.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.TokenOrigin;

/**
 * An answer that its asker waits for. Learning of the end needs no memory, so that it
 * works where the heap is full.
 */
final class AwaitedAnswer implements GenerationListener {

    private final CountDownLatch ended = new CountDownLatch(1);

    private final BiConsumer<String, TokenOrigin> onText;

    private volatile @Nullable GenerationResult result;

    private volatile @Nullable Throwable error;

    AwaitedAnswer(BiConsumer<String, TokenOrigin> onText) {
        this.onText = onText;
    }

    @Override
    public void onText(String text, TokenOrigin origin) {
        if (this.error != null) {
            return;
        }
        try {
            this.onText.accept(text, origin);
        }
        catch (RuntimeException | Error ex) { // the asker's own: it gets it back
            this.error = ex;
            this.ended.countDown();
        }
    }

    @Override
    public void onComplete(GenerationResult outcome) {
        this.result = outcome;
        this.ended.countDown();
    }

    @Override
    public void onError(RuntimeException failure) {
        if (this.error == null) {
            this.error = failure;
        }
        this.ended.countDown();
    }

    /**
     * Waits for the end; an interrupt cancels the request.
     * @param handle the request
     * @param limit the longest wait
     * @throws RequestTimeoutException if the wait was in vain
     */
    GenerationResult await(GenerationHandle handle, Duration limit) {
        try {
            if (!this.ended.await(Durations.nanos(limit), TimeUnit.NANOSECONDS)) {
                handle.cancel();
                throw new RequestTimeoutException(limit);
            }
        }
        catch (InterruptedException ex) {
            handle.cancel();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for an answer; the request was cancelled", ex);
        }
        return outcome(handle);
    }

    private GenerationResult outcome(GenerationHandle handle) {
        Throwable failure = this.error;
        GenerationResult outcome = this.result;
        if (failure != null) {
            // does nothing unless it was the asker's own code that failed
            handle.cancel();
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            throw (Error) failure;
        }
        if (outcome == null) {
            throw new IllegalStateException("Request " + handle.id() + " has ended without an outcome");
        }
        return outcome;
    }

}
