package dev.cerberus.openai;

import java.time.Clock;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.util.unit.DataSize;

import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.CerberusStreamingLanguageModel;
import dev.cerberus.spring.boot.autoconfigure.CerberusChatModelAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.CerberusProperties;

/**
 * Auto-configuration of the endpoints under {@code /v1}, in a Spring MVC application that
 * asks for them.
 */
@AutoConfiguration(after = CerberusChatModelAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty("cerberus.openai.enabled")
@EnableConfigurationProperties(CerberusProperties.class)
public final class OpenAiAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({ CerberusStreamingChatModel.class, CerberusStreamingLanguageModel.class })
    OpenAiController cerberusOpenAiController(CerberusStreamingChatModel chatModel,
            CerberusStreamingLanguageModel languageModel, ObjectProvider<ClientPresence> presence,
            CerberusProperties properties) {
        return new OpenAiController(chatModel, languageModel, presence.getIfUnique(() -> (request) -> false),
                maxBody(properties), Clock.systemUTC());
    }

    private static DataSize maxBody(CerberusProperties properties) {
        DataSize size = properties.openai().maxBody();
        if (size.toBytes() < 1) {
            throw new InvalidConfigurationPropertyValueException("cerberus.openai.max-body", size,
                    "must be at least 1B, such as 1MB");
        }
        return size;
    }

    // no bean asks for it: made lazily, it would never be
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean(OpenAiController.class)
    @ConditionalOnBooleanProperty(name = { "cerberus.enabled", "cerberus.chat.enabled" }, matchIfMissing = true)
    MissingEndpoints cerberusMissingEndpoints(ListableBeanFactory beans) {
        return new MissingEndpoints(beans);
    }

    /**
     * The presence of clients of Tomcat.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean({ CerberusStreamingChatModel.class, CerberusStreamingLanguageModel.class })
    @ConditionalOnClass(name = { "org.apache.catalina.valves.ValveBase",
            "org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory" })
    static class Tomcat {

        @Bean
        @ConditionalOnMissingBean(ClientPresence.class)
        TomcatClientPresence cerberusClientPresence() {
            return new TomcatClientPresence();
        }

    }

}
