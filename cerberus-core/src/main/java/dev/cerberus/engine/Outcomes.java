package dev.cerberus.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.advice.Advised;
import dev.cerberus.advice.SettingNames;
import dev.cerberus.decode.FinishReason;

/**
 * The ends of requests: each is counted, told to the engine's listeners, and told to who
 * asked, once, whatever goes wrong with the first two. Thread-safe.
 */
final class Outcomes {

    private static final Logger LOGGER = LoggerFactory.getLogger(Outcomes.class);

    private volatile EngineTotals totals = EngineTotals.ZERO; // written under this

    private final EventThread events;

    private final SettingNames names;

    /**
     * Creates outcomes.
     * @param events tells the engine's listeners
     * @param names what failures call settings
     */
    Outcomes(EventThread events, SettingNames names) {
        this.events = events;
        this.names = names;
    }

    EngineTotals totals() {
        return this.totals;
    }

    void complete(ActiveRequest request, GenerationResult result) {
        if (!request.claim()) {
            return;
        }
        try {
            count(result);
            Operation operation = Operation.of(request.request());
            this.events.publish((listener) -> listener.onFinished(operation, result));
            if (result.finishReason() == FinishReason.CANCELLED) {
                LOGGER.debug("Request {} was cancelled after {} tokens", result.id(), result.tokens().length);
            }
        }
        catch (OutOfMemoryError ex) {
            uncounted(request, ex);
        }
        finally {
            request.complete(result);
        }
    }

    void fail(ActiveRequest request, RuntimeException error) {
        if (!request.claim()) {
            return;
        }
        try {
            Advised.told(error, this.names);
            double seconds = request.ageSeconds();
            countFailure();
            Operation operation = Operation.of(request.request());
            this.events.publish((listener) -> listener.onFailed(operation, error, seconds));
        }
        catch (OutOfMemoryError ex) {
            uncounted(request, ex);
        }
        finally {
            request.fail(error);
        }
    }

    /**
     * Tells the listeners of a request that was not taken. Who asked does not wait for
     * them: refusals are many when there is much to do.
     */
    void refused(GenerationRequest request, RuntimeException error, double seconds) {
        Operation operation = Operation.of(request);
        this.events.publish((listener) -> listener.onRefused(operation, error, seconds));
    }

    private synchronized void count(GenerationResult result) {
        this.totals = this.totals.plus(result);
    }

    private synchronized void countFailure() {
        this.totals = this.totals.plusFailure();
    }

    /** A full heap costs a number and not an engine. */
    private static void uncounted(ActiveRequest request, OutOfMemoryError failure) {
        try {
            LOGGER.warn("Request {} could not be counted", request.id(), failure);
        }
        catch (OutOfMemoryError ex) {
            failure.addSuppressed(ex);
        }
    }

}
