/**
 * Fakes and small data for tests; other modules use them through this module's test jar.
 */
@NullMarked
package dev.cerberus.testing;

import org.jspecify.annotations.NullMarked;
