package dev.cerberus.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;

import dev.cerberus.decode.TokenOrigin;

/**
 * An answer that its asker waits for.
 */
final class AwaitedAnswer implements GenerationListener {

    private final CompletableFuture<GenerationResult> future = new CompletableFuture<>();

    private final BiConsumer<String, TokenOrigin> onText;

    AwaitedAnswer(BiConsumer<String, TokenOrigin> onText) {
        this.onText = onText;
    }

    @Override
    public void onText(String text, TokenOrigin origin) {
        this.onText.accept(text, origin);
    }

    @Override
    public void onComplete(GenerationResult result) {
        this.future.complete(result);
    }

    @Override
    public void onError(RuntimeException error) {
        this.future.completeExceptionally(error);
    }

    /**
     * Waits for the end; an interrupt cancels the request.
     */
    GenerationResult await(GenerationHandle handle) {
        try {
            return this.future.get();
        }
        catch (InterruptedException ex) {
            handle.cancel();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for an answer; the request was cancelled", ex);
        }
        catch (ExecutionException ex) {
            if (ex.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(ex.getCause());
        }
    }

}
