/**
 * Observations of requests, and the context in which their callbacks are made.
 */
@NullMarked
package dev.cerberus.spring.boot.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
