package dev.cerberus.spring.boot.autoconfigure;

import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactoryInitializer;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is loaded before the engine's bean asks for it.
 */
class EngineAheadTests {

    private final ApplicationContextRunner tiny = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(CerberusAutoConfiguration.class))
        .withPropertyValues(TinyEngine.properties());

    @Test
    void engineIsLoadedAheadOfItsBean() {
        this.tiny.run((context) -> assertThat(ahead(context)).containsSame(context.getBean(CerberusEngine.class)));
    }

    private static Optional<CerberusEngine> ahead(ApplicationContext context) {
        return context.getBean(EngineAhead.class).take(options(context));
    }

    private static EngineOptions options(ApplicationContext context) {
        return CerberusAutoConfiguration.options(context.getBean(CerberusProperties.class), context).build();
    }

    @Test
    void nothingIsLoadedAheadThatMightBeWantedOtherwise() {
        this.tiny.withBean(CerberusEngineCustomizer.class, () -> (options) -> options.modelName(Optional.of("other")))
            .run((context) -> assertThat(ahead(context)).isEmpty());
        this.tiny.withBean(TextGenerator.class, ScriptedGenerator::new)
            .run((context) -> assertThat(ahead(context)).isEmpty());
        // a bean that fetches the model, say
        this.tiny.withBean("fetch", Object.class, Object::new)
            .withInitializer((context) -> context.addBeanFactoryPostProcessor(
                    (beans) -> beans.getBeanDefinition("cerberusEngine").setDependsOn("fetch")))
            .run((context) -> assertThat(ahead(context)).isEmpty());
        this.tiny
            .withInitializer(
                    (context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
            .run((context) -> {
                assertThat(ahead(context)).isEmpty();
                assertThat(context.getBean(CerberusEngine.class).isRunning()).isTrue();
            });
    }

    /** As a test's registrars of dynamic properties do. */
    @Test
    void propertyThatIsSetOnceLoadingHasBegunIsHeeded() {
        this.tiny.withUserConfiguration(LateName.class)
            .run((context) -> assertThat(context.getBean(CerberusEngine.class).description().modelName())
                .isEqualTo("late"));
    }

    @Test
    void engineOfAStartThatFailsIsClosed() {
        this.tiny.withUserConfiguration(FailingBean.class).run((context) -> {
            assertThat(context).hasFailed();
            assertThat(FailingBean.ahead.take(FailingBean.options).orElseThrow().isRunning()).isFalse();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class FailingBean {

        private static EngineAhead ahead;

        private static EngineOptions options;

        @Bean
        Object failing(EngineAhead engine, ApplicationContext context) {
            ahead = engine;
            options = EngineAheadTests.options(context);
            throw new IllegalStateException("fails before the engine is asked for");
        }

    }

    @Configuration(proxyBeanMethods = false)
    static class LateName {

        @Bean
        static BeanFactoryInitializer<ListableBeanFactory> late(ConfigurableEnvironment environment) {
            return (beans) -> environment.getPropertySources()
                .addFirst(new MapPropertySource("late", Map.of("cerberus.model.name", "late")));
        }

    }

}
