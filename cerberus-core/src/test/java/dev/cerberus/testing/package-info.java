/**
 * Models and data for tests.
 */
@NullMarked
package dev.cerberus.testing;

import org.jspecify.annotations.NullMarked;
