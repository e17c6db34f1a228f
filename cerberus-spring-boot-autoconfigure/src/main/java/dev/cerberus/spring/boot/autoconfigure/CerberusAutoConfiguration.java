package dev.cerberus.spring.boot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

import dev.cerberus.engine.BundledModel;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.TextGenerator;

/**
 * Auto-configuration of the engine. It backs off when there is a {@link TextGenerator}
 * already. Engines that an application has made are stopped and watched as ours is,
 * however many they are.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "cerberus.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CerberusProperties.class)
@ImportRuntimeHints(CerberusRuntimeHints.class)
public final class CerberusAutoConfiguration {

    @Bean
    static UnknownPropertiesCheck cerberusUnknownPropertiesCheck(ConfigurableEnvironment environment) {
        return new UnknownPropertiesCheck(environment);
    }

    // behind the check, which this relies on
    @Bean
    static EngineAhead cerberusEngineAhead(ConfigurableEnvironment environment, ResourceLoader resources) {
        return new EngineAhead(environment, resources);
    }

    @Bean(name = EngineAhead.ENGINE, destroyMethod = "close")
    @ConditionalOnMissingBean(TextGenerator.class)
    CerberusEngine cerberusEngine(CerberusProperties properties, ResourceLoader resources,
            ObjectProvider<CerberusEngineCustomizer> customizers, EngineAhead ahead) {
        EngineOptions.Builder builder = options(properties, resources);
        customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
        EngineOptions options = builder.build();
        CerberusEngine engine = ahead.take(options).orElseGet(() -> CerberusEngine.open(options));
        StartReport.log(engine, properties.chat().enabled());
        return engine;
    }

    static EngineOptions.Builder options(CerberusProperties properties, ResourceLoader resources) {
        return new PropertiesMapper(properties).engineOptions(modelLocation(properties, resources));
    }

    private static String modelLocation(CerberusProperties properties, ResourceLoader resources) {
        String location = properties.model().location();
        if (location != null && !location.isBlank()) {
            return location;
        }
        if (resources.getResource(BundledModel.LOCATION).exists()) {
            return BundledModel.LOCATION;
        }
        throw new MissingModelException();
    }

    // a parent's engines are stopped with the parent
    @Bean
    @ConditionalOnBean(value = CerberusEngine.class, search = SearchStrategy.CURRENT)
    CerberusEngineLifecycle cerberusEngineLifecycle(ConfigurableListableBeanFactory beans,
            ObjectProvider<LifecycleProperties> lifecycle) {
        LifecycleProperties properties = lifecycle.getIfUnique(LifecycleProperties::new);
        return new CerberusEngineLifecycle(() -> MadeEngines.of(beans), properties.getTimeoutPerShutdownPhase());
    }

    @Bean
    @ConditionalOnBean(CerberusEngine.class)
    static CerberusEngineLiveness cerberusEngineLiveness(ConfigurableListableBeanFactory beans,
            ApplicationEventPublisher publisher) {
        return new CerberusEngineLiveness(() -> MadeEngines.withThoseOfParents(beans), publisher);
    }

}
