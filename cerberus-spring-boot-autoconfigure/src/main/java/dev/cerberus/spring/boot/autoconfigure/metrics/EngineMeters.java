package dev.cerberus.spring.boot.autoconfigure.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineListener;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.spring.boot.autoconfigure.metrics.CerberusMeters.Keys;

/**
 * An observer of an engine that keeps {@link CerberusMeters}. Thread-safe.
 */
/*
 * Meters whose tags are known beforehand are registered at once, so that they can be read
 * as 0 before the first request and a step looks none of them up.
 */
class EngineMeters implements EngineListener {

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

    private final Counter drafts;

    private final Counter skips;

    private final Counter draftSteps;

    private final Counter plainSteps;

    private final Counter drafted;

    private final DistributionSummary acceptanceLength;

    private final DistributionSummary batchRows;

    private final DistributionSummary batchSequences;

    private final Counter prefixHits;

    private final Counter prefixMisses;

    private final Timer prefill;

    private final Timer draft;

    private final Timer verify;

    private final Timer commit;

    private final Tags request;

    private final Timer operationDuration;

    private final Timer timeToFirstToken;

    private final Timer timePerOutputToken;

    private final DistributionSummary inputTokens;

    private final DistributionSummary outputTokens;

    EngineMeters(MeterRegistry registry, String modelName) {
        this.registry = registry;
        this.drafts = counter(CerberusMeters.GATE_DECISIONS, Keys.DECISION, "draft");
        this.skips = counter(CerberusMeters.GATE_DECISIONS, Keys.DECISION, "skip");
        this.draftSteps = counter(CerberusMeters.DECODE_STEPS, Keys.KIND, "draft");
        this.plainSteps = counter(CerberusMeters.DECODE_STEPS, Keys.KIND, "plain");
        this.drafted = Counter.builder(CerberusMeters.TOKENS_DRAFTED.getName())
            .description(CerberusMeters.TOKENS_DRAFTED.getDescription())
            .register(registry);
        counter(CerberusMeters.TOKENS_ACCEPTED, Keys.DEPTH, "1");
        this.acceptanceLength = summary(CerberusMeters.ACCEPTANCE_LENGTH);
        this.batchRows = summary(CerberusMeters.BATCH_ROWS);
        this.batchSequences = summary(CerberusMeters.BATCH_SEQUENCES);
        this.prefixHits = counter(CerberusMeters.PREFIX_CACHE_TOKENS, Keys.RESULT, "hit");
        this.prefixMisses = counter(CerberusMeters.PREFIX_CACHE_TOKENS, Keys.RESULT, "miss");
        this.prefill = phase("prefill");
        this.draft = phase("draft");
        this.verify = phase("verify");
        this.commit = phase("commit");
        Tags request = Tags.of(Keys.OPERATION.asString(), "chat", Keys.PROVIDER.asString(), "cerberus",
                Keys.REQUEST_MODEL.asString(), modelName, Keys.RESPONSE_MODEL.asString(), modelName);
        this.request = request;
        this.operationDuration = operationDuration(NO_ERROR);
        this.timeToFirstToken = timer(CerberusMeters.TIME_TO_FIRST_TOKEN, request, FIRST_TOKEN_SECONDS);
        this.timePerOutputToken = timer(CerberusMeters.TIME_PER_OUTPUT_TOKEN, request, OUTPUT_TOKEN_SECONDS);
        this.inputTokens = tokenUsage(request, "input");
        this.outputTokens = tokenUsage(request, "output");
    }

    /**
     * Registers the gauges of an engine.
     * @param engine the engine, which is referenced weakly
     */
    void registerGauges(CerberusEngine engine) {
        Gauge.builder(CerberusMeters.REQUESTS_QUEUED.getName(), engine, CerberusEngine::queuedRequests)
            .description(CerberusMeters.REQUESTS_QUEUED.getDescription())
            .register(this.registry);
        Gauge.builder(CerberusMeters.REQUESTS_ACTIVE.getName(), engine, CerberusEngine::activeRequests)
            .description(CerberusMeters.REQUESTS_ACTIVE.getDescription())
            .register(this.registry);
        Gauge.builder(CerberusMeters.KV_CACHE_TOKENS.getName(), engine, CerberusEngine::cachedTokens)
            .description(CerberusMeters.KV_CACHE_TOKENS.getDescription())
            .register(this.registry);
        Gauge.builder(CerberusMeters.KV_CACHE_USAGE.getName(), engine, CerberusEngine::cacheUsage)
            .description(CerberusMeters.KV_CACHE_USAGE.getDescription())
            .register(this.registry);
    }

    /**
     * Registers what says which model is loaded.
     * @param description what is loaded
     */
    void registerInfo(EngineDescription description) {
        Gauge.builder(CerberusMeters.INFO.getName(), () -> 1)
            .description(CerberusMeters.INFO.getDescription())
            .tag(Keys.MODEL.asString(), description.modelName())
            .tag(Keys.PRECISION.asString(), description.precision())
            .tag(Keys.DEVICE.asString(), description.device())
            .tag(Keys.HEADS.asString(),
                    description.heads().map((heads) -> heads.kind().id() + ":" + heads.heads()).orElse("none"))
            .register(this.registry);
    }

    private Counter counter(CerberusMeters meter, Keys key, String value) {
        return Counter.builder(meter.getName())
            .description(meter.getDescription())
            .tag(key.asString(), value)
            .register(this.registry);
    }

    private DistributionSummary summary(CerberusMeters meter) {
        return DistributionSummary.builder(meter.getName()).description(meter.getDescription()).register(this.registry);
    }

    private Timer phase(String phase) {
        return Timer.builder(CerberusMeters.DECODE_PHASE.getName())
            .description(CerberusMeters.DECODE_PHASE.getDescription())
            .tag(Keys.PHASE.asString(), phase)
            .register(this.registry);
    }

    private Timer timer(CerberusMeters meter, Tags tags, double[] bucketSeconds) {
        Duration[] buckets = DoubleStream.of(bucketSeconds).mapToObj(EngineMeters::duration).toArray(Duration[]::new);
        return Timer.builder(meter.getName())
            .description(meter.getDescription())
            .tags(tags)
            .serviceLevelObjectives(buckets)
            .register(this.registry);
    }

    private Timer operationDuration(String errorType) {
        return timer(CerberusMeters.OPERATION_DURATION, this.request.and(Keys.ERROR_TYPE.asString(), errorType),
                OPERATION_SECONDS);
    }

    private DistributionSummary tokenUsage(Tags request, String type) {
        return DistributionSummary.builder(CerberusMeters.TOKEN_USAGE.getName())
            .description(CerberusMeters.TOKEN_USAGE.getDescription())
            .tags(request.and(Keys.TOKEN_TYPE.asString(), type))
            .baseUnit("tokens")
            .serviceLevelObjectives(USAGE_TOKENS)
            .register(this.registry);
    }

    @Override
    public void onPrefill(int promptTokens, double seconds) {
        record(this.prefill, seconds);
    }

    @Override
    public void onForward(int rows, int sequences, double seconds) {
        this.batchRows.record(rows);
        this.batchSequences.record(sequences);
    }

    @Override
    public void onPrefix(int knownTokens, int readTokens) {
        this.prefixHits.increment(knownTokens);
        this.prefixMisses.increment(readTokens);
    }

    @Override
    public void onStep(DecodeStep step) {
        (step.drafted() ? this.drafts : this.skips).increment();
        (step.drafted() ? this.draftSteps : this.plainSteps).increment();
        this.drafted.increment(step.nodes());
        for (int depth = 1; depth <= step.acceptedDraftTokens(); depth++) {
            counter(CerberusMeters.TOKENS_ACCEPTED, Keys.DEPTH, Integer.toString(depth)).increment();
        }
        this.acceptanceLength.record(1.0 + step.acceptedDraftTokens());
        step.signals().forEach(this::recordSignal);
        if (step.headsRan()) {
            record(this.draft, step.draftSeconds());
        }
        record(this.verify, step.verifySeconds());
        record(this.commit, step.commitSeconds());
    }

    private void recordSignal(GateSignal signal, double value) {
        DistributionSummary.builder(CerberusMeters.GATE_SIGNAL.getName())
            .description(CerberusMeters.GATE_SIGNAL.getDescription())
            .tag(Keys.SIGNAL.asString(), signal.id())
            .register(this.registry)
            .record(value);
    }

    @Override
    public void onFinished(GenerationResult result) {
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

    @Override
    public void onFailed(RuntimeException error, double seconds) {
        record(operationDuration(error.getClass().getName()), seconds);
    }

    private static void record(Timer timer, double seconds) {
        timer.record(duration(seconds).toNanos(), TimeUnit.NANOSECONDS);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

}
