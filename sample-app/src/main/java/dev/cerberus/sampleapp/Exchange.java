package dev.cerberus.sampleapp;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * A question and its answer. Immutable.
 *
 * @param question what the user said
 * @param answer what the model answered, as far as it came
 */
record Exchange(@JsonDeserialize(using = StrictText.class) String question,
        @JsonDeserialize(using = StrictText.class) String answer) {

    /** Returns whether a client sent both texts. */
    static boolean isWhole(@Nullable Exchange exchange) {
        return exchange != null && isText(exchange.question) && isText(exchange.answer);
    }

    private static boolean isText(@Nullable String text) {
        return text != null && !text.isBlank();
    }

    long characters() {
        return (long) this.question.length() + this.answer.length();
    }

}
