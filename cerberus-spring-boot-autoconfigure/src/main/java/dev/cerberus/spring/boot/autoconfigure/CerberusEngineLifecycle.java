package dev.cerberus.spring.boot.autoconfigure;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import dev.cerberus.engine.CerberusEngine;

/**
 * The engine's part in an orderly shutdown: no new requests, but time for the running
 * ones to finish. The bean's destruction closes the engine afterwards. Thread-safe.
 */
final class CerberusEngineLifecycle implements SmartLifecycle {

    /**
     * Stops after the web server, whose phases are 1024 and 2048 below the default: until
     * then its requests may still ask.
     */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private static final Logger LOGGER = LoggerFactory.getLogger(CerberusEngineLifecycle.class);

    private final CerberusEngine engine;

    private final Duration timeout;

    private volatile boolean running;

    CerberusEngineLifecycle(CerberusEngine engine, Duration timeout) {
        this.engine = engine;
        this.timeout = timeout;
    }

    @Override
    public void start() {
        this.running = true;
    }

    @Override
    public void stop() {
        this.running = false;
        this.engine.stopAdmission();
        if (!this.engine.awaitIdle(this.timeout)) {
            LOGGER.warn("Requests still running after {} are ended", this.timeout);
            // for applications alone: the command line, which serves too, shows warnings
            LOGGER.info("A longer spring.lifecycle.timeout-per-shutdown-phase gives them more time");
        }
    }

    @Override
    public void stop(Runnable callback) {
        Thread thread = new Thread(() -> {
            try {
                stop();
            }
            finally {
                callback.run();
            }
        }, "cerberus-shutdown");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean isRunning() {
        return this.running;
    }

    /**
     * A pause is no shutdown: the engine stays ready and costs nothing while it has no
     * requests.
     */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

}
