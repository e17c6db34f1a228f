package dev.cerberus.langchain4j;

import java.time.Year;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import org.jspecify.annotations.Nullable;

/**
 * The shapes that LangChain4j gives to types of the JDK, with what their values must
 * fulfil besides.
 */
/*
 * A LocalDate is an object of three integers there, and a UUID is a string. When the
 * answer is read, LocalDate.of and UUID.fromString take far less than that, and a small
 * model writes a 43rd of April.
 */
final class KnownShapes {

    private static final List<String> DATE = List.of("year", "month", "day");

    private static final List<String> TIME = List.of("hour", "minute", "second", "nano");

    private static final List<String> DATE_TIME = List.of("date", "time");

    /** What LangChain4j says of a UUID, and of nothing else. */
    private static final String UUID_DESCRIPTION = "String in a UUID format";

    /*
     * Together these are the days that there are. Which year has a leap day can be said
     * with multiples alone where no century interferes. Templates write them into
     * prompts, so that their names have an order, which Map.of gives anew in every JVM.
     */
    private static final List<Map<String, Object>> DAYS_OF_MONTHS = List.of(
            properties("month", object("enum", List.of(1, 3, 5, 7, 8, 10, 12))),
            properties("month", object("enum", List.of(4, 6, 9, 11)), "day", object("maximum", 30)),
            properties("month", object("const", 2), "day", object("maximum", 28)),
            properties("year", object("minimum", 1904, "maximum", 2096, "multipleOf", 4), "month", object("const", 2),
                    "day", object("const", 29)));

    private KnownShapes() {
    }

    /**
     * Adds to the schema of a shape that is known what its values must fulfil.
     * @param element the schema
     * @param map the same as a map, which is changed
     */
    static void refine(JsonSchemaElement element, Map<String, Object> map) {
        if (element instanceof JsonStringSchema string && UUID_DESCRIPTION.equals(string.description())) {
            map.put("format", "uuid");
        }
        else if (isDate(element)) {
            requires(map, DATE);
            range(map, "year", Year.MIN_VALUE, Year.MAX_VALUE);
            range(map, "month", 1, 12);
            range(map, "day", 1, 31);
            map.put("anyOf", DAYS_OF_MONTHS);
        }
        else if (isTime(element)) {
            requires(map, List.of("hour", "minute"));
            range(map, "hour", 0, 23);
            range(map, "minute", 0, 59);
            range(map, "second", 0, 59);
            range(map, "nano", 0, 999_999_999);
        }
        else if (element instanceof JsonObjectSchema object && isObjectOf(object, DATE_TIME)
                && isDate(object.properties().get("date")) && isTime(object.properties().get("time"))) {
            requires(map, DATE_TIME);
        }
    }

    private static boolean isDate(@Nullable JsonSchemaElement element) {
        return isObjectOfIntegers(element, DATE);
    }

    private static boolean isTime(@Nullable JsonSchemaElement element) {
        return isObjectOfIntegers(element, TIME);
    }

    /** An integer that is described is not of the JDK. */
    private static boolean isObjectOfIntegers(@Nullable JsonSchemaElement element, List<String> names) {
        return element instanceof JsonObjectSchema object && isObjectOf(object, names) && object.properties()
            .values()
            .stream()
            .allMatch((property) -> property instanceof JsonIntegerSchema integer && integer.description() == null);
    }

    private static boolean isObjectOf(JsonObjectSchema object, List<String> names) {
        return object.properties().keySet().equals(Set.copyOf(names)) && object.additionalProperties() == null;
    }

    /** LangChain4j fails where one of these is missing. */
    private static void requires(Map<String, Object> map, List<String> names) {
        Set<Object> required = new LinkedHashSet<>((List<?>) map.getOrDefault("required", List.of()));
        required.addAll(names);
        map.put("required", List.copyOf(required));
    }

    private static void range(Map<String, Object> map, String name, int least, int most) {
        Map<String, Object> integer = new LinkedHashMap<>(asMap(asMap(map.get("properties")).get(name)));
        integer.put("minimum", least);
        integer.put("maximum", most);
        asMap(map.get("properties")).put(name, integer);
    }

    private static Map<String, Object> properties(Object... namesAndSchemas) {
        return Map.of("properties", object(namesAndSchemas));
    }

    private static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

}
