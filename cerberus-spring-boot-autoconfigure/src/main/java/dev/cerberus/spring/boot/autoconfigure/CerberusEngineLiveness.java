package dev.cerberus.spring.boot.autoconfigure;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;

import org.springframework.beans.factory.config.BeanPostProcessor;
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
final class CerberusEngineLiveness
        implements SmartLifecycle, BeanPostProcessor, ApplicationListener<ApplicationReadyEvent> {

    private final Supplier<List<CerberusEngine>> engines;

    private final ApplicationEventPublisher publisher;

    /** Held weakly: an application may make engines again and again, and close them. */
    private final Set<CerberusEngine> watched = Collections
        .synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private volatile boolean running;

    /**
     * Creates a part.
     * @param engines those that there are at a time
     * @param publisher told of a failure
     */
    CerberusEngineLiveness(Supplier<List<CerberusEngine>> engines, ApplicationEventPublisher publisher) {
        this.engines = engines;
        this.publisher = publisher;
    }

    @Override
    public void start() {
        this.running = true;
        this.engines.get().forEach(this::watch);
    }

    /** An engine may be made after the start. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (this.running && bean instanceof CerberusEngine engine) {
            watch(engine);
        }
        return bean;
    }

    /** An engine fails once, however often the context is started. */
    private void watch(CerberusEngine engine) {
        if (this.watched.add(engine)) {
            engine.failure().thenAccept((cause) -> breakLiveness(engine));
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
        this.engines.get()
            .stream()
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
