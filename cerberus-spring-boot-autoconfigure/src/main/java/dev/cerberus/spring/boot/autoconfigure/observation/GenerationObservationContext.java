package dev.cerberus.spring.boot.autoconfigure.observation;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;

/**
 * What is known of an observed request. Not thread-safe; its calls come one after the
 * other.
 */
public class GenerationObservationContext extends Observation.Context {

    private final GenerationRequest request;

    private final String modelName;

    private @Nullable GenerationResult result;

    /**
     * Creates a context.
     * @param request what is asked
     * @param modelName name of the model that is asked
     */
    public GenerationObservationContext(GenerationRequest request, String modelName) {
        this.request = request;
        this.modelName = modelName;
    }

    /**
     * Returns what is asked.
     * @return the request
     */
    public GenerationRequest request() {
        return this.request;
    }

    /**
     * Returns the name of the model that is asked.
     * @return the reported name
     */
    public String modelName() {
        return this.modelName;
    }

    /**
     * Returns the outcome.
     * @return the outcome, {@code null} before it is there and where there is none
     */
    public @Nullable GenerationResult result() {
        return this.result;
    }

    void result(GenerationResult value) {
        this.result = value;
    }

}
