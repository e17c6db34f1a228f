package dev.cerberus.constrain;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The one spelling that a JSON value has under a constraint.
 */
public final class JsonTexts {

    private static final int MOST_DIGITS = 400;

    private JsonTexts() {
    }

    /**
     * Writes a value.
     * @param value the value
     * @param layout where blanks stand
     * @return the JSON text
     */
    public static String write(JsonNode value, JsonLayout layout) {
        if (value.isTextual()) {
            return string(value.textValue());
        }
        if (value.isNumber()) {
            return number(value.decimalValue());
        }
        List<String> parts = new ArrayList<>();
        if (value.isObject()) {
            value.properties()
                .forEach((entry) -> parts
                    .add(string(entry.getKey()) + layout.colon() + write(entry.getValue(), layout)));
            return "{" + String.join(layout.comma(), parts) + "}";
        }
        if (value.isArray()) {
            value.forEach((element) -> parts.add(write(element, layout)));
            return "[" + String.join(layout.comma(), parts) + "]";
        }
        return value.toString();
    }

    /**
     * Writes a string.
     * @param text its value
     * @return the JSON text, quotes included
     */
    public static String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default ->
                    json.append((c < 0x20 || isLone(text, i)) ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
            }
        }
        return json.append('"').toString();
    }

    /**
     * Returns whether a character is half a surrogate pair, which UTF-8 has no bytes for.
     */
    private static boolean isLone(String text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
        }
        return Character.isLowSurrogate(c) && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
    }

    static String number(BigDecimal value) {
        if (value.signum() == 0) {
            return "0";
        }
        BigDecimal shortest = value.stripTrailingZeros();
        return (Math.abs((long) shortest.scale()) + shortest.precision() > MOST_DIGITS) ? shortest.toString()
                : shortest.toPlainString();
    }

}
