package dev.cerberus.spring.boot.autoconfigure;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.TextGenerator;
import dev.cerberus.engine.TokenCounter;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.langchain4j.CerberusLanguageModel;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.CerberusStreamingLanguageModel;
import dev.cerberus.langchain4j.CerberusTokenCountEstimator;

/**
 * Auto-configuration of LangChain4j's chat models over the engine. It backs off on models
 * of its own types only, so that other providers' models may stand beside them.
 */
@AutoConfiguration(after = CerberusAutoConfiguration.class)
@ConditionalOnClass(CerberusChatModel.class)
@ConditionalOnSingleCandidate(TextGenerator.class)
@ConditionalOnBooleanProperty(name = { "cerberus.enabled", "cerberus.chat.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(CerberusProperties.class)
public final class CerberusChatModelAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    CerberusChatModel cerberusChatModel(TextGenerator generator, CerberusProperties properties,
            ObjectProvider<ChatModelListener> listeners, ObjectProvider<TextGeneratorDecorator> decorators) {
        return CerberusChatModel.builder(TextGeneratorDecorator.apply(decorators.orderedStream(), generator))
            .defaultRequestParameters(new PropertiesMapper(properties).chatParameters())
            .listeners(listeners.orderedStream().toList())
            .build();
    }

    @Bean
    @ConditionalOnMissingBean
    CerberusStreamingChatModel cerberusStreamingChatModel(TextGenerator generator, CerberusProperties properties,
            ObjectProvider<ChatModelListener> listeners, ObjectProvider<TextGeneratorDecorator> decorators) {
        return CerberusStreamingChatModel.builder(TextGeneratorDecorator.apply(decorators.orderedStream(), generator))
            .defaultRequestParameters(new PropertiesMapper(properties).chatParameters())
            .listeners(listeners.orderedStream().toList())
            .build();
    }

    @Bean
    @ConditionalOnMissingBean
    CerberusLanguageModel cerberusLanguageModel(TextGenerator generator, CerberusProperties properties,
            ObjectProvider<TextGeneratorDecorator> decorators) {
        return CerberusLanguageModel.builder(TextGeneratorDecorator.apply(decorators.orderedStream(), generator))
            .defaultRequestParameters(new PropertiesMapper(properties).chatParameters())
            .build();
    }

    @Bean
    @ConditionalOnMissingBean
    CerberusStreamingLanguageModel cerberusStreamingLanguageModel(TextGenerator generator,
            CerberusProperties properties, ObjectProvider<TextGeneratorDecorator> decorators) {
        return CerberusStreamingLanguageModel
            .builder(TextGeneratorDecorator.apply(decorators.orderedStream(), generator))
            .defaultRequestParameters(new PropertiesMapper(properties).chatParameters())
            .build();
    }

    @Bean
    @ConditionalOnSingleCandidate(TokenCounter.class)
    @ConditionalOnMissingBean
    CerberusTokenCountEstimator cerberusTokenCountEstimator(TokenCounter counter) {
        return new CerberusTokenCountEstimator(counter);
    }

}
