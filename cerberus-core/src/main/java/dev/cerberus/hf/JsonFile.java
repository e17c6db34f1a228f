package dev.cerberus.hf;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * One object of a JSON file, with typed access that reports the field and its value when
 * something is wrong.
 *
 * <p>
 * A field that is {@code null} counts as absent, as it does in Python's configuration
 * classes.
 */
final class JsonFile {

    /** NaN and Infinity are no JSON, but Python writes them. */
    static final JsonMapper MAPPER = JsonMapper.builder()
        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .build();

    private static final long MAX_BYTES = 64L << 20;

    private static final int SHOWN_CHARACTERS = 60;

    private final Path file;

    private final JsonNode object;

    private final String prefix;

    private JsonFile(Path file, JsonNode object, String prefix) {
        this.file = file;
        this.object = object;
        this.prefix = prefix;
    }

    static JsonFile read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new ModelFileException(file, "does not exist", "put it beside the weights of the model");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelFileException(file,
                        "has " + Files.size(file) + " bytes, too many for a file of this kind", "fetch the file again");
            }
            return of(file, MAPPER.readTree(Files.readAllBytes(file)));
        }
        catch (JsonProcessingException ex) {
            throw notJson(file, ex);
        }
        catch (IOException ex) {
            throw new ModelFileException(file, "cannot be read (" + ex.getMessage() + ")",
                    "check the file and its permissions", ex);
        }
    }

    static JsonFile parse(Path file, String json) {
        try {
            return of(file, MAPPER.readTree(json));
        }
        catch (JsonProcessingException ex) {
            throw notJson(file, ex);
        }
    }

    private static JsonFile of(Path file, JsonNode node) {
        if (!node.isObject()) {
            throw new ModelFileException(file, "is not a JSON object", "fetch the file again");
        }
        return new JsonFile(file, node, "");
    }

    private static ModelFileException notJson(Path file, IOException cause) {
        return new ModelFileException(file, "is not valid JSON (" + detail(cause) + ")",
                "fetch the file again or correct it", cause);
    }

    /**
     * What a parser says, without the excerpt of the source, which may be megabytes long.
     */
    static String detail(IOException cause) {
        if (cause instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        String message = cause.getMessage();
        JsonLocation location = null;
        if (cause instanceof JsonProcessingException json) {
            message = json.getOriginalMessage();
            location = json.getLocation();
        }
        String text = shorten((message != null) ? message : cause.getClass().getSimpleName());
        return (location != null) ? text + ", line " + location.getLineNr() + ", column " + location.getColumnNr()
                : text;
    }

    static String shorten(JsonNode node) {
        return shorten(node.toString());
    }

    private static String shorten(String text) {
        String line = text.replaceAll("\\s+", " ");
        return (line.length() <= 2 * SHOWN_CHARACTERS) ? line : line.substring(0, 2 * SHOWN_CHARACTERS) + "…";
    }

    Path file() {
        return this.file;
    }

    JsonNode node(String field) {
        return this.object.path(field);
    }

    /** Whether the field is there, be it null. */
    boolean mentions(String field) {
        return this.object.has(field);
    }

    boolean has(String field) {
        return this.object.hasNonNull(field);
    }

    Optional<JsonFile> object(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        if (!node(field).isObject()) {
            throw wrongType(field, "an object");
        }
        return Optional.of(new JsonFile(this.file, node(field), this.prefix + field + "."));
    }

    Optional<String> string(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        if (!node(field).isTextual()) {
            throw wrongType(field, "a string");
        }
        return Optional.of(node(field).textValue());
    }

    boolean bool(String field, boolean otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        if (!node(field).isBoolean()) {
            throw wrongType(field, "true or false");
        }
        return node(field).booleanValue();
    }

    OptionalInt integer(String field) {
        return has(field) ? OptionalInt.of(integer(field, node(field))) : OptionalInt.empty();
    }

    int requiredInteger(String field) {
        return integer(field).orElseThrow(() -> missing(field));
    }

    OptionalDouble number(String field) {
        if (!has(field)) {
            return OptionalDouble.empty();
        }
        if (!node(field).isNumber()) {
            throw wrongType(field, "a number");
        }
        return OptionalDouble.of(node(field).doubleValue());
    }

    double requiredNumber(String field) {
        return number(field).orElseThrow(() -> missing(field));
    }

    /** A field that holds one integer or a list of them; empty if absent. */
    List<Integer> integers(String field) {
        if (!has(field)) {
            return List.of();
        }
        if (!node(field).isArray()) {
            return List.of(integer(field, node(field)));
        }
        List<Integer> values = new ArrayList<>();
        node(field).forEach((element) -> values.add(integer(field, element)));
        return List.copyOf(values);
    }

    /** A field that holds a list of numbers; empty if absent. */
    List<Double> numbers(String field) {
        if (!has(field)) {
            return List.of();
        }
        List<Double> values = new ArrayList<>();
        for (JsonNode element : node(field)) {
            if (!element.isNumber()) {
                throw wrongType(field, "a list of numbers");
            }
            values.add(element.doubleValue());
        }
        if (!node(field).isArray()) {
            throw wrongType(field, "a list of numbers");
        }
        return List.copyOf(values);
    }

    /** A field that holds a list of strings; empty if absent. */
    List<String> strings(String field) {
        if (!has(field)) {
            return List.of();
        }
        List<String> values = new ArrayList<>();
        for (JsonNode element : node(field)) {
            if (!element.isTextual()) {
                throw wrongType(field, "a list of strings");
            }
            values.add(element.textValue());
        }
        if (!node(field).isArray()) {
            throw wrongType(field, "a list of strings");
        }
        return List.copyOf(values);
    }

    private int integer(String field, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrongType(field, "a 32-bit integer");
        }
        return value.intValue();
    }

    private ModelFileException missing(String field) {
        return new ModelFileException(this.file, "the field " + this.prefix + field + " is missing", "add it");
    }

    private ModelFileException wrongType(String field, String expected) {
        return invalid("the field " + this.prefix + field + " must be " + expected + ", was " + shorten(node(field)));
    }

    ModelFileException invalid(String problem) {
        return new ModelFileException(this.file, problem, "correct the field");
    }

    ModelFileException invalid(String problem, Throwable cause) {
        return new ModelFileException(this.file, problem, "correct the field", cause);
    }

}
