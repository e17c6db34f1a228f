package dev.cerberus.spring.boot.autoconfigure;

import dev.cerberus.engine.EngineOptions;

/**
 * A bean that changes the engine's options after the properties have been applied.
 */
@FunctionalInterface
public interface CerberusEngineCustomizer {

    /**
     * Changes options.
     * @param options the options so far
     */
    void customize(EngineOptions.Builder options);

}
