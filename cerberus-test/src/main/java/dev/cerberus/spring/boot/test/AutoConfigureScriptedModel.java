package dev.cerberus.spring.boot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.test.context.TestPropertySource;

/**
 * Puts a {@link dev.cerberus.test.ScriptedModel} in the engine's place, for any test of a
 * Spring Boot application. The chat models over it are the real ones; no model is loaded.
 * The script is forgotten after each test method.
 *
 * <p>
 * Beans of the engine itself, its meters, health and endpoint, are absent; groups of
 * health indicators that name {@code cerberus} may do so all the same.
 *
 * @see CerberusTest
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
@TestPropertySource(properties = "management.endpoint.health.validate-group-membership=false")
public @interface AutoConfigureScriptedModel {

}
