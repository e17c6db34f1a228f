package dev.cerberus.spring.boot.autoconfigure.actuate;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;

/**
 * Auto-configuration of the engine's health.
 */
@AutoConfiguration(after = CerberusAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnSingleCandidate(CerberusEngine.class)
@ConditionalOnEnabledHealthIndicator("cerberus")
public final class CerberusHealthContributorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = { "cerberusHealthIndicator", "cerberusHealthContributor" })
    CerberusHealthIndicator cerberusHealthContributor(CerberusEngine engine) {
        return new CerberusHealthIndicator(engine);
    }

}
