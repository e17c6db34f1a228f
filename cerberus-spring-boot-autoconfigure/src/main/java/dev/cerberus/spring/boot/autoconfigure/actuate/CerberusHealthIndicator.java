package dev.cerberus.spring.boot.autoconfigure.actuate;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;

/**
 * The health of an engine: up while it takes requests. A check asks the model nothing.
 * Thread-safe.
 */
public final class CerberusHealthIndicator extends AbstractHealthIndicator {

    private final CerberusEngine engine;

    /**
     * Creates an indicator.
     * @param engine the engine to watch
     */
    public CerberusHealthIndicator(CerberusEngine engine) {
        super("The state of the Cerberus engine can not be read");
        this.engine = engine;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        EngineDescription description = this.engine.description();
        (this.engine.isRunning() ? builder.up() : builder.outOfService()).withDetail("model", description.modelName())
            .withDetail("device", description.device())
            .withDetail("precision", description.precision())
            .withDetail("queued", this.engine.queuedRequests())
            .withDetail("queueCapacity", this.engine.options().queueCapacity())
            .withDetail("active", this.engine.activeRequests());
    }

}
