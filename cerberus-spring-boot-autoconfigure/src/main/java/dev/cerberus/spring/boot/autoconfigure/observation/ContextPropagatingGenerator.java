package dev.cerberus.spring.boot.autoconfigure.observation;

import java.util.function.BiConsumer;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.TextGenerator;

/**
 * A generator whose callbacks find the thread-local values of the thread that asked, such
 * as its trace and who is logged in. Thread-safe.
 */
final class ContextPropagatingGenerator extends DelegatingGenerator {

    private final ContextSnapshotFactory snapshots;

    ContextPropagatingGenerator(TextGenerator delegate, ContextSnapshotFactory snapshots) {
        super(delegate);
        this.snapshots = snapshots;
    }

    @Override
    public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
        return super.submit(request, new Listener(listener, this.snapshots.captureAll()));
    }

    @Override
    public GenerationResult generate(GenerationRequest request, BiConsumer<String, TokenOrigin> onText) {
        ContextSnapshot snapshot = this.snapshots.captureAll();
        return super.generate(request, (text, origin) -> Surroundings.within(() -> snapshot.setThreadLocals()::close,
                () -> onText.accept(text, origin)));
    }

    private record Listener(GenerationListener listener, ContextSnapshot snapshot) implements GenerationListener {

        @Override
        public void onText(String text, TokenOrigin origin) {
            scoped(() -> this.listener.onText(text, origin));
        }

        @Override
        public void onStep(DecodeStep step) {
            scoped(() -> this.listener.onStep(step));
        }

        @Override
        public void onComplete(GenerationResult result) {
            scoped(() -> this.listener.onComplete(result));
        }

        @Override
        public void onError(RuntimeException error) {
            scoped(() -> this.listener.onError(error));
        }

        private void scoped(Runnable call) {
            Surroundings.within(() -> this.snapshot.setThreadLocals()::close, call);
        }

    }

}
