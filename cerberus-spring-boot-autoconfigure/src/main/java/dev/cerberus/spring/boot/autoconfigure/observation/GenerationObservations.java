package dev.cerberus.spring.boot.autoconfigure.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * Every observation that Cerberus makes.
 */
public enum GenerationObservations implements ObservationDocumentation {

    /**
     * A request, from its submission to the last callback. Where a registry of meters
     * handles observations, it is a timer, and a long task timer of what goes on.
     */
    REQUEST;

    @Override
    public String getName() {
        return DefaultGenerationObservationConvention.NAME;
    }

    @Override
    public KeyName[] getLowCardinalityKeyNames() {
        return new KeyName[] { GenerationKeys.OPERATION, GenerationKeys.PROVIDER, GenerationKeys.REQUEST_MODEL,
                GenerationKeys.RESPONSE_MODEL, GenerationKeys.ERROR_TYPE };
    }

}
