package dev.cerberus.spring.boot.autoconfigure.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * How observed requests are named and described. A bean of this type replaces
 * {@link DefaultGenerationObservationConvention}.
 */
public interface GenerationObservationConvention extends ObservationConvention<GenerationObservationContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof GenerationObservationContext;
    }

}
