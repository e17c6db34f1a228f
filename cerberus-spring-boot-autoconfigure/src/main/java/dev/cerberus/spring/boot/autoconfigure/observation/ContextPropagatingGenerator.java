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
        return super.generate(request, (text, origin) -> snapshot.wrap(() -> onText.accept(text, origin)).run());
    }

    private record Listener(GenerationListener listener, ContextSnapshot snapshot) implements GenerationListener {

        @Override
        public void onText(String text, TokenOrigin origin) {
            this.snapshot.wrap(() -> this.listener.onText(text, origin)).run();
        }

        @Override
        public void onStep(DecodeStep step) {
            this.snapshot.wrap(() -> this.listener.onStep(step)).run();
        }

        @Override
        public void onComplete(GenerationResult result) {
            this.snapshot.wrap(() -> this.listener.onComplete(result)).run();
        }

        @Override
        public void onError(RuntimeException error) {
            this.snapshot.wrap(() -> this.listener.onError(error)).run();
        }

    }

}
