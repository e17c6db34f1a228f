package dev.cerberus.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON into the plain maps, lists and scalars that templates work on.
 */
final class JsonText {

    /** Keeps the digits of a number: a tool may want each of them. */
    static final JsonMapper MAPPER = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .build();

    private static final int SHOWN = 250;

    private JsonText() {
    }

    static JsonNode read(String json) throws JsonProcessingException {
        return MAPPER.readTree(json);
    }

    /**
     * Returns one line of a text that may quote a file: its beginning, and its end where
     * it is long.
     */
    static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return (line.length() <= 2 * SHOWN) ? line
                : line.substring(0, SHOWN) + "…" + line.substring(line.length() - SHOWN);
    }

    /**
     * Returns what a parser says, and where, without the excerpt of the source.
     */
    static String detail(JsonProcessingException ex) {
        JsonLocation where = ex.getLocation();
        return ex.getOriginalMessage() + ((where != null) ? " in line " + where.getLineNr() : "");
    }

    static @Nullable Object toPlain(JsonNode node) {
        if (node.isObject()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            node.properties().forEach((entry) -> map.put(entry.getKey(), toPlain(entry.getValue())));
            return map;
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>(node.size());
            node.forEach((element) -> list.add(toPlain(element)));
            return list;
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isIntegralNumber()) {
            return node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue();
        }
        return node.isNumber() ? (Object) node.doubleValue() : null;
    }

}
