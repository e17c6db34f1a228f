package dev.cerberus.spring.boot.autoconfigure.actuate;

import java.util.Locale;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineState;

/**
 * The health of an engine: up while it takes requests, out of service while it is stopped
 * or shut down, down once it has failed. A check asks the model nothing. Thread-safe.
 */
public class CerberusHealthIndicator extends AbstractHealthIndicator {

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
        EngineState state = this.engine.state();
        (switch (state) {
            case RUNNING -> builder.up();
            case STOPPING, CLOSED -> builder.outOfService();
            case FAILED -> builder.down();
        }).withDetail("model", description.modelName())
            .withDetail("state", state.name().toLowerCase(Locale.ROOT))
            .withDetail("device", description.device())
            .withDetail("precision", description.precision())
            .withDetail("queued", this.engine.queuedRequests())
            .withDetail("queueCapacity", this.engine.options().queueCapacity())
            .withDetail("active", this.engine.activeRequests());
    }

}
