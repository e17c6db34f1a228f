/**
 * Faults thrown into the project's own code where a test wants them.
 */
@NullMarked
package dev.cerberus.testing.faults;

import org.jspecify.annotations.NullMarked;
