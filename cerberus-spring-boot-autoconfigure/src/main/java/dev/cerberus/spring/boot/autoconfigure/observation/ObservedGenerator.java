package dev.cerberus.spring.boot.autoconfigure.observation;

import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.TextGenerator;

/**
 * A generator whose requests are observed, from their submission to the last callback,
 * those that are refused or cancelled too. The observation is the current one in every
 * callback. Thread-safe.
 */
final class ObservedGenerator extends DelegatingGenerator {

    private static final GenerationObservationConvention DEFAULT = new DefaultGenerationObservationConvention();

    private final ObservationRegistry registry;

    private final @Nullable GenerationObservationConvention convention;

    /**
     * Creates a generator.
     * @param delegate what is observed
     * @param registry what is told of it
     * @param convention how requests are named; {@code null} for what the registry has
     * for them, or else ours
     */
    ObservedGenerator(TextGenerator delegate, ObservationRegistry registry,
            @Nullable GenerationObservationConvention convention) {
        super(delegate);
        this.registry = registry;
        this.convention = convention;
    }

    @Override
    public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
        GenerationObservationContext context = new GenerationObservationContext(request, description().modelName());
        Observation observation = start(context);
        try {
            return Surroundings.getWithin(() -> observation.openScope()::close,
                    () -> super.submit(request, new Listener(listener, observation, context)));
        }
        catch (RuntimeException | Error ex) {
            Surroundings.tell(() -> observation.error(ex));
            Surroundings.tell(observation::stop);
            throw ex;
        }
    }

    @Override
    public GenerationResult generate(GenerationRequest request, BiConsumer<String, TokenOrigin> onText) {
        GenerationObservationContext context = new GenerationObservationContext(request, description().modelName());
        Observation observation = start(context);
        Supplier<Runnable> scope = () -> observation.openScope()::close;
        try {
            GenerationResult result = Surroundings.getWithin(scope, () -> super.generate(request,
                    (text, origin) -> Surroundings.within(scope, () -> onText.accept(text, origin))));
            context.result(result);
            return result;
        }
        catch (RuntimeException | Error ex) {
            Surroundings.tell(() -> observation.error(ex));
            throw ex;
        }
        finally {
            Surroundings.tell(observation::stop);
        }
    }

    private Observation start(GenerationObservationContext context) {
        return Surroundings.orElse(() -> Observation.start(this.convention, DEFAULT, () -> context, this.registry),
                Observation.NOOP);
    }

    private record Listener(GenerationListener listener, Observation observation,
            GenerationObservationContext context) implements GenerationListener {

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
            this.context.result(result);
            end(() -> this.listener.onComplete(result));
        }

        @Override
        public void onError(RuntimeException error) {
            Surroundings.tell(() -> this.observation.error(error));
            end(() -> this.listener.onError(error));
        }

        private void end(Runnable lastCall) {
            try {
                scoped(lastCall);
            }
            finally {
                Surroundings.tell(this.observation::stop);
            }
        }

        private void scoped(Runnable call) {
            Surroundings.within(() -> this.observation.openScope()::close, call);
        }

    }

}
