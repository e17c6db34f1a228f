package dev.cerberus.spring.boot.autoconfigure;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineState;

/**
 * The engines' part in the application's liveness: once one has failed, only a restart
 * helps, and the platform is told so. Thread-safe.
 */
final class CerberusEngineLiveness implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

    private final List<CerberusEngine> engines;

    private final ApplicationEventPublisher publisher;

    private final AtomicBoolean watching = new AtomicBoolean();

    private volatile boolean running;

    CerberusEngineLiveness(List<CerberusEngine> engines, ApplicationEventPublisher publisher) {
        this.engines = List.copyOf(engines);
        this.publisher = publisher;
    }

    /** An engine fails once, however often the context is started. */
    @Override
    public void start() {
        this.running = true;
        if (this.watching.compareAndSet(false, true)) {
            this.engines.forEach((engine) -> engine.failure().thenAccept((cause) -> breakLiveness(engine)));
        }
    }

    private void breakLiveness(CerberusEngine engine) {
        AvailabilityChangeEvent.publish(this.publisher, engine, LivenessState.BROKEN);
    }

    /**
     * Spring Boot has just called the application alive, as it does whatever happened
     * before.
     */
    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        this.engines.stream()
            .filter((engine) -> engine.state() == EngineState.FAILED)
            .findFirst()
            .ifPresent(this::breakLiveness);
    }

    @Override
    public void stop() {
        this.running = false;
    }

    @Override
    public boolean isRunning() {
        return this.running;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }

}
