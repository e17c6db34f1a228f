package dev.cerberus.openai;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration that tells once, at the start, why a WebFlux application has none of
 * the endpoints that it asks for.
 */
@AutoConfiguration
@Lazy(false) // no bean asks for it
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBooleanProperty("cerberus.openai.enabled")
@ConditionalOnBooleanProperty(name = "cerberus.chat.enabled", matchIfMissing = true)
public final class OpenAiReactiveAutoConfiguration {

    private static final Logger LOGGER = LoggerFactory.getLogger(OpenAiReactiveAutoConfiguration.class);

    OpenAiReactiveAutoConfiguration() {
        LOGGER.warn("cerberus.openai.enabled is true, but there are no endpoints: they are for Spring MVC, and this "
                + "application is one of WebFlux; use spring-boot-starter-webmvc");
    }

}
