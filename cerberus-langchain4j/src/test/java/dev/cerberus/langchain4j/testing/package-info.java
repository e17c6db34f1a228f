/**
 * Stand-ins for the engine in tests of this and other modules.
 */
@NullMarked
package dev.cerberus.langchain4j.testing;

import org.jspecify.annotations.NullMarked;
