/**
 * From the name of a model to its files: a cache laid out as the hub's own tools lay it
 * out, and downloads into it that resume and are checked.
 *
 * <p>
 * Nothing here is sent anywhere but to the endpoint that the settings name, and to where
 * that redirects; a token goes to the endpoint alone.
 */
@NullMarked
package dev.cerberus.hub;

import org.jspecify.annotations.NullMarked;
