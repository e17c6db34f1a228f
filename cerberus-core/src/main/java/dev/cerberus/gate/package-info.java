/**
 * Decides at every decode step whether drafting pays, and how much of it.
 */
@NullMarked
package dev.cerberus.gate;

import org.jspecify.annotations.NullMarked;
