package dev.cerberus.spring.boot.autoconfigure.observation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.context.ContextRegistry;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cerberus.engine.QueueFullException;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.CerberusChatModelAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GenerationObservationTests {

    private final TestObservationRegistry observations = TestObservationRegistry.create();

    private final ScriptedGenerator generator = new ScriptedGenerator().target("Hel").draft("lo");

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(CerberusAutoConfiguration.class,
                CerberusObservationAutoConfiguration.class, CerberusChatModelAutoConfiguration.class))
        .withBean(TextGenerator.class, () -> this.generator)
        .withBean(ObservationRegistry.class, () -> this.observations);

    @Test
    void chatIsObservedWithTheNamesOfTheConventions() {
        this.runner.run((context) -> {
            context.getBean(ChatModel.class).chat("Hi");
            TestObservationRegistryAssert.assertThat(this.observations)
                .hasSingleObservationThat()
                .hasNameEqualTo("gen_ai.client.operation")
                .hasContextualNameEqualTo("chat scripted")
                .hasLowCardinalityKeyValue("gen_ai.operation.name", "chat")
                .hasLowCardinalityKeyValue("gen_ai.provider.name", "cerberus")
                .hasLowCardinalityKeyValue("gen_ai.request.model", "scripted")
                .hasLowCardinalityKeyValue("gen_ai.response.model", "scripted")
                .hasHighCardinalityKeyValue("gen_ai.request.max_tokens", "512")
                .hasHighCardinalityKeyValue("gen_ai.response.finish_reasons", "stop")
                .hasHighCardinalityKeyValue("gen_ai.usage.input_tokens", "7")
                .hasHighCardinalityKeyValue("gen_ai.usage.output_tokens", "2")
                .hasHighCardinalityKeyValue("cerberus.usage.accepted_draft_tokens", "1")
                .hasBeenStarted()
                .hasBeenStopped();
        });
    }

    @Test
    void limitIsTheNumberOfTokensThatAreSampledFromIfThereIsOne() {
        this.runner.run((context) -> {
            ChatModel model = context.getBean(ChatModel.class);
            for (int topK : List.of(0, 40)) {
                model.chat(ChatRequest.builder()
                    .messages(UserMessage.from("Hi"))
                    .parameters(CerberusChatRequestParameters.builder().temperature(0.7).seed(5L).topK(topK).build())
                    .build());
            }
            TestObservationRegistryAssert.assertThat(this.observations)
                .hasAnObservation((observation) -> observation.hasHighCardinalityKeyValue("gen_ai.request.seed", "5")
                    .doesNotHaveHighCardinalityKeyValueWithKey("gen_ai.request.top_k"))
                .hasAnObservation(
                        (observation) -> observation.hasHighCardinalityKeyValue("gen_ai.request.top_k", "40"));
        });
    }

    @Test
    void refusalIsAnObservedError() {
        this.generator.refusing(new QueueFullException(64));
        this.runner.run((context) -> {
            assertThatException().isThrownBy(() -> context.getBean(ChatModel.class).chat("Hi"));
            TestObservationRegistryAssert.assertThat(this.observations)
                .hasSingleObservationThat()
                .hasBeenStopped()
                .hasError();
        });
    }

    @Test
    void observationIsATimerOfTheTagsThatAreDocumented() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        this.observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        String[] documented = Arrays.stream(GenerationObservations.REQUEST.getLowCardinalityKeyNames())
            .map(KeyName::asString)
            .toArray(String[]::new);
        this.runner.run((context) -> {
            context.getBean(ChatModel.class).chat("Hi");
            this.generator.refusing(new QueueFullException(64));
            assertThatException().isThrownBy(() -> context.getBean(ChatModel.class).chat("Hi"));
            String name = GenerationObservations.REQUEST.getName();
            assertThat(meters.get(name + ".active").longTaskTimer().getId().getTags()).extracting(Tag::getKey)
                .containsExactlyInAnyOrder(documented);
            assertThat(meters.get(name).timers()).hasSize(2)
                .allSatisfy((timer) -> assertThat(timer.getId().getTags()).extracting(Tag::getKey)
                    .contains(documented)
                    .contains("error")
                    .hasSize(documented.length + 1));
            for (String type : List.of("none", QueueFullException.class.getName())) {
                assertThat(meters.get(name).tag("error.type", type).timer().count()).as(type).isEqualTo(1);
            }
        });
    }

    @Test
    void cancelledStreamEndsItsObservation() {
        this.generator.endless().pause(Duration.ofMillis(1));
        this.runner.run((context) -> {
            StreamingHandle handle = context.getBean(CerberusStreamingChatModel.class)
                .start(ChatRequest.builder().messages(UserMessage.from("Hi")).build(), new Callbacks());
            handle.cancel();
            assertThat(this.generator.awaitCancelled(Duration.ofSeconds(20))).isTrue();
            Callbacks.await(() -> TestObservationRegistryAssert.assertThat(this.observations)
                .hasSingleObservationThat()
                .hasHighCardinalityKeyValue("gen_ai.response.finish_reasons", "cancelled")
                .hasBeenStopped());
        });
    }

    @Test
    void observationIsNoMeterWhereOursAreOff() {
        this.runner
            .withConfiguration(
                    AutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
            .withPropertyValues("cerberus.metrics.enabled=false")
            .run((context) -> {
                MeterRegistry meters = context.getBean(MeterRegistry.class);
                this.observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
                meters.timer("gen_ai.client.operation", "gen_ai.provider.name", "another");
                context.getBean(ChatModel.class).chat("Hi");
                TestObservationRegistryAssert.assertThat(this.observations).hasSingleObservationThat().hasBeenStopped();
                assertThat(meters.getMeters()).extracting(Meter::getId)
                    .filteredOn((id) -> id.getName().startsWith("gen_ai."))
                    .extracting((id) -> id.getTag("gen_ai.provider.name"))
                    .containsExactly("another");
            });
    }

    @ParameterizedTest
    @ValueSource(strings = { "onScopeOpened", "onScopeClosed", "onError", "onStop" })
    void handlerOfObservationsThatThrowsHarmsNoAnswer(String call) {
        this.generator.failing(new IllegalStateException("the model is tired"));
        ThrowingHandler handler = new ThrowingHandler(call);
        this.observations.observationConfig().observationHandler(handler);
        this.runner.run((context) -> {
            Callbacks callbacks = new Callbacks();
            context.getBean(CerberusStreamingChatModel.class).chat("Hi", callbacks);
            assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> callbacks.finished.get(5, TimeUnit.SECONDS))
                .withMessageContaining("the model is tired");
            assertThat(callbacks.seen.toString()).isEqualTo("null:false null:false ");
            assertThat(handler.threw.await(5, TimeUnit.SECONDS)).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = { "onStart", "onScopeOpened", "onScopeClosed", "onStop" })
    void whoWaitsForAnAnswerGetsItWhateverAHandlerOfObservationsThrows(String call) {
        ThrowingHandler handler = new ThrowingHandler(call);
        this.observations.observationConfig().observationHandler(handler);
        this.runner.run((context) -> {
            assertThat(context.getBean(ChatModel.class).chat("Hi")).isEqualTo("Hello");
            assertThat(handler.threw.await(5, TimeUnit.SECONDS)).isTrue();
        });
    }

    @Test
    void ownConventionReplacesOurs() {
        this.runner.withBean(GenerationObservationConvention.class, OwnConvention::new).run((context) -> {
            context.getBean(ChatModel.class).chat("Hi");
            TestObservationRegistryAssert.assertThat(this.observations)
                .hasSingleObservationThat()
                .hasNameEqualTo("gen_ai.client.operation")
                .hasLowCardinalityKeyValue("team", "blue");
        });
    }

    @Test
    void conventionOfTheWholeRegistryReplacesOursButNotThatOfABean() {
        this.observations.observationConfig().observationConvention(new GlobalConvention());
        this.runner.run((context) -> context.getBean(ChatModel.class).chat("Hi"));
        this.runner.withBean(GenerationObservationConvention.class, OwnConvention::new)
            .run((context) -> context.getBean(ChatModel.class).chat("Hi"));
        TestObservationRegistryAssert.assertThat(this.observations)
            .hasNumberOfObservationsWithNameEqualTo("gen_ai.client.operation", 2)
            .hasAnObservation((observation) -> observation.hasLowCardinalityKeyValue("team", "green"))
            .hasAnObservation((observation) -> observation.hasLowCardinalityKeyValue("team", "blue"));
    }

    @Test
    void callbacksFindTheTraceAndTheContextOfTheCaller() {
        SimpleTracer tracer = new SimpleTracer();
        this.observations.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
        ThreadLocal<String> user = new ThreadLocal<>();
        ContextRegistry.getInstance().registerThreadLocalAccessor("user", user);
        try {
            this.runner.run((context) -> {
                user.set("ann");
                Span caller = tracer.nextSpan().name("caller").start();
                Callbacks callbacks = new Callbacks(tracer, user);
                try (Tracer.SpanInScope scope = tracer.withSpan(caller)) {
                    context.getBean(CerberusStreamingChatModel.class).chat("Hi", callbacks);
                    callbacks.finished.get(20, TimeUnit.SECONDS);
                }
                assertThat(callbacks.seen.toString()).isEqualTo("ann:true ann:true ann:true ");
                assertThat(callbacks.spanId).isNotEqualTo(caller.context().spanId());
            });
        }
        finally {
            user.remove();
            ContextRegistry.getInstance().removeThreadLocalAccessor("user");
        }
    }

    @Test
    void withoutMicrometerTheChatModelsWorkUnobserved() {
        this.runner.withClassLoader(new FilteredClassLoader("io.micrometer")).run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(ChatModel.class).chat("Hi")).isEqualTo("Hello");
        });
    }

    @Test
    void everythingThatAGeneratorCanDoIsPassedOn() {
        assertThat(Arrays.stream(TextGenerator.class.getMethods())
            .filter((method) -> !Modifier.isStatic(method.getModifiers())))
            .allSatisfy((method) -> assertThat(own(method)).as(method.toString()).isEqualTo(DelegatingGenerator.class));
    }

    private static Class<?> own(Method method) throws NoSuchMethodException {
        return DelegatingGenerator.class.getMethod(method.getName(), method.getParameterTypes()).getDeclaringClass();
    }

    private static final class OwnConvention extends DefaultGenerationObservationConvention {

        @Override
        public KeyValues getLowCardinalityKeyValues(GenerationObservationContext context) {
            return super.getLowCardinalityKeyValues(context).and("team", "blue");
        }

    }

    private static final class GlobalConvention extends DefaultGenerationObservationConvention
            implements GlobalObservationConvention<GenerationObservationContext> {

        @Override
        public KeyValues getLowCardinalityKeyValues(GenerationObservationContext context) {
            return super.getLowCardinalityKeyValues(context).and("team", "green");
        }

    }

    private static final class ThrowingHandler implements ObservationHandler<GenerationObservationContext> {

        private final String call;

        /** May come after the last callback, so it is waited for. */
        private final CountDownLatch threw = new CountDownLatch(1);

        private ThrowingHandler(String call) {
            this.call = call;
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof GenerationObservationContext;
        }

        @Override
        public void onStart(GenerationObservationContext context) {
            fail("onStart");
        }

        @Override
        public void onScopeOpened(GenerationObservationContext context) {
            fail("onScopeOpened");
        }

        @Override
        public void onScopeClosed(GenerationObservationContext context) {
            fail("onScopeClosed");
        }

        @Override
        public void onError(GenerationObservationContext context) {
            fail("onError");
        }

        @Override
        public void onStop(GenerationObservationContext context) {
            fail("onStop");
        }

        private void fail(String present) {
            if (present.equals(this.call)) {
                this.threw.countDown();
                throw new IllegalStateException(present + " of an application's handler");
            }
        }

    }

    private static final class Callbacks implements StreamingChatResponseHandler {

        private final CompletableFuture<ChatResponse> finished = new CompletableFuture<>();

        private final StringBuffer seen = new StringBuffer();

        private final SimpleTracer tracer;

        private final ThreadLocal<String> user;

        private volatile String spanId = "";

        private Callbacks() {
            this(new SimpleTracer(), new ThreadLocal<>());
        }

        private Callbacks(SimpleTracer tracer, ThreadLocal<String> user) {
            this.tracer = tracer;
            this.user = user;
        }

        static void await(Runnable assertion) throws InterruptedException {
            long start = System.nanoTime();
            while (true) {
                try {
                    assertion.run();
                    return;
                }
                catch (AssertionError ex) {
                    if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20)) {
                        throw ex;
                    }
                    Thread.sleep(5);
                }
            }
        }

        private void note() {
            Span span = this.tracer.currentSpan();
            this.seen.append(this.user.get()).append(':').append(span != null).append(' ');
            this.spanId = (span != null) ? span.context().spanId() : "";
        }

        @Override
        public void onPartialResponse(String text) {
            note();
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            note();
            this.finished.complete(response);
        }

        @Override
        public void onError(Throwable error) {
            this.finished.completeExceptionally(error);
        }

    }

}
