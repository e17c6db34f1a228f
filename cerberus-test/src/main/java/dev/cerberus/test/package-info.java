/**
 * A model for tests of applications: it answers by script, loads nothing and needs no
 * framework.
 */
@NullMarked
package dev.cerberus.test;

import org.jspecify.annotations.NullMarked;
