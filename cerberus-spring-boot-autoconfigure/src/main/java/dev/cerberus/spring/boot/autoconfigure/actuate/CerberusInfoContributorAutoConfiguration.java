package dev.cerberus.spring.boot.autoconfigure.actuate;

import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;

/**
 * Auto-configuration of what the endpoint {@code info} tells of the engine.
 */
@AutoConfiguration(after = CerberusAutoConfiguration.class)
@ConditionalOnClass({ InfoContributor.class, ConditionalOnEnabledInfoContributor.class })
@ConditionalOnSingleCandidate(CerberusEngine.class)
@ConditionalOnEnabledInfoContributor("cerberus")
public final class CerberusInfoContributorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    CerberusInfoContributor cerberusInfoContributor(CerberusEngine engine) {
        return new CerberusInfoContributor(engine);
    }

}
