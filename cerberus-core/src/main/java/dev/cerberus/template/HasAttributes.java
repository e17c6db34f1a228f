package dev.cerberus.template;

import org.jspecify.annotations.Nullable;

/** A value of the engine's own with attributes that templates may read. */
interface HasAttributes {

    /**
     * Reads an attribute.
     * @param name its name
     * @param meter counts the work
     * @return the value, null if there is no such attribute
     */
    @Nullable Object attribute(String name, Meter meter);

}
