package dev.cerberus.spring.boot.autoconfigure.metrics;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cerberus.decode.AcceptedTokens;
import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Operation;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.model.ModelException;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.TinyEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.within;

class EngineMetersTests {

    private static final ApplicationContextRunner CONTEXT = new ApplicationContextRunner()
        .withConfiguration(
                AutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
                        CerberusAutoConfiguration.class, CerberusMetricsAutoConfiguration.class))
        .withPropertyValues(TinyEngine.properties());

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private final EngineMeters meters = new EngineMeters(this.registry, "tiny");

    private static DecodeStep plain() {
        return new DecodeStep(0, 0, false, 0, AcceptedTokens.NONE, Map.of(), 0, 0.5, 0.125);
    }

    private static DecodeStep draft(int accepted) {
        return new DecodeStep(5, 3, true, 1.5, new AcceptedTokens(accepted, 0, 0),
                Map.of(GateSignal.HEAD_ENTROPY, 1.25), 0.25, 0.5, 0.125);
    }

    private static GenerationResult result(int tokens) {
        return new GenerationResult("1", "text", new int[tokens], FinishReason.STOP,
                new DecodeStatistics(7, 3, 2, 0, 10, 2, 0.25, 1.5), 0.5, 2.5);
    }

    private double count(String name, String... tags) {
        return this.registry.get(name).tags(tags).counter().count();
    }

    @Test
    void registeredMetersAreThoseOfTheEnumWithItsTypesAndTags() {
        Map<GateSignal, Double> signals = new EnumMap<>(GateSignal.class);
        Arrays.stream(GateSignal.values()).forEach((signal) -> signals.put(signal, 1.0));
        this.meters.onStep(new DecodeStep(5, 3, true, 1.5, new AcceptedTokens(3, 0, 0), signals, 0.25, 0.5, 0.125));
        this.meters.onFinished(Operation.CHAT, result(5));
        try (CerberusEngine engine = TinyEngine.open()) {
            this.meters.registerGauges(engine);
            this.meters.registerInfo(engine.description());
            // the simple registry keeps buckets as gauges of their own
            List<Meter> registered = this.registry.getMeters()
                .stream()
                .filter((meter) -> !meter.getId().getName().endsWith(".histogram"))
                .toList();
            assertThat(registered).extracting((meter) -> meter.getId().getName())
                .containsOnly(
                        Arrays.stream(CerberusMeters.values()).map(CerberusMeters::getName).toArray(String[]::new));
            for (Meter meter : registered) {
                CerberusMeters documented = documented(meter.getId().getName());
                assertThat(meter.getId().getType()).as(documented.getName()).isEqualTo(documented.getType());
                assertThat(meter.getId().getTags()).as(documented.getName())
                    .extracting(Tag::getKey)
                    .containsExactlyInAnyOrderElementsOf(keys(documented));
                assertThat(meter.getId().getDescription()).as(documented.getName())
                    .isEqualTo(documented.getDescription());
            }
        }
    }

    private static CerberusMeters documented(String name) {
        return Arrays.stream(CerberusMeters.values())
            .filter((meter) -> meter.getName().equals(name))
            .findFirst()
            .orElseThrow();
    }

    private static List<String> keys(CerberusMeters meter) {
        return Arrays.stream(meter.getKeyNames()).map(KeyName::asString).toList();
    }

    @Test
    void metersThatNeedNoTrafficAreThereAtOnce() {
        assertThat(count("cerberus.gate.decisions", "decision", "draft")).isZero();
        assertThat(count("cerberus.gate.decisions", "decision", "skip")).isZero();
        assertThat(count("cerberus.decode.tokens.accepted", "depth", "1")).isZero();
    }

    @Test
    void stepsCountDecisionsTokensAndDepths() {
        this.meters.onStep(plain());
        this.meters.onStep(draft(0));
        this.meters.onStep(draft(2));
        assertThat(count("cerberus.gate.decisions", "decision", "skip")).isEqualTo(1);
        assertThat(count("cerberus.gate.decisions", "decision", "draft")).isEqualTo(2);
        assertThat(count("cerberus.decode.steps", "kind", "plain")).isEqualTo(1);
        assertThat(count("cerberus.decode.steps", "kind", "draft")).isEqualTo(2);
        assertThat(count("cerberus.decode.tokens.drafted")).isEqualTo(10);
        assertThat(count("cerberus.decode.tokens.accepted", "depth", "1")).isEqualTo(1);
        assertThat(count("cerberus.decode.tokens.accepted", "depth", "2")).isEqualTo(1);
        assertThat(this.registry.find("cerberus.decode.tokens.accepted").tag("depth", "3").counter()).isNull();
        // (1 + 1 + 3) tokens in 3 steps
        assertThat(this.registry.get("cerberus.decode.acceptance.length").summary().mean()).isCloseTo(5.0 / 3,
                within(1e-9));
        assertThat(this.registry.get("cerberus.gate.signal").tag("signal", "head-entropy").summary().totalAmount())
            .isEqualTo(2.5);
    }

    @Test
    void phasesAreTimedAndDraftingOnlyWhereTheHeadsRan() {
        this.meters.onPrefill(7, 2.0);
        this.meters.onStep(plain());
        this.meters.onStep(draft(1));
        assertThat(seconds("prefill")).isEqualTo(2.0);
        assertThat(seconds("draft")).isEqualTo(0.25);
        assertThat(seconds("verify")).isEqualTo(1.0);
        assertThat(seconds("commit")).isEqualTo(0.25);
        assertThat(this.registry.get("cerberus.decode.phase").tag("phase", "draft").timer().count()).isEqualTo(1);
    }

    @Test
    void forwardsTellHowManyRowsAndSequencesShareThem() {
        this.meters.onForward(3, 1, 0.5);
        this.meters.onForward(13, 5, 0.5);
        assertThat(this.registry.get("cerberus.batch.rows").summary().totalAmount()).isEqualTo(16);
        assertThat(this.registry.get("cerberus.batch.sequences").summary().mean()).isEqualTo(3);
    }

    @Test
    void tokensOfPromptsAreCountedByWhetherTheyWereKnown() {
        this.meters.onPrefix(30, 5);
        this.meters.onPrefix(0, 7);
        assertThat(count("cerberus.prefix.cache.tokens", "result", "hit")).isEqualTo(30);
        assertThat(count("cerberus.prefix.cache.tokens", "result", "miss")).isEqualTo(12);
    }

    private double seconds(String phase) {
        return this.registry.get("cerberus.decode.phase").tag("phase", phase).timer().totalTime(TimeUnit.SECONDS);
    }

    @Test
    void finishedRequestsFollowTheGenAiConventions() {
        this.meters.onFinished(Operation.CHAT, result(5));
        String[] request = { "gen_ai.operation.name", "chat", "gen_ai.provider.name", "cerberus",
                "gen_ai.request.model", "tiny" };
        assertThat(
                this.registry.get("gen_ai.client.operation.duration").tags(request).timer().totalTime(TimeUnit.SECONDS))
            .isEqualTo(2.5);
        assertThat(this.registry.get("gen_ai.server.time_to_first_token")
            .tags(request)
            .timer()
            .totalTime(TimeUnit.SECONDS)).isEqualTo(0.5);
        // 2 seconds for the 4 tokens after the first
        assertThat(this.registry.get("gen_ai.server.time_per_output_token")
            .tags(request)
            .timer()
            .totalTime(TimeUnit.SECONDS)).isEqualTo(0.5);
        assertThat(this.registry.get("gen_ai.client.token.usage")
            .tags(request)
            .tag("gen_ai.token.type", "input")
            .summary()
            .max()).isEqualTo(7);
        assertThat(this.registry.get("gen_ai.client.token.usage")
            .tags(request)
            .tag("gen_ai.token.type", "output")
            .summary()
            .max()).isEqualTo(5);
    }

    @Test
    void failedRequestsAreTimedByTheirError() {
        this.meters.onFinished(Operation.CHAT, result(5));
        this.meters.onFailed(Operation.CHAT, new ModelException("out of memory"), 3.0);
        assertThat(this.registry.get("gen_ai.client.operation.duration")
            .tag("error.type", "dev.cerberus.model.ModelException")
            .timer()
            .totalTime(TimeUnit.SECONDS)).isEqualTo(3.0);
        assertThat(this.registry.get("gen_ai.client.operation.duration")
            .tags("gen_ai.operation.name", "chat", "error.type", "none")
            .timer()
            .count()).isEqualTo(1);
        assertThat(this.registry.get("gen_ai.client.token.usage")
            .tags("gen_ai.operation.name", "chat", "gen_ai.token.type", "output")
            .summary()
            .count()).isEqualTo(1);
    }

    @Test
    void continuationsOfTextsAreNoChats() {
        this.meters.onFinished(Operation.TEXT_COMPLETION, result(5));
        for (String meter : List.of("gen_ai.client.operation.duration", "gen_ai.server.time_to_first_token",
                "gen_ai.server.time_per_output_token")) {
            assertThat(requests(meter, "text_completion")).as(meter).isEqualTo(1);
            assertThat(requests(meter, "chat")).as(meter).isZero();
        }
    }

    private long requests(String meter, String operation) {
        return this.registry.get(meter).tag("gen_ai.operation.name", operation).timer().count();
    }

    @Test
    void refusedRequestsCountByWhy() {
        CONTEXT.run((context) -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            CerberusEngine engine = context.getBean(CerberusEngine.class);
            engine.stopAdmission();
            assertThatException().isThrownBy(() -> engine.generate(GenerationRequest.greedy(new Prompt.Raw("a"), 4)));
            Search refused = meters.find("gen_ai.client.operation.duration")
                .tags("gen_ai.operation.name", "text_completion", "error.type", EngineClosedException.class.getName());
            await(() -> refused.timer() != null);
            assertThat(refused.timers()).singleElement().extracting(Timer::count).isEqualTo(1L);
        });
    }

    /** Meters are told on a thread of their own. */
    private static void await(BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void requestCancelledBeforeItsFirstTokenHasNoTokenTimes() {
        this.meters.onFinished(Operation.CHAT, result(0));
        assertThat(this.registry.get("gen_ai.server.time_to_first_token")
            .tag("gen_ai.operation.name", "chat")
            .timer()
            .count()).isZero();
        assertThat(this.registry.get("gen_ai.server.time_per_output_token")
            .tag("gen_ai.operation.name", "chat")
            .timer()
            .count()).isZero();
    }

    @Test
    void autoConfigurationConnectsEngineAndRegistry() {
        CONTEXT.run((context) -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            context.getBean(CerberusEngine.class).generate(GenerationRequest.greedy(new Prompt.Raw("abc"), 4));
            assertThat(meters.get("cerberus.decode.phase").tag("phase", "prefill").timer().count()).isEqualTo(1);
            assertThat(meters.get("cerberus.requests.queued").gauge().value()).isZero();
        });
    }

    @Test
    void engineOfAParentContextIsCountedOnce() {
        CONTEXT.run((parent) -> CONTEXT.withParent(parent).run((child) -> {
            MeterRegistry meters = child.getBean(MeterRegistry.class);
            assertThat(meters).isSameAs(parent.getBean(MeterRegistry.class));
            child.getBean(CerberusEngine.class).generate(GenerationRequest.greedy(new Prompt.Raw("abc"), 4));
            assertThat(meters.get("cerberus.decode.phase").tag("phase", "prefill").timer().count()).isEqualTo(1);
        }));
    }

    @Test
    void ownEngineOfAChildContextIsCountedBesideTheParents() {
        CONTEXT.run((parent) -> CONTEXT.withParent(parent)
            .withBean("own", CerberusEngine.class, TinyEngine::open, (definition) -> definition.setPrimary(true))
            .run((child) -> {
                CerberusEngine own = child.getBean(CerberusEngine.class);
                assertThat(own).isNotSameAs(parent.getBean(CerberusEngine.class));
                own.generate(GenerationRequest.greedy(new Prompt.Raw("abc"), 4));
                MeterRegistry meters = child.getBean(MeterRegistry.class);
                assertThat(meters.get("cerberus.decode.phase").tag("phase", "prefill").timer().count()).isEqualTo(1);
            }));
    }

    @Test
    void gaugesOfARegistryThatOutlastsTheEngineAreThoseOfTheNextOne() {
        ApplicationContextRunner next = CONTEXT.withPropertyValues("cerberus.metrics.gateway-names=vllm");
        new ApplicationContextRunner().withBean(SimpleMeterRegistry.class).run((parent) -> {
            MeterRegistry meters = parent.getBean(MeterRegistry.class);
            next.withParent(parent).withPropertyValues("cerberus.model.name=first").run((child) -> {
                assertThat(child.getBean(MeterRegistry.class)).isSameAs(meters);
                assertThat(meters.get("cerberus.info").tag("model", "first").gauge().value()).isEqualTo(1);
            });
            assertThat(meters.getMeters()).noneMatch((meter) -> meter instanceof Gauge
                    && meter.getId().getName().matches("cerberus\\.(requests|kv|info).*|vllm:.*"));
            next.withParent(parent)
                .run((child) -> assertThat(meters.get("cerberus.requests.active").gauge().value()).isZero());
        });
    }

    @Test
    void gaugesOfAParentsEngineOutlastThoseOfAChild() {
        CONTEXT.run((parent) -> {
            CONTEXT.withParent(parent)
                .withBean("own", CerberusEngine.class, TinyEngine::open, (definition) -> definition.setPrimary(true))
                .run((child) -> assertThat(child).hasSingleBean(EngineMeters.class));
            assertThat(parent.getBean(MeterRegistry.class).get("cerberus.requests.active").gauge().value()).isZero();
        });
    }

    @Test
    void metersAreThereWhereOtherBeansAreMadeLazily() {
        CONTEXT.withPropertyValues("cerberus.metrics.gateway-names=vllm")
            .withInitializer(
                    (context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
            .run((context) -> {
                MeterRegistry meters = context.getBean(MeterRegistry.class);
                assertThat(meters.find("cerberus.requests.active").gauge()).isNotNull();
                assertThat(meters.find("vllm:num_requests_running").gauge()).isNotNull();
                context.getBean(CerberusEngine.class).generate(GenerationRequest.greedy(new Prompt.Raw("abc"), 4));
                assertThat(meters.get("cerberus.decode.phase").tag("phase", "prefill").timer().count()).isEqualTo(1);
            });
    }

    @Test
    void withoutRegistryThereAreNoMeters() {
        new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(CerberusAutoConfiguration.class, CerberusMetricsAutoConfiguration.class))
            .withPropertyValues(TinyEngine.properties())
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EngineMeters.class));
    }

    @Test
    void oneSwitchTurnsAllMetersOff() {
        CONTEXT.withPropertyValues("cerberus.metrics.enabled=false")
            .run((context) -> assertThat(context.getBean(MeterRegistry.class).getMeters())
                .noneMatch((meter) -> meter.getId().getName().startsWith("cerberus")
                        || meter.getId().getName().startsWith("gen_ai")));
    }

    @Test
    void gaugesHaveTheNamesOfAGatewayOnlyWhenAsked() {
        CONTEXT.run((context) -> assertThat(context.getBean(MeterRegistry.class).getMeters())
            .noneMatch((meter) -> meter.getId().getName().startsWith("vllm")));
        CONTEXT.withPropertyValues("cerberus.metrics.gateway-names=vllm").run((context) -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(List.of("waiting", "running"))
                .allSatisfy((name) -> assertThat(meters.get("vllm:num_requests_" + name).gauge().value()).isZero());
            assertThat(meters.get("vllm:kv_cache_usage_perc").tag("model_name", "tiny").gauge().value()).isZero();
        });
    }

    @Test
    void prometheusGetsEverySeriesOnceAndNamesThatItTakes() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        CONTEXT.withBean(PrometheusMeterRegistry.class, () -> prometheus)
            .withPropertyValues("cerberus.metrics.gateway-names=vllm")
            .run((context) -> {
                context.getBean(CerberusEngine.class).generate(GenerationRequest.greedy(new Prompt.Raw("abc"), 4));
                List<String> lines = prometheus.scrape().lines().toList();
                assertThat(lines.stream().filter((line) -> line.startsWith("# TYPE"))).doesNotHaveDuplicates();
                assertThat(lines.stream()
                    .filter((line) -> !line.startsWith("#"))
                    .map((line) -> line.substring(0, line.lastIndexOf(' ')))).doesNotHaveDuplicates();
                assertThat(lines).contains("vllm:num_requests_waiting{model_name=\"tiny\"} 0.0",
                        "cerberus_info{device=\"cpu\",heads=\"none\",model=\"tiny\",precision=\"fp32\"} 1");
                assertThat(lines).anyMatch((line) -> line.startsWith("gen_ai_client_token_usage_tokens_count{"));
            });
    }

}
