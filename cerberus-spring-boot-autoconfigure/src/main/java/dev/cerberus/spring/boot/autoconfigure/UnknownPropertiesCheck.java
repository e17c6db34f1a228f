package dev.cerberus.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import dev.cerberus.spring.boot.autoconfigure.UnknownPropertyException.Unknown;

/**
 * The check that every key under {@code cerberus} is one that somebody reads, before
 * anything is loaded.
 */
/*
 * Variables of the operating system are left alone: a platform sets some of its own, such
 * as CERBERUS_PORT for a service of that name. So are the system properties of the JVM.
 */
final class UnknownPropertiesCheck implements BeanFactoryPostProcessor {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("cerberus");

    private final ConfigurableEnvironment environment;

    UnknownPropertiesCheck(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        PropertyNames names = new PropertyNames(ROOT.toString(), CerberusProperties.class);
        List<Unknown> unknown = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources
            .from(this.environment.getPropertySources())) {
            if (source instanceof IterableConfigurationPropertySource iterable && !isAmbient(source)) {
                iterable.stream()
                    .filter((name) -> ROOT.isAncestorOf(name) && !names.knows(name))
                    .filter((name) -> !names.isGroup(name) || !isEmpty(iterable.getConfigurationProperty(name)))
                    .map((name) -> unknown(name, iterable, names))
                    .filter((each) -> unknown.stream().noneMatch((known) -> known.name().equals(each.name())))
                    .forEach(unknown::add);
            }
        }
        if (!unknown.isEmpty()) {
            throw new UnknownPropertyException(unknown);
        }
    }

    private static boolean isAmbient(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> underlying
                && (underlying.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
                        || underlying.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME));
    }

    /** So YAML tells a group whose keys are all commented out. */
    private static boolean isEmpty(@Nullable ConfigurationProperty property) {
        return property != null && "".equals(property.getValue());
    }

    private static Unknown unknown(ConfigurationPropertyName name, ConfigurationPropertySource source,
            PropertyNames names) {
        @Nullable Origin origin = Origin.from(source.getConfigurationProperty(name));
        return new Unknown(name.toString(), Optional.ofNullable(origin).map(Origin::toString).orElse(null),
                names.nearest(name).map(ConfigurationPropertyName::toString).orElse(null));
    }

}
