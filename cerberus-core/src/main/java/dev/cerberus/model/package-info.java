/**
 * Ports to the target model and its draft heads; {@code dev.cerberus.djl} implements
 * them.
 */
@NullMarked
package dev.cerberus.model;

import org.jspecify.annotations.NullMarked;
