package dev.cerberus.spring.boot.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at start-up when a key under {@code cerberus} is set that nobody reads.
 */
public class UnknownPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Unknown> properties;

    UnknownPropertyException(List<Unknown> properties) {
        super(properties.stream().map(Unknown::toString).collect(Collectors.joining("; ")));
        this.properties = List.copyOf(properties);
    }

    /**
     * Returns the unknown keys.
     * @return at least one
     */
    public List<Unknown> properties() {
        return this.properties;
    }

    /**
     * A key that nobody reads.
     *
     * @param name the key
     * @param origin where it is set, if that is known
     * @param nearest the property that is most like it, if any is
     */
    public record Unknown(String name, @Nullable String origin, @Nullable String nearest) {

        @Override
        public String toString() {
            String where = (this.origin != null) ? " (" + this.origin + ")" : "";
            String advice = (this.nearest != null) ? "did you mean " + this.nearest + "?" : "remove it";
            return "there is no property " + this.name + where + "; " + advice;
        }

    }

}
