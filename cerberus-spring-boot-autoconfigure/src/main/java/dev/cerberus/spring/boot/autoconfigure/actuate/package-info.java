/**
 * Health and the Actuator endpoint {@code cerberus}.
 */
@NullMarked
package dev.cerberus.spring.boot.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
