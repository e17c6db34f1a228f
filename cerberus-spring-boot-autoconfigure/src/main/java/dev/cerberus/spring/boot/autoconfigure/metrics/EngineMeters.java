package dev.cerberus.spring.boot.autoconfigure.metrics;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineListener;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Operation;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.spring.boot.autoconfigure.metrics.CerberusMeters.Keys;

/**
 * An observer of an engine that keeps {@link CerberusMeters}. Thread-safe.
 */
/*
 * Meters whose tags are known beforehand are registered at once, so that they can be read
 * as 0 before the first request and a step looks none of them up.
 */
class EngineMeters implements EngineListener, AutoCloseable {

    private final MeterRegistry registry;

    /** Those that show this engine and no other. */
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();

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

    private final Map<Operation, RequestMeters> requests = new EnumMap<>(Operation.class); // not
                                                                                           // changed
                                                                                           // later

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
        for (Operation operation : Operation.values()) {
            this.requests.put(operation, new RequestMeters(registry, operation, modelName));
        }
    }

    /**
     * Registers the gauges of an engine.
     * @param engine the engine, which is referenced weakly
     */
    void registerGauges(CerberusEngine engine) {
        register(Gauge.builder(CerberusMeters.REQUESTS_QUEUED.getName(), engine, CerberusEngine::queuedRequests)
            .description(CerberusMeters.REQUESTS_QUEUED.getDescription()));
        register(Gauge.builder(CerberusMeters.REQUESTS_ACTIVE.getName(), engine, CerberusEngine::activeRequests)
            .description(CerberusMeters.REQUESTS_ACTIVE.getDescription()));
        register(Gauge.builder(CerberusMeters.KV_CACHE_TOKENS.getName(), engine, CerberusEngine::cachedTokens)
            .description(CerberusMeters.KV_CACHE_TOKENS.getDescription()));
        register(Gauge.builder(CerberusMeters.KV_CACHE_USAGE.getName(), engine, CerberusEngine::cacheUsage)
            .description(CerberusMeters.KV_CACHE_USAGE.getDescription()));
    }

    /**
     * Registers what says which model is loaded.
     * @param description what is loaded
     */
    void registerInfo(EngineDescription description) {
        register(Gauge.builder(CerberusMeters.INFO.getName(), () -> 1)
            .description(CerberusMeters.INFO.getDescription())
            .tag(Keys.MODEL.asString(), description.modelName())
            .tag(Keys.PRECISION.asString(), description.precision())
            .tag(Keys.DEVICE.asString(), description.device())
            .tag(Keys.HEADS.asString(),
                    description.heads().map((heads) -> heads.kind().id() + ":" + heads.heads()).orElse("none")));
    }

    /**
     * Registers a gauge, to be removed with the engine. In a registry that shows another
     * engine's already, that one stays.
     * @param gauge the gauge
     */
    void register(Gauge.Builder<?> gauge) {
        List<Meter> others = this.registry.getMeters();
        Gauge registered = gauge.register(this.registry);
        if (!others.contains(registered)) {
            this.gauges.add(registered);
        }
    }

    /**
     * Removes the gauges: in a registry that outlasts the engine they would stand in the
     * way of the next one's. What was counted stays.
     */
    @Override
    public void close() {
        this.gauges.forEach(this.registry::remove);
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
    public void onFinished(Operation operation, GenerationResult result) {
        of(operation).finished(result);
    }

    @Override
    public void onFailed(Operation operation, RuntimeException error, double seconds) {
        of(operation).failed(error, seconds);
    }

    @Override
    public void onRefused(Operation operation, RuntimeException error, double seconds) {
        of(operation).failed(error, seconds);
    }

    private RequestMeters of(Operation operation) {
        return Objects.requireNonNull(this.requests.get(operation));
    }

    private static void record(Timer timer, double seconds) {
        timer.record(Math.round(seconds * 1e9), TimeUnit.NANOSECONDS);
    }

}
