package dev.cerberus.spring.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.langchain4j.model.chat.ChatModel;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.BDDMockito;
import org.mockito.Mockito;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.Scope;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.langchain4j.CerberusLanguageModel;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.CerberusStreamingLanguageModel;
import dev.cerberus.langchain4j.CerberusTokenCountEstimator;
import dev.cerberus.spring.boot.autoconfigure.actuate.CerberusEndpoint;
import dev.cerberus.spring.boot.autoconfigure.actuate.CerberusEndpointAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.actuate.CerberusHealthContributorAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.actuate.CerberusHealthIndicator;
import dev.cerberus.spring.boot.autoconfigure.actuate.CerberusInfoContributor;
import dev.cerberus.spring.boot.autoconfigure.actuate.CerberusInfoContributorAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.metrics.CerberusMetricsAutoConfiguration;
import dev.cerberus.test.ScriptedModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Aspects, scopes and mocks over every public bean.
 */
class ProxyTests {

    private static final List<String> PUBLIC_BEANS = List.of("cerberusEngine", "cerberusChatModel",
            "cerberusStreamingChatModel", "cerberusLanguageModel", "cerberusStreamingLanguageModel",
            "cerberusTokenCountEstimator", "cerberusEndpoint", "cerberusHealthContributor", "cerberusInfoContributor");

    private static final List<Class<?>> PUBLIC_TYPES = List.of(CerberusEngine.class, CerberusChatModel.class,
            CerberusStreamingChatModel.class, CerberusLanguageModel.class, CerberusStreamingLanguageModel.class,
            CerberusTokenCountEstimator.class, CerberusEndpoint.class, CerberusHealthIndicator.class,
            CerberusInfoContributor.class);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, EndpointAutoConfiguration.class,
                MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
                CerberusAutoConfiguration.class, CerberusChatModelAutoConfiguration.class,
                CerberusEndpointAutoConfiguration.class, CerberusHealthContributorAutoConfiguration.class,
                CerberusInfoContributorAutoConfiguration.class, CerberusMetricsAutoConfiguration.class))
        .withPropertyValues(TinyEngine.properties())
        .withPropertyValues("management.endpoints.web.exposure.include=*", "cerberus.chat.template=chatml");

    @Test
    void aspectAppliesToEveryPublicBean() {
        this.runner.withUserConfiguration(Watching.class).run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(PUBLIC_BEANS)
                .allSatisfy((name) -> assertThat(AopUtils.isCglibProxy(context.getBean(name))).as(name).isTrue());
            assertThat(context.getBean(ChatModel.class).chat("Hi")).isNotNull();
            context.getBean(CerberusEndpoint.class).state();
            assertThat(context.getBean(Watch.class).seen).contains("chat", "state", "description");
        });
    }

    /** The models over an engine that is made anew, and all beans at once. */
    static List<List<String>> refreshed() {
        return List.of(List.of("cerberusEngine"), PUBLIC_BEANS);
    }

    @ParameterizedTest
    @MethodSource("refreshed")
    void scopeThatMakesBeansAnewAppliesToEveryPublicBean(List<String> names) {
        this.runner.withUserConfiguration(Refreshing.class)
            .withPropertyValues("refreshed=" + String.join(",", names))
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(names)
                    .allSatisfy((name) -> assertThat(AopUtils.isAopProxy(context.getBean(name))).as(name).isTrue());
                assertThat(context.getBean(ChatModel.class).chat("Hi")).isNotNull();
                RefreshScope scope = context.getBean(RefreshScope.class);
                Map<String, Object> before = scope.refresh();
                assertThat(context.getBean(ChatModel.class).chat("Hi")).isNotNull();
                context.getBean(CerberusEndpoint.class).state();
                assertThat(scope.beans).isNotEmpty()
                    .allSatisfy((name, bean) -> assertThat(bean).isNotSameAs(before.get(name)));
            });
    }

    @Test
    void mockTakesThePlaceOfEveryPublicBean() {
        List<Object> mocks = PUBLIC_TYPES.stream().map(ProxyTests::mock).toList();
        this.runner.withInitializer((context) -> context.addBeanFactoryPostProcessor((factory) -> {
            // as Spring's own @MockitoBean does it
            for (int i = 0; i < mocks.size(); i++) {
                ((BeanDefinitionRegistry) factory).removeBeanDefinition(PUBLIC_BEANS.get(i));
                factory.registerSingleton(PUBLIC_BEANS.get(i), mocks.get(i));
            }
        })).run((context) -> {
            assertThat(context).hasNotFailed();
            for (int i = 0; i < mocks.size(); i++) {
                assertThat(context.getBean(PUBLIC_TYPES.get(i))).isSameAs(mocks.get(i));
            }
        });
    }

    /** The engine's meters want to know the name of what they measure. */
    private static Object mock(Class<?> type) {
        Object mock = Mockito.mock(type, Mockito.withSettings().mockMaker("mock-maker-subclass"));
        if (mock instanceof CerberusEngine engine) {
            BDDMockito.given(engine.description()).willReturn(new ScriptedModel().description());
        }
        return mock;
    }

    @Configuration(proxyBeanMethods = false)
    static class Watching {

        @Bean
        Watch watch() {
            return new Watch();
        }

    }

    @Aspect
    static class Watch {

        private final List<String> seen = new CopyOnWriteArrayList<>();

        @Around("execution(* dev.langchain4j.model.chat.ChatModel.*(..))"
                + " || execution(* dev.langchain4j.model.chat.StreamingChatModel.*(..))"
                + " || execution(* dev.cerberus.engine.CerberusEngine.*(..))"
                + " || execution(* dev.langchain4j.model.language.LanguageModel.*(..))"
                + " || execution(* dev.langchain4j.model.language.StreamingLanguageModel.*(..))"
                + " || execution(* dev.langchain4j.model.TokenCountEstimator.*(..))"
                + " || execution(* dev.cerberus.spring.boot.autoconfigure.actuate.CerberusEndpoint.*(..))"
                + " || execution(* dev.cerberus.spring.boot.autoconfigure.actuate.CerberusHealthIndicator.*(..))"
                + " || execution(* dev.cerberus.spring.boot.autoconfigure.actuate.CerberusInfoContributor.*(..))")
        Object watch(ProceedingJoinPoint point) throws Throwable {
            this.seen.add(point.getSignature().getName());
            return point.proceed();
        }

    }

    @Configuration(proxyBeanMethods = false)
    static class Refreshing {

        @Bean
        static RefreshScope refreshScope() {
            return new RefreshScope();
        }

        @Bean
        static BeanFactoryPostProcessor scoping(RefreshScope scope,
                org.springframework.core.env.Environment environment) {
            return (factory) -> {
                DefaultListableBeanFactory registry = (DefaultListableBeanFactory) factory;
                registry.registerScope("refresh", scope);
                for (String name : environment.getRequiredProperty("refreshed", String[].class)) {
                    registry.getBeanDefinition(name).setScope("refresh");
                    scopedProxy(registry, name);
                }
            };
        }

        private static void scopedProxy(BeanDefinitionRegistry registry, String name) {
            BeanDefinitionHolder proxy = ScopedProxyUtils
                .createScopedProxy(new BeanDefinitionHolder(registry.getBeanDefinition(name), name), registry, true);
            registry.removeBeanDefinition(name);
            registry.registerBeanDefinition(name, proxy.getBeanDefinition());
        }

    }

    /**
     * A scope that forgets its beans when asked, as Spring Cloud's does.
     */
    static class RefreshScope implements Scope {

        private final Map<String, Object> beans = new ConcurrentHashMap<>();

        private final Map<String, Runnable> destructions = new ConcurrentHashMap<>();

        Map<String, Object> refresh() {
            Map<String, Object> forgotten = Map.copyOf(this.beans);
            this.beans.clear();
            this.destructions.values().forEach(Runnable::run);
            this.destructions.clear();
            return forgotten;
        }

        @Override
        public Object get(String name, ObjectFactory<?> factory) {
            Object bean = this.beans.get(name);
            if (bean == null) {
                bean = factory.getObject();
                this.beans.put(name, bean);
            }
            return bean;
        }

        @Override
        public Object remove(String name) {
            return this.beans.remove(name);
        }

        @Override
        public void registerDestructionCallback(String name, Runnable callback) {
            this.destructions.put(name, callback);
        }

    }

}
