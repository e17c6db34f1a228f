/**
 * Position-keyed sampling: the same seed gives the same text, whatever was drafted.
 */
@NullMarked
package dev.cerberus.sample;

import org.jspecify.annotations.NullMarked;
