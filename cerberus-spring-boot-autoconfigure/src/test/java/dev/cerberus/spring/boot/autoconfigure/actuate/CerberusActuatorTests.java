package dev.cerberus.spring.boot.autoconfigure.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineFailedException;
import dev.cerberus.engine.FailingEngine;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.PrecisionSupport;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateMode;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.TinyEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CerberusActuatorTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class, CerberusAutoConfiguration.class,
                CerberusEndpointAutoConfiguration.class, CerberusHealthContributorAutoConfiguration.class,
                CerberusInfoContributorAutoConfiguration.class))
        .withPropertyValues(TinyEngine.properties())
        .withPropertyValues("management.endpoints.web.exposure.include=*");

    @Test
    void endpointShowsModelGateAndTotals() {
        this.runner.run((context) -> {
            context.getBean(CerberusEngine.class).generate(GenerationRequest.greedy(new Prompt.Raw("abc"), 4));
            CerberusEndpoint.State state = context.getBean(CerberusEndpoint.class).state();
            assertThat(state.model().name()).isEqualTo("tiny");
            assertThat(state.device()).isEqualTo("cpu");
            assertThat(state.precision()).isEqualTo("fp32");
            assertThat(state.precisions()).extracting(PrecisionSupport::name).contains("fp32", "bf16");
            assertThat(state.heads()).isNull();
            assertThat(state.tree()).isEqualTo(new CerberusEndpoint.Tree("auto", 16, true, 0));
            assertThat(state.gate().mode()).isEqualTo("adaptive");
            // there are no heads
            assertThat(state.gate().signal()).isEqualTo("tree-expectation");
            assertThat(state.gate().costCurve()).isNotEmpty();
            assertThat(state.gate().costCurve().get(0).plainSteps()).isEqualTo(1.0);
            assertThat(state.totals().requests()).isEqualTo(1);
            assertThat(state.totals().promptTokens()).isEqualTo(3);
            assertThat(state.totals().skippedSteps()).isBetween(0L, state.totals().steps());
            assertThat(state.notes()).isEmpty(); // drafting from lookup alone is no fault
        });
    }

    @Test
    void writingChangesModeAndThresholdOfTheEngine() {
        this.runner.run((context) -> {
            CerberusEndpoint endpoint = context.getBean(CerberusEndpoint.class);
            CerberusEngine engine = context.getBean(CerberusEngine.class);
            assertThat(endpoint.configure(GateMode.THRESHOLD, 1.5).threshold()).isEqualTo(1.5);
            assertThat(engine.gate().mode()).isEqualTo(GateMode.THRESHOLD);
            assertThat(engine.gate().threshold()).isEqualTo(1.5);
            endpoint.configure(null, 0.5);
            assertThat(engine.gate().mode()).isEqualTo(GateMode.THRESHOLD);
            assertThat(engine.gate().threshold()).isEqualTo(0.5);
        });
    }

    @Test
    void writingNothingOrAnIllegalThresholdIsRefusedAndChangesNothing() {
        this.runner.run((context) -> {
            CerberusEndpoint endpoint = context.getBean(CerberusEndpoint.class);
            GateOptions before = context.getBean(CerberusEngine.class).gate();
            assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.configure(null, null));
            assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.configure(GateMode.ALWAYS, -1.0))
                .withMessageContaining("-1.0");
            assertThat(context.getBean(CerberusEngine.class).gate()).isEqualTo(before);
        });
    }

    @Test
    void writingAThresholdThatNoValueReachesIsRefused() {
        this.runner.withPropertyValues("cerberus.gate.signal=top1-margin").run((context) -> {
            CerberusEndpoint endpoint = context.getBean(CerberusEndpoint.class);
            GateOptions before = context.getBean(CerberusEngine.class).gate();
            assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.configure(GateMode.THRESHOLD, 1.5))
                .withMessage("threshold must be in 0..1 for the gate's signal top1-margin, was 1.5");
            assertThat(context.getBean(CerberusEngine.class).gate()).isEqualTo(before);
            assertThat(endpoint.configure(GateMode.THRESHOLD, 1.0).threshold()).isEqualTo(1);
        });
    }

    @Test
    void endpointIsReadOnlyUnlessItsAccessIsRaised() {
        assertThat(CerberusEndpoint.class.getAnnotation(Endpoint.class).defaultAccess()).isEqualTo(Access.READ_ONLY);
    }

    @Test
    void endpointThatIsNotExposedIsNotThere() {
        this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
            .run((context) -> assertThat(context).doesNotHaveBean(CerberusEndpoint.class));
    }

    @Test
    void healthIsUpWhileRequestsAreTakenAndOutOfServiceWhileNoneAre() {
        this.runner.run((context) -> {
            CerberusHealthIndicator indicator = context.getBean(CerberusHealthIndicator.class);
            Health health = indicator.health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("model", "tiny")
                .containsEntry("device", "cpu")
                .containsEntry("queued", 0);
            context.getBean(CerberusEngine.class).stopAdmission();
            assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            context.getBean(CerberusEngine.class).resumeAdmission();
            assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
        });
    }

    @Test
    void failedEngineIsDownAndBreaksTheLivenessOfTheApplication() {
        this.runner.withConfiguration(AutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class))
            .run((context) -> {
                ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
                AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
                CerberusEngine engine = context.getBean(CerberusEngine.class);
                FailingEngine.fail(engine);
                engine.failure().toCompletableFuture().get(20, TimeUnit.SECONDS);
                CerberusHealthIndicator indicator = context.getBean(CerberusHealthIndicator.class);
                assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
                assertThat(indicator.health().getDetails()).containsEntry("state", "failed");
                await(() -> availability.getLivenessState() == LivenessState.BROKEN);
                AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
                context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
                        (ConfigurableApplicationContext) context.getSourceApplicationContext(), Duration.ZERO));
                assertThat(availability.getLivenessState()).isEqualTo(LivenessState.BROKEN);
                assertThatExceptionOfType(EngineFailedException.class)
                    .isThrownBy(() -> engine.generate(GenerationRequest.greedy(new Prompt.Raw("abc"), 4)));
            });
    }

    @Test
    void failureIsToldOnceHoweverOftenTheContextWasStarted() {
        List<AvailabilityChangeEvent<?>> events = new CopyOnWriteArrayList<>();
        this.runner.withInitializer((context) -> context.addApplicationListener((event) -> {
            if (event instanceof AvailabilityChangeEvent<?> change) {
                events.add(change);
            }
        })).run((context) -> {
            for (int round = 0; round < 2; round++) {
                context.stop();
                context.start();
            }
            CerberusEngine engine = context.getBean(CerberusEngine.class);
            CountDownLatch told = new CountDownLatch(1);
            engine.failure().thenRun(told::countDown);
            FailingEngine.fail(engine);
            assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
            await(() -> !events.isEmpty());
            Thread.sleep(200);
            assertThat(events).singleElement()
                .satisfies((event) -> assertThat(event.getState()).isEqualTo(LivenessState.BROKEN));
        });
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            Thread.sleep(5);
        }
    }

    @Test
    void healthCanBeSwitchedOff() {
        this.runner.withPropertyValues("management.health.cerberus.enabled=false")
            .run((context) -> assertThat(context).doesNotHaveBean(CerberusHealthIndicator.class));
    }

    @Test
    void infoTellsWhatIsLoaded() {
        this.runner.run((context) -> {
            Info.Builder builder = new Info.Builder();
            context.getBean(CerberusInfoContributor.class).contribute(builder);
            assertThat(builder.build().get("cerberus", Map.class)).containsEntry("model", "tiny")
                .containsEntry("precision", "fp32")
                .containsEntry("heads", 0)
                .containsKey("parameters");
        });
        this.runner.withPropertyValues("management.info.cerberus.enabled=false")
            .run((context) -> assertThat(context).doesNotHaveBean(CerberusInfoContributor.class));
    }

}
