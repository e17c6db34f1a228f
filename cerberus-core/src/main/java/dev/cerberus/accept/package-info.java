/**
 * Decides which part of a candidate tree becomes output.
 */
@NullMarked
package dev.cerberus.accept;

import org.jspecify.annotations.NullMarked;
