package dev.cerberus.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import dev.cerberus.engine.BundledModel;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineState;
import dev.cerberus.engine.FailingEngine;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.engine.UnknownTokenException;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.spring.boot.autoconfigure.actuate.CerberusEndpointAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.actuate.CerberusHealthContributorAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.metrics.CerberusMetricsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CerberusAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, CerberusAutoConfiguration.class,
                CerberusChatModelAutoConfiguration.class, CerberusEndpointAutoConfiguration.class,
                CerberusHealthContributorAutoConfiguration.class, CerberusMetricsAutoConfiguration.class));

    private final ApplicationContextRunner tiny = this.runner.withPropertyValues(TinyEngine.properties());

    @Test
    void modelGivesTheBeansUnderTheirNames() {
        this.tiny.run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean("cerberusEngine")).isInstanceOf(CerberusEngine.class);
            assertThat(context.getBean("cerberusChatModel")).isInstanceOf(CerberusChatModel.class);
            assertThat(context.getBean("cerberusStreamingChatModel")).isInstanceOf(CerberusStreamingChatModel.class);
            assertThat(context.getBean(CerberusEngine.class).description().modelName()).isEqualTo("tiny");
        });
    }

    @Test
    void chatModelAnswersWithTheConfiguredBudget() {
        this.tiny.run((context) -> {
            ChatResponse response = context.getBean(ChatModel.class).chat(UserMessage.from("Hi"));
            assertThat(response.modelName()).isEqualTo("tiny");
            assertThat(response.tokenUsage().outputTokenCount()).isBetween(1, 8);
        });
    }

    @Test
    void closingTheContextClosesTheEngine() {
        CerberusEngine[] engine = new CerberusEngine[1];
        this.tiny.run((context) -> engine[0] = context.getBean(CerberusEngine.class));
        assertThat(engine[0].isRunning()).isFalse();
    }

    @Test
    void stoppingRefusesNewRequestsAndWaitsForRunningOnes() {
        this.tiny.run((context) -> {
            CerberusEngine engine = context.getBean(CerberusEngine.class);
            context.getBean(CerberusEngineLifecycle.class).stop();
            assertThatExceptionOfType(EngineClosedException.class)
                .isThrownBy(() -> engine.generate(GenerationRequest.greedy(new Prompt.Raw("a"), 1)));
            assertThat(engine.awaitIdle(Duration.ZERO)).isTrue();
        });
    }

    @Test
    void contextThatIsStoppedAndStartedAgainAnswers() {
        this.tiny.run((context) -> {
            CerberusEngine engine = context.getBean(CerberusEngine.class);
            for (int round = 0; round < 2; round++) {
                context.stop();
                assertThat(engine.state()).isEqualTo(EngineState.STOPPING);
                context.start();
                assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
                assertThat(context.getBean(ChatModel.class).chat("Hi")).isNotNull();
            }
            context.restart();
            assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
        });
    }

    @Test
    void contextThatIsStartedAgainDoesNotMendAnEngine() {
        this.tiny.run((context) -> {
            CerberusEngine engine = context.getBean(CerberusEngine.class);
            context.stop();
            FailingEngine.fail(engine);
            context.start();
            assertThat(engine.state()).isEqualTo(EngineState.FAILED);
            context.stop();
            engine.close();
            context.start();
            assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
        });
    }

    @Test
    void engineStopsAfterTheWebServer() {
        this.tiny.run((context) -> {
            CerberusEngineLifecycle lifecycle = context.getBean(CerberusEngineLifecycle.class);
            assertThat(lifecycle.getPhase()).isLessThan(SmartLifecycle.DEFAULT_PHASE - 2048);
            assertThat(lifecycle.isPauseable()).isFalse();
        });
    }

    @Test
    void taskThatRunsAtTheStopAsksUntilItIsThrough() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        this.tiny.withBean(ThreadPoolTaskExecutor.class).run((context) -> {
            CerberusEngine engine = context.getBean(CerberusEngine.class);
            ThreadPoolTaskExecutor executor = context.getBean(ThreadPoolTaskExecutor.class);
            ChatModel model = context.getBean(ChatModel.class);
            CountDownLatch running = new CountDownLatch(1);
            executor.execute(() -> {
                running.countDown();
                while (executor.isRunning() && engine.state() == EngineState.RUNNING) {
                    Thread.onSpinWait();
                }
                answer.completeAsync(() -> model.chat("Hi"), Runnable::run);
            });
            running.await();
        });
        assertThat(answer).isCompleted();
    }

    @Test
    void disabledMeansNoBeansAndNoCheckOfOtherValues() {
        this.runner.withPropertyValues("cerberus.enabled=false", "cerberus.tree.max-nodes=0").run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context).doesNotHaveBean(TextGenerator.class).doesNotHaveBean(ChatModel.class);
            assertThat(context).doesNotHaveBean(CerberusEngineLifecycle.class);
        });
    }

    @Test
    void ownEngineOfADisabledCerberusIsCountedAndShown() {
        this.runner.withPropertyValues("cerberus.enabled=false", "management.endpoints.web.exposure.include=*")
            .withBean(SimpleMeterRegistry.class)
            .withBean(CerberusEngine.class, TinyEngine::open)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(context).hasBean("cerberusEngineMeters").hasBean("cerberusEndpoint");
                assertThat(context).doesNotHaveBean(ChatModel.class);
            });
    }

    @Test
    void withoutModelTheStartFailsAndSaysWhatToSet() {
        this.runner
            .withClassLoader(new FilteredClassLoader(
                    new ClassPathResource(BundledModel.LOCATION.substring("classpath:".length()))))
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(MissingModelException.class)
                .hasMessageContaining("cerberus.model.location")
                .hasMessageContaining("a GGUF file or hf://ORG/NAME")
                .hasMessageContaining("cerberus-demo-model")
                .hasMessageContaining("cerberus.enabled"));
    }

    @Test
    void missingDirectoryFailsTheStart() {
        this.runner.withPropertyValues("cerberus.model.location=/no/such/model")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("/no/such/model"));
    }

    /** Nothing injects these: the first two are started with the context. */
    @Test
    void whatTheEngineDoesByItselfIsThereWhereOtherBeansAreMadeLazily() {
        this.tiny.withBean(SimpleMeterRegistry.class, SimpleMeterRegistry::new)
            .withInitializer(
                    (context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
            .run((context) -> {
                ConfigurableListableBeanFactory beans = context.getSourceApplicationContext().getBeanFactory();
                assertThat(List.of("cerberusEngineLifecycle", "cerberusEngineLiveness", "cerberusEngineMeters"))
                    .allMatch(beans::containsSingleton);
                assertThat(context.getBean(CerberusEngineLifecycle.class).isRunning()).isTrue();
                assertThat(beans.containsSingleton("cerberusChatModel")).isFalse();
            });
    }

    @Test
    void illegalValueFailsTheStart() {
        this.tiny.withPropertyValues("cerberus.chat.top-p=2")
            .run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("cerberus.chat.top-p"));
    }

    @Test
    void customizersApplyInOrderAfterTheProperties() {
        this.tiny.withUserConfiguration(Customizers.class)
            .run((context) -> assertThat(context.getBean(CerberusEngine.class).description().modelName())
                .isEqualTo("second"));
    }

    @Test
    void customizersOfAParentContextApplyToo() {
        new ApplicationContextRunner().withUserConfiguration(Customizers.class)
            .run((parent) -> this.tiny.withParent(parent)
                .run((context) -> assertThat(context.getBean(CerberusEngine.class).description().modelName())
                    .isEqualTo("second")));
    }

    @Test
    void decoratorThatPassesRequestsOnLeavesWhatTheEngineTellsOfItself() {
        this.tiny.withPropertyValues("cerberus.gate.profiles.code.mode=never")
            .withBean(TextGeneratorDecorator.class, () -> PlainDecorated::new)
            .run((context) -> {
                ChatResponse response = context.getBean(CerberusChatModel.class)
                    .chat(ChatRequest.builder()
                        .messages(UserMessage.from("Hi"))
                        .parameters(CerberusChatRequestParameters.builder().profile("code").build())
                        .build());
                assertThat(response.tokenUsage().outputTokenCount()).isBetween(1, 8);
                CerberusEngine engine = context.getBean(CerberusEngine.class);
                TextGenerator decorated = TextGeneratorDecorator.apply(Stream.of(PlainDecorated::new), engine);
                assertThat(decorated.answerSyntax()).isSameAs(engine.answerSyntax());
                assertThat(decorated.generationDefaults()).isEqualTo(engine.generationDefaults());
                GenerationRequest unknown = GenerationRequest.greedy(new Prompt.Raw("a"), 1)
                    .withSampling(SamplingOptions.GREEDY.withLogitBias(Map.of(1_000_000, 1.0)));
                assertThatExceptionOfType(UnknownTokenException.class).isThrownBy(() -> decorated.check(unknown));
            });
    }

    @Test
    void ownGeneratorReplacesTheEngineAndServesTheChatModels() {
        this.runner.withBean(TextGenerator.class, () -> new ScriptedGenerator().target("scripted answer"))
            .run((context) -> {
                assertThat(context).doesNotHaveBean(CerberusEngine.class);
                assertThat(context.getBean(ChatModel.class).chat("Hi")).isEqualTo("scripted answer");
            });
    }

    /** What is of one engine is there for the one that is meant, or not at all. */
    @Test
    void severalEnginesOfAnApplicationAreAllStopped() {
        ApplicationContextRunner two = this.tiny.withBean(SimpleMeterRegistry.class)
            .withPropertyValues("management.endpoints.web.exposure.include=*")
            .withBean("small", CerberusEngine.class, TinyEngine::open);
        two.withBean("large", CerberusEngine.class, TinyEngine::open).run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context).doesNotHaveBean(ChatModel.class).doesNotHaveBean("cerberusHealthContributor");
            Collection<CerberusEngine> engines = context.getBeansOfType(CerberusEngine.class).values();
            assertThat(engines).hasSize(2).allMatch((engine) -> engine.state() == EngineState.RUNNING);
            context.stop();
            assertThat(engines).allMatch((engine) -> engine.state() == EngineState.STOPPING);
            context.start();
            assertThat(engines).allMatch((engine) -> engine.state() == EngineState.RUNNING);
        });
        two.withBean("large", CerberusEngine.class, TinyEngine::open, (definition) -> definition.setPrimary(true))
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(context).hasSingleBean(ChatModel.class).hasBean("cerberusHealthContributor");
                context.stop();
                assertThat(context.getBeansOfType(CerberusEngine.class).values())
                    .allMatch((engine) -> engine.state() == EngineState.STOPPING);
            });
    }

    @Test
    void engineBesideOursThatIsInjectedByNameOnlyIsStoppedToo() {
        this.tiny
            .withBean("small", CerberusEngine.class, TinyEngine::open,
                    (definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(context).hasSingleBean(ChatModel.class).hasBean("cerberusHealthContributor");
                Collection<CerberusEngine> engines = context.getBeansOfType(CerberusEngine.class).values();
                assertThat(engines).hasSize(2);
                context.stop();
                assertThat(engines).allMatch((engine) -> engine.state() == EngineState.STOPPING);
            });
    }

    @Test
    void engineOfAParentContextOutlastsAChild() {
        this.tiny.run((parent) -> {
            CerberusEngine engine = parent.getBean(CerberusEngine.class);
            this.runner.withParent(parent).run((child) -> {
                assertThat(child).hasNotFailed();
                assertThat(child.getBean(CerberusEngine.class)).isSameAs(engine);
            });
            assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
            this.runner.withParent(parent)
                .withBean("own", CerberusEngine.class, TinyEngine::open)
                .run((child) -> assertThat(child).hasNotFailed());
            assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
        });
    }

    @Test
    void engineOfAMethodThatReturnsNullStopsNoStart() {
        this.tiny.withUserConfiguration(NoSmallEngine.class)
            .run((context) -> assertThat(context).hasNotFailed().hasBean("small"));
    }

    @Test
    void engineThatIsMadeLazilyIsMadeWhenItIsAskedForAndStoppedAndWatchedToo() {
        CompletableFuture<Object> broken = new CompletableFuture<>();
        this.tiny.withInitializer((context) -> context.addApplicationListener((event) -> {
            if (event instanceof AvailabilityChangeEvent<?> change) {
                broken.complete(change.getSource());
            }
        })).withBean("small", CerberusEngine.class, TinyEngine::open, (definition) -> {
            definition.setLazyInit(true);
            ((AbstractBeanDefinition) definition).setDefaultCandidate(false);
        }).run((context) -> {
            assertThat(context).hasNotFailed();
            ConfigurableListableBeanFactory beans = context.getSourceApplicationContext().getBeanFactory();
            assertThat(beans.containsSingleton("small")).isFalse();
            context.stop();
            context.start();
            assertThat(beans.containsSingleton("small")).isFalse();
            CerberusEngine small = (CerberusEngine) context.getBean("small");
            context.stop();
            assertThat(small.state()).isEqualTo(EngineState.STOPPING);
            context.start();
            assertThat(small.state()).isEqualTo(EngineState.RUNNING);
            FailingEngine.fail(small);
            assertThat(broken).succeedsWithin(Duration.ofSeconds(20)).isSameAs(small);
        });
    }

    @Test
    void ownChatModelOfOurTypeReplacesOurs() {
        CerberusChatModel own = CerberusChatModel.builder(new ScriptedGenerator()).build();
        this.tiny.withBean("own", CerberusChatModel.class, () -> own).run((context) -> {
            assertThat(context.getBean(ChatModel.class)).isSameAs(own);
            assertThat(context).hasSingleBean(CerberusStreamingChatModel.class);
        });
    }

    @Test
    void chatModelOfAnotherProviderStandsBesideOurs() {
        this.tiny.withUserConfiguration(OtherProvider.class).run((context) -> {
            assertThat(context.getBeansOfType(ChatModel.class)).containsOnlyKeys("other", "cerberusChatModel");
            assertThat(context).hasSingleBean(StreamingChatModel.class);
        });
    }

    @Test
    void listenerBeansHearBothModels() {
        this.tiny.withBean(ChatModelListener.class, () -> new ChatModelListener() {
        }).run((context) -> {
            assertThat(context.getBean(CerberusChatModel.class).listeners()).hasSize(1);
            assertThat(context.getBean(CerberusStreamingChatModel.class).listeners()).hasSize(1);
        });
    }

    @Test
    void withoutTheChatModuleTheEngineAloneIsThere() {
        this.tiny.withClassLoader(new FilteredClassLoader(CerberusChatModel.class)).run((context) -> {
            assertThat(context).hasSingleBean(CerberusEngine.class);
            assertThat(context).doesNotHaveBean(ChatModel.class);
        });
    }

    @Test
    void withoutMicrometerAndActuatorTheChatModelsAreThere() {
        this.tiny
            .withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.actuate.endpoint",
                    "org.springframework.boot.health.contributor"))
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(context).hasSingleBean(ChatModel.class);
                assertThat(context.getBeanDefinitionNames()).noneMatch(
                        (name) -> name.contains("Meters") || name.contains("Endpoint") || name.contains("Health"));
            });
    }

    @Test
    void chatModelsCanBeLeftOutAndTheEngineKept() {
        this.tiny.withPropertyValues("cerberus.chat.enabled=false").run((context) -> {
            assertThat(context).hasSingleBean(CerberusEngine.class);
            assertThat(context).doesNotHaveBean(ChatModel.class).doesNotHaveBean(StreamingChatModel.class);
        });
    }

    @Test
    void nativeImageKeepsTemplatesTheBundledModelAndTheProperties() {
        RuntimeHints hints = new RuntimeHints();
        new CerberusRuntimeHints().registerHints(hints, getClass().getClassLoader());
        assertThat(hints).matches(RuntimeHintsPredicates.resource().forResource("smollm2-135m-instruct/SHA256SUMS"))
            .matches(RuntimeHintsPredicates.resource().forResource("dev/cerberus/djl/torch/floating.py"))
            .matches(RuntimeHintsPredicates.reflection().onType(CerberusProperties.Chat.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {

        @Bean
        @Order(2)
        CerberusEngineCustomizer later() {
            return (options) -> options.modelName(Optional.of("second"));
        }

        @Bean
        @Order(1)
        CerberusEngineCustomizer earlier() {
            return (options) -> options.modelName(Optional.of("first"));
        }

    }

    /** What is written by somebody who passes on what has to be passed on. */
    private record PlainDecorated(TextGenerator generator) implements TextGenerator {

        @Override
        public EngineDescription description() {
            return this.generator.description();
        }

        @Override
        public GateOptions gate() {
            return this.generator.gate();
        }

        @Override
        public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
            return this.generator.submit(request, listener);
        }

    }

    @Configuration(proxyBeanMethods = false)
    static class OtherProvider {

        @Bean
        ChatModel other() {
            return new ChatModel() {
                @Override
                public ChatResponse doChat(ChatRequest request) {
                    throw new UnsupportedOperationException();
                }
            };
        }

    }

    @Configuration(proxyBeanMethods = false)
    static class NoSmallEngine {

        @Bean(defaultCandidate = false)
        @Nullable CerberusEngine small() {
            return null;
        }

    }

}
