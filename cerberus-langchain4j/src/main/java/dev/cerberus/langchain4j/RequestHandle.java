package dev.cerberus.langchain4j;

import dev.langchain4j.model.chat.response.StreamingHandle;
import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.GenerationHandle;

/**
 * A handle that is handed out before the engine has returned its own: the first callback
 * may come, and cancel, while the request is still being submitted. Thread-safe.
 */
final class RequestHandle implements StreamingHandle {

    private @Nullable GenerationHandle submitted; // guarded by this

    private boolean cancelled; // guarded by this

    synchronized void started(GenerationHandle handle) {
        this.submitted = handle;
        if (this.cancelled) {
            handle.cancel();
        }
    }

    @Override
    public synchronized void cancel() {
        this.cancelled = true;
        if (this.submitted != null) {
            this.submitted.cancel();
        }
    }

    @Override
    public synchronized boolean isCancelled() {
        return this.cancelled;
    }

}
