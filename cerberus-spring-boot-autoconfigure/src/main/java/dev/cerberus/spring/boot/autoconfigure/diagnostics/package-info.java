/**
 * What is printed when an application with Cerberus does not start.
 */
@NullMarked
package dev.cerberus.spring.boot.autoconfigure.diagnostics;

import org.jspecify.annotations.NullMarked;
