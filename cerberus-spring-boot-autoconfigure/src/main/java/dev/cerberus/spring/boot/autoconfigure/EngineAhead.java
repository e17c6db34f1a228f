package dev.cerberus.spring.boot.autoconfigure;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.model.Ahead;

/**
 * The engine on its way: loading begins once all bean definitions are known, and goes on
 * while the context makes its other beans.
 *
 * <p>
 * Nothing is loaded ahead that might not be wanted so: not where beans customize the
 * engine, where the engine is another's, is to be made lazily or behind another bean, nor
 * where a property is wrong. Confined to the thread that refreshes the context.
 */
final class EngineAhead implements BeanFactoryPostProcessor, DisposableBean {

    static final String ENGINE = "cerberusEngine";

    private static final Logger LOGGER = LoggerFactory.getLogger(EngineAhead.class);

    /**
     * As in Spring's AbstractAotProcessor: beans are described at build time, not made.
     */
    private static final String AOT_PROCESSING = "spring.aot.processing";

    private final ConfigurableEnvironment environment;

    private final ResourceLoader resources;

    private @Nullable Loading loading;

    private record Loading(EngineOptions options, Ahead<CerberusEngine> engine) {
    }

    EngineAhead(ConfigurableEnvironment environment, ResourceLoader resources) {
        this.environment = environment;
        this.resources = resources;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        if (Boolean.getBoolean(AOT_PROCESSING) || !isWanted(beanFactory)) {
            return;
        }
        EngineOptions options;
        try {
            CerberusProperties properties = Binder.get(this.environment)
                .bindOrCreate("cerberus", CerberusProperties.class);
            options = CerberusAutoConfiguration.options(properties, this.resources).build();
        }
        catch (RuntimeException ex) {
            // said in full when the bean itself is made
            LOGGER.debug("The engine is not loaded ahead", ex);
            return;
        }
        this.loading = new Loading(options, Ahead.start("cerberus-start", () -> CerberusEngine.open(options)));
    }

    private static boolean isWanted(ConfigurableListableBeanFactory beanFactory) {
        if (!beanFactory.containsBeanDefinition(ENGINE) || BeanFactoryUtils
            .beanNamesForTypeIncludingAncestors(beanFactory, CerberusEngineCustomizer.class, true, false).length > 0) {
            return false;
        }
        BeanDefinition definition = beanFactory.getBeanDefinition(ENGINE);
        return !definition.isLazyInit() && definition.getDependsOn() == null
                && definition instanceof AnnotatedBeanDefinition annotated
                && annotated.getFactoryMethodMetadata() != null
                && annotated.getFactoryMethodMetadata()
                    .getDeclaringClassName()
                    .equals(CerberusAutoConfiguration.class.getName());
    }

    /**
     * Returns the engine, waiting for it, unless it is not loaded ahead. One that is
     * loaded with other options is closed: properties may change after the bean
     * definitions are known, as those that a test registers dynamically.
     * @param wanted the options that the engine is to have
     * @return the engine, from now on the caller's to close
     */
    Optional<CerberusEngine> take(EngineOptions wanted) {
        if (this.loading == null) {
            return Optional.empty();
        }
        if (!this.loading.options().equals(wanted)) {
            LOGGER.debug("The engine is loaded again, since properties have changed");
            destroy();
            return Optional.empty();
        }
        return Optional.of(this.loading.engine().take());
    }

    @Override
    public void destroy() {
        if (this.loading != null) {
            this.loading.engine().close();
        }
    }

}
