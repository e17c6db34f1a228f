package dev.cerberus.spring.boot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.CerberusProperties;
import dev.cerberus.spring.boot.autoconfigure.CerberusProperties.Metrics.GatewayNames;

/**
 * Auto-configuration of the engine's meters.
 */
@AutoConfiguration(after = CerberusAutoConfiguration.class,
        afterName = {
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
                "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnSingleCandidate(CerberusEngine.class)
@ConditionalOnBooleanProperty(name = "cerberus.metrics.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CerberusProperties.class)
public final class CerberusMetricsAutoConfiguration {

    // no bean asks for them: made lazily, they would never be
    @Bean
    @Lazy(false)
    @Conditional(OnEngineThatIsNotCounted.class)
    EngineMeters cerberusEngineMeters(MeterRegistry registry, CerberusEngine engine, CerberusProperties properties) {
        EngineMeters meters = new EngineMeters(registry, engine.description().modelName());
        meters.registerGauges(engine);
        meters.registerInfo(engine.description());
        if (properties.metrics().gatewayNames() == GatewayNames.VLLM) {
            VllmGauges.register(meters, engine);
        }
        engine.addListener(meters);
        return meters;
    }

    /**
     * A parent's engine is counted there, if there are meters; a context's own is counted
     * here.
     */
    static final class OnEngineThatIsNotCounted extends AnyNestedCondition {

        OnEngineThatIsNotCounted() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnMissingBean(EngineMeters.class)
        static final class NothingIsCounted {

        }

        @ConditionalOnSingleCandidate(value = CerberusEngine.class, search = SearchStrategy.CURRENT)
        static final class OwnEngine {

        }

    }

}
