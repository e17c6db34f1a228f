package dev.cerberus.spring.boot.autoconfigure.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Operation;
import dev.cerberus.spring.boot.autoconfigure.metrics.CerberusMeters.Keys;

/**
 * The meters of the requests of one kind. Thread-safe.
 */
final class RequestMeters {

    private static final double[] FIRST_TOKEN_SECONDS = { 0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5,
            0.75, 1, 2.5, 5, 7.5, 10 };

    private static final double[] OUTPUT_TOKEN_SECONDS = { 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5,
            0.75, 1, 2.5 };

    private static final double[] OPERATION_SECONDS = { 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12,
            10.24, 20.48, 40.96, 81.92 };

    private static final double[] USAGE_TOKENS = { 1, 4, 16, 64, 256, 1024, 4096, 16384, 65536 };

    /** Every time series of a meter must have the same tags, successes included. */
    private static final String NO_ERROR = "none";

    private final MeterRegistry registry;

    private final Tags tags;

    private final Timer operationDuration;

    private final Timer timeToFirstToken;

    private final Timer timePerOutputToken;

    private final DistributionSummary inputTokens;

    private final DistributionSummary outputTokens;

    RequestMeters(MeterRegistry registry, Operation operation, String modelName) {
        this.registry = registry;
        this.tags = Tags.of(Keys.OPERATION.asString(), operation.id(), Keys.PROVIDER.asString(), "cerberus",
                Keys.REQUEST_MODEL.asString(), modelName, Keys.RESPONSE_MODEL.asString(), modelName);
        this.operationDuration = operationDuration(NO_ERROR);
        this.timeToFirstToken = timer(CerberusMeters.TIME_TO_FIRST_TOKEN, this.tags, FIRST_TOKEN_SECONDS);
        this.timePerOutputToken = timer(CerberusMeters.TIME_PER_OUTPUT_TOKEN, this.tags, OUTPUT_TOKEN_SECONDS);
        this.inputTokens = tokenUsage("input");
        this.outputTokens = tokenUsage("output");
    }

    private Timer operationDuration(String errorType) {
        return timer(CerberusMeters.OPERATION_DURATION, this.tags.and(Keys.ERROR_TYPE.asString(), errorType),
                OPERATION_SECONDS);
    }

    private Timer timer(CerberusMeters meter, Tags all, double[] bucketSeconds) {
        Duration[] buckets = DoubleStream.of(bucketSeconds).mapToObj(RequestMeters::duration).toArray(Duration[]::new);
        return Timer.builder(meter.getName())
            .description(meter.getDescription())
            .tags(all)
            .serviceLevelObjectives(buckets)
            .register(this.registry);
    }

    private DistributionSummary tokenUsage(String type) {
        return DistributionSummary.builder(CerberusMeters.TOKEN_USAGE.getName())
            .description(CerberusMeters.TOKEN_USAGE.getDescription())
            .tags(this.tags.and(Keys.TOKEN_TYPE.asString(), type))
            .baseUnit("tokens")
            .serviceLevelObjectives(USAGE_TOKENS)
            .register(this.registry);
    }

    void finished(GenerationResult result) {
        record(this.operationDuration, result.seconds());
        this.inputTokens.record(result.statistics().promptTokens());
        int tokens = result.tokens().length;
        this.outputTokens.record(tokens);
        if (tokens > 0) {
            record(this.timeToFirstToken, result.timeToFirstTokenSeconds());
        }
        if (tokens > 1) {
            record(this.timePerOutputToken, (result.seconds() - result.timeToFirstTokenSeconds()) / (tokens - 1));
        }
    }

    /** Counts a request that failed or was refused. */
    void failed(RuntimeException error, double seconds) {
        record(operationDuration(error.getClass().getName()), seconds);
    }

    private static void record(Timer timer, double seconds) {
        timer.record(duration(seconds).toNanos(), TimeUnit.NANOSECONDS);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

}
