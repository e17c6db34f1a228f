/**
 * Micrometer meters of the engine; the only package that knows Micrometer.
 */
@NullMarked
package dev.cerberus.spring.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
