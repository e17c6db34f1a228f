package dev.cerberus.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

import dev.cerberus.engine.CerberusEngine;

/**
 * The engines' part in an orderly shutdown: no new requests, but time for the running
 * ones to finish. A context that is started again takes requests again; only the bean's
 * destruction, which closes an engine, is for good. Thread-safe.
 */
final class CerberusEngineLifecycle implements SmartLifecycle {

    /**
     * Stops after the web server, whose phases are 1024 and 2048 below the default, and
     * after executors and schedulers, which have half of it: until then their requests
     * and tasks may still ask.
     */
    static final int PHASE = ExecutorConfigurationSupport.DEFAULT_PHASE - 4096;

    private static final Logger LOGGER = LoggerFactory.getLogger(CerberusEngineLifecycle.class);

    private final Supplier<List<CerberusEngine>> engines;

    private final Duration timeout;

    private volatile boolean running;

    /**
     * Creates a part.
     * @param engines those that there are at a time
     * @param timeout how long running requests are waited for
     */
    CerberusEngineLifecycle(Supplier<List<CerberusEngine>> engines, Duration timeout) {
        this.engines = engines;
        this.timeout = timeout;
    }

    @Override
    public synchronized void start() {
        this.engines.get().forEach(CerberusEngine::resumeAdmission);
        this.running = true;
    }

    @Override
    public void stop() {
        awaitIdle(refuse());
    }

    /**
     * Refuses new requests before it returns, so that a start that follows has the last
     * word; the running ones are waited for on another thread.
     */
    @Override
    public void stop(Runnable callback) {
        List<CerberusEngine> stopped = refuse();
        Thread thread = new Thread(() -> {
            try {
                awaitIdle(stopped);
            }
            finally {
                callback.run();
            }
        }, "cerberus-shutdown");
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized List<CerberusEngine> refuse() {
        this.running = false;
        List<CerberusEngine> stopped = this.engines.get();
        stopped.forEach(CerberusEngine::stopAdmission);
        return stopped;
    }

    private void awaitIdle(List<CerberusEngine> stopped) {
        // started again meanwhile, it has requests that nobody ends
        if (!areIdleInTime(stopped) && !this.running) {
            LOGGER.warn("Requests still running after {} are ended when the engine is closed", this.timeout);
            // for applications alone: the command line, which serves too, shows warnings
            LOGGER.info("A longer spring.lifecycle.timeout-per-shutdown-phase gives them more time");
        }
    }

    /** The engines finish their requests at the same time. */
    private boolean areIdleInTime(List<CerberusEngine> stopped) {
        long start = System.nanoTime();
        boolean idle = true;
        for (CerberusEngine engine : stopped) {
            Duration left = this.timeout.minusNanos(System.nanoTime() - start);
            idle &= engine.awaitIdle(left.isNegative() ? Duration.ZERO : left);
        }
        return idle;
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
