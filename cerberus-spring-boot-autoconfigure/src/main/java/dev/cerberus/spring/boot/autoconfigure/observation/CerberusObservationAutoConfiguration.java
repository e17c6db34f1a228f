package dev.cerberus.spring.boot.autoconfigure.observation;

import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import dev.cerberus.spring.boot.autoconfigure.TextGeneratorDecorator;

/**
 * Auto-configuration of observations, and of the context that callbacks find.
 */
@AutoConfiguration(
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
        beforeName = "dev.cerberus.spring.boot.autoconfigure.CerberusChatModelAutoConfiguration")
@ConditionalOnBooleanProperty(name = "cerberus.enabled", matchIfMissing = true)
public final class CerberusObservationAutoConfiguration {

    /** Inside the observation, so that callbacks find it. */
    static final int CONTEXT_ORDER = 0;

    static final int OBSERVATION_ORDER = CONTEXT_ORDER - 100;

    /**
     * Observations, where there is a registry of them.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    @ConditionalOnBean(ObservationRegistry.class)
    static class Observations {

        @Bean
        @Order(OBSERVATION_ORDER)
        @ConditionalOnMissingBean(name = "cerberusObservations")
        TextGeneratorDecorator cerberusObservations(ObservationRegistry registry,
                ObjectProvider<GenerationObservationConvention> convention) {
            return (generator) -> new ObservedGenerator(generator, registry, convention.getIfUnique());
        }

    }

    /**
     * Observations that are no meters, where ours are not wanted; they go on as traces.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterFilter.class)
    @ConditionalOnBooleanProperty(name = "cerberus.metrics.enabled", havingValue = false)
    static class WithoutMeters {

        @Bean
        @ConditionalOnMissingBean(name = "cerberusObservationMeterFilter")
        MeterFilter cerberusObservationMeterFilter() {
            return MeterFilter.deny((id) -> DefaultGenerationObservationConvention.PROVIDER
                .equals(id.getTag(GenerationKeys.PROVIDER.asString())));
        }

    }

    /**
     * Context propagation, where its library is present.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ContextSnapshotFactory.class)
    static class ContextPropagation {

        @Bean
        @Order(CONTEXT_ORDER)
        @ConditionalOnMissingBean(name = "cerberusContextPropagation")
        TextGeneratorDecorator cerberusContextPropagation(ObjectProvider<ContextSnapshotFactory> factory) {
            ContextSnapshotFactory snapshots = factory
                .getIfUnique(() -> ContextSnapshotFactory.builder().clearMissing(false).build());
            return (generator) -> new ContextPropagatingGenerator(generator, snapshots);
        }

    }

}
