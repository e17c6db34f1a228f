package dev.cerberus.spring.boot.autoconfigure.metrics;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;

import dev.cerberus.engine.CerberusEngine;

/**
 * The gauges by which inference gateways choose among servers, under the names that vLLM
 * gives them.
 */
final class VllmGauges {

    private VllmGauges() {
    }

    /**
     * Registers the gauges.
     * @param meters where they are registered
     * @param engine the engine, which is referenced weakly
     */
    static void register(EngineMeters meters, CerberusEngine engine) {
        register(meters, engine, "vllm:num_requests_waiting", "Requests waiting for a turn",
                CerberusEngine::queuedRequests);
        register(meters, engine, "vllm:num_requests_running", "Requests being decoded", CerberusEngine::activeRequests);
        register(meters, engine, "vllm:kv_cache_usage_perc", "Share of the KV cache in use, in 0..1",
                CerberusEngine::cacheUsage);
    }

    private static void register(EngineMeters meters, CerberusEngine engine, String name, String description,
            ToDoubleFunction<CerberusEngine> value) {
        meters.register(Gauge.builder(name, engine, value)
            .description(description)
            .tag("model_name", engine.description().modelName()));
    }

}
