/**
 * The command line: generate, train, calibrate and bench.
 */
@NullMarked
package dev.cerberus.cli;

import org.jspecify.annotations.NullMarked;
