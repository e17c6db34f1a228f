package dev.cerberus.spring.boot.autoconfigure.actuate;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;

/**
 * Auto-configuration of the Actuator endpoint {@code cerberus}.
 */
@AutoConfiguration(after = CerberusAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnSingleCandidate(CerberusEngine.class)
@ConditionalOnAvailableEndpoint(CerberusEndpoint.class)
public final class CerberusEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    CerberusEndpoint cerberusEndpoint(CerberusEngine engine) {
        return new CerberusEndpoint(engine);
    }

}
