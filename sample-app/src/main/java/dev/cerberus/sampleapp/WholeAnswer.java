package dev.cerberus.sampleapp;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A handler that waits for an answer as long as somebody wants it. Thread-safe.
 */
final class WholeAnswer implements StreamingChatResponseHandler {

    private static final long LOOK_MILLIS = 200;

    private final CompletableFuture<ChatResponse> answer = new CompletableFuture<>();

    @Override
    public void onPartialResponse(String partialResponse) {
        // the whole answer comes at the end
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        this.answer.complete(response);
    }

    @Override
    public void onError(Throwable error) {
        this.answer.completeExceptionally(ChatErrors.engineError(error));
    }

    /**
     * Returns this answer if the model has accepted the request.
     * @return this answer
     * @throws RuntimeException if the model has refused the request
     */
    WholeAnswer unlessRefused() {
        if (this.answer.isCompletedExceptionally()) {
            result();
        }
        return this;
    }

    /**
     * Waits for the answer.
     * @param handle cancels the request
     * @param gone whether nobody waits for the answer any more
     * @param patience the longest wait
     * @return the answer; empty if nobody waits for it
     */
    Optional<ChatResponse> await(StreamingHandle handle, BooleanSupplier gone, Duration patience) {
        long start = System.nanoTime();
        try {
            while (System.nanoTime() - start < patience.toNanos()) {
                if (isDone()) {
                    return Optional.of(result());
                }
                if (gone.getAsBoolean()) {
                    return Optional.empty();
                }
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        finally {
            if (!this.answer.isDone()) {
                handle.cancel();
            }
        }
        throw new ErrorResponseException(HttpStatus.GATEWAY_TIMEOUT, ProblemDetail.forStatusAndDetail(
                HttpStatus.GATEWAY_TIMEOUT, "No answer came within " + patience.toSeconds() + " s"), null);
    }

    private boolean isDone() throws InterruptedException {
        try {
            this.answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        }
        catch (ExecutionException ex) {
            return true;
        }
        catch (TimeoutException ex) {
            return false;
        }
    }

    private ChatResponse result() {
        try {
            return this.answer.join();
        }
        catch (java.util.concurrent.CompletionException ex) {
            if (ex.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(ex.getCause());
        }
    }

}
