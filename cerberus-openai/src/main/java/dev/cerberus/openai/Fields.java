package dev.cerberus.openai;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a JSON object, each of which must be understood. One that is {@code null}
 * is as good as absent. Not thread-safe.
 */
final class Fields {

    private final ObjectNode node;

    private final String path;

    private final Set<String> known = new HashSet<>();

    /**
     * Creates a reader.
     * @param node the object
     * @param path where it stands in the body; empty for the body itself
     */
    Fields(ObjectNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /**
     * Reads an object.
     * @throws OpenAiException if the node is something else
     */
    static Fields of(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            return new Fields(object, path);
        }
        throw OpenAiException.invalid(path, "'" + path + "' must be an object");
    }

    String path(String name) {
        return this.path.isEmpty() ? name : this.path + "." + name;
    }

    Optional<JsonNode> find(String name) {
        this.known.add(name);
        return Optional.ofNullable(this.node.get(name)).filter((value) -> !value.isNull());
    }

    JsonNode require(String name) {
        return find(name).orElseThrow(() -> OpenAiException.invalid(path(name), "'" + path(name) + "' is missing"));
    }

    Optional<String> text(String name) {
        return find(name).map((value) -> {
            require(value.isString(), name, "a text");
            return value.stringValue();
        });
    }

    String requireText(String name) {
        require(name);
        return text(name).orElseThrow();
    }

    Optional<Boolean> flag(String name) {
        return find(name).map((value) -> {
            require(value.isBoolean(), name, "true or false");
            return value.booleanValue();
        });
    }

    Optional<Integer> integer(String name, int least) {
        return find(name).map((value) -> {
            require(value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= least, name,
                    "a whole number from " + least + " to " + Integer.MAX_VALUE);
            return value.intValue();
        });
    }

    Optional<Long> wholeNumber(String name) {
        return find(name).map((value) -> {
            require(value.isIntegralNumber() && value.canConvertToLong(), name, "a whole number of 64 bits");
            return value.longValue();
        });
    }

    Optional<Double> number(String name, double least, double most) {
        return find(name).map((value) -> {
            require(value.isNumber() && value.doubleValue() >= least && value.doubleValue() <= most, name,
                    String.format(Locale.ROOT, "a number from %s to %s", plain(least), plain(most)));
            return value.doubleValue();
        });
    }

    private static String plain(double value) {
        return (value == Math.rint(value)) ? Long.toString((long) value) : Double.toString(value);
    }

    /** Returns the elements of a list. */
    Optional<List<JsonNode>> list(String name) {
        return find(name).map((value) -> {
            require(value.isArray(), name, "a list");
            return StreamSupport.stream(value.spliterator(), false).toList();
        });
    }

    /**
     * Takes a field whose every value but a neutral one can not be honoured.
     * @param neutral tells a value that changes nothing
     * @param advice what to do instead
     */
    void allowOnly(String name, Predicate<JsonNode> neutral, String advice) {
        find(name).filter(neutral.negate()).ifPresent((value) -> {
            throw OpenAiException.unsupported(path(name), "'" + path(name) + "' is not supported here; " + advice);
        });
    }

    /** Takes fields that say nothing about the answer. */
    void ignore(String... names) {
        this.known.addAll(List.of(names));
    }

    /**
     * Checks that every field was understood.
     * @throws OpenAiException if not, naming the first that was not
     */
    void requireAllKnown() {
        this.node.propertyNames()
            .stream()
            .filter((name) -> !this.known.contains(name) && !this.node.path(name).isNull())
            .findFirst()
            .ifPresent((name) -> {
                throw OpenAiException.unsupported(path(name),
                        "'" + path(name) + "' is not supported here; leave it out");
            });
    }

    private void require(boolean condition, String name, String allowed) {
        if (!condition) {
            throw OpenAiException.invalid(path(name), "'" + path(name) + "' must be " + allowed);
        }
    }

}
