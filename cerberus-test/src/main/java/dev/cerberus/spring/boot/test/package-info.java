/**
 * Tests of Spring Boot applications over a scripted model.
 */
@NullMarked
package dev.cerberus.spring.boot.test;

import org.jspecify.annotations.NullMarked;
