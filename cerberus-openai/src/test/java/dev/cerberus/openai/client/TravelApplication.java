package dev.cerberus.openai.client;

import java.time.Duration;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.KnowingEngine;

/**
 * An application whose model has travelled.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class TravelApplication {

    /** Slow enough that whoever leaves early is noticed. */
    private static final Duration STEP = Duration.ofMillis(2);

    @Bean(destroyMethod = "close")
    CerberusEngine engine() {
        return KnowingEngine.open("traveller", Travels::answers, STEP);
    }

}
