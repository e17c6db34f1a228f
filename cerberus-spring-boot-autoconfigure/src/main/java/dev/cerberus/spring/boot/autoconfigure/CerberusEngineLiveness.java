package dev.cerberus.spring.boot.autoconfigure;

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
 * The engine's part in the application's liveness: once it has failed, only a restart
 * helps, and the platform is told so. Thread-safe.
 */
final class CerberusEngineLiveness implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

    private final CerberusEngine engine;

    private final ApplicationEventPublisher publisher;

    private final AtomicBoolean watching = new AtomicBoolean();

    private volatile boolean running;

    CerberusEngineLiveness(CerberusEngine engine, ApplicationEventPublisher publisher) {
        this.engine = engine;
        this.publisher = publisher;
    }

    /** An engine fails once, however often the context is started. */
    @Override
    public void start() {
        this.running = true;
        if (this.watching.compareAndSet(false, true)) {
            this.engine.failure().thenAccept((cause) -> breakLiveness());
        }
    }

    private void breakLiveness() {
        AvailabilityChangeEvent.publish(this.publisher, this.engine, LivenessState.BROKEN);
    }

    /**
     * Spring Boot has just called the application alive, as it does whatever happened
     * before.
     */
    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        if (this.engine.state() == EngineState.FAILED) {
            breakLiveness();
        }
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
