/**
 * Ports to the target model and its draft heads, which {@code dev.cerberus.djl}
 * implements, and what all need who load one.
 */
@NullMarked
package dev.cerberus.model;

import org.jspecify.annotations.NullMarked;
