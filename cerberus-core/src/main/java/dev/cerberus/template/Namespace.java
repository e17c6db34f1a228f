package dev.cerberus.template;

import org.jspecify.annotations.Nullable;

/** The one kind of value whose attributes a template may set. */
final class Namespace implements HasAttributes {

    private final Dict attributes;

    Namespace(Dict attributes) {
        this.attributes = attributes;
    }

    Dict attributes() {
        return this.attributes;
    }

    void set(String name, Object value, Meter meter) {
        this.attributes.put(name, value, meter);
    }

    @Override
    public @Nullable Object attribute(String name, Meter meter) {
        return this.attributes.get(name);
    }

}
