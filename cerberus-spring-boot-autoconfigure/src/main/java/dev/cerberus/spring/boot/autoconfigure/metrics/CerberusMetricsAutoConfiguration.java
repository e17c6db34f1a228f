package dev.cerberus.spring.boot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;

/**
 * Auto-configuration of the engine's meters.
 */
@AutoConfiguration(after = CerberusAutoConfiguration.class,
        afterName = {
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
                "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, CerberusEngine.class })
public final class CerberusMetricsAutoConfiguration {

    @Bean
    EngineMeters cerberusEngineMeters(MeterRegistry registry, CerberusEngine engine) {
        EngineMeters meters = new EngineMeters(registry, engine.description().modelName());
        meters.registerGauges(engine);
        engine.addListener(meters);
        return meters;
    }

}
