package dev.cerberus.spring.boot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * A test of the part of a Spring Boot application that talks to a model: the context has
 * the chat models over a {@link dev.cerberus.test.ScriptedModel} and nothing else but
 * what the test imports or includes. No web server is started and no component is
 * scanned.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(CerberusTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(CerberusTypeExcludeFilter.class)
@AutoConfigureScriptedModel
@ImportAutoConfiguration
public @interface CerberusTest {

    /**
     * Returns properties to add to the environment.
     * @return entries of the form {@code key=value}
     */
    String[] properties() default {};

    /**
     * Returns whether scanned components are left out unless a filter includes them.
     * @return whether the default filter is used
     */
    boolean useDefaultFilters() default true;

    /**
     * Returns which of the application's components to include.
     * @return filters of the component scan
     */
    ComponentScan.Filter[] includeFilters() default {};

    /**
     * Returns which of the application's components to exclude.
     * @return filters of the component scan
     */
    ComponentScan.Filter[] excludeFilters() default {};

    /**
     * Returns which auto-configurations to leave out.
     * @return the classes
     */
    @AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
    Class<?>[] excludeAutoConfiguration() default {};

}
