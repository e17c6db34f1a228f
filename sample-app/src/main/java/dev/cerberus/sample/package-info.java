/**
 * The smallest useful application: a chat over HTTP and a page to try it.
 */
@NullMarked
package dev.cerberus.sample;

import org.jspecify.annotations.NullMarked;
