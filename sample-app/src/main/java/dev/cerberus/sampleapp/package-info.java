/**
 * The smallest useful application: a chat over HTTP and a page to try it.
 */
@NullMarked
package dev.cerberus.sampleapp;

import org.jspecify.annotations.NullMarked;
