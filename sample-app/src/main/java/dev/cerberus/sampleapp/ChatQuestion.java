package dev.cerberus.sampleapp;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * The body of a chat request.
 *
 * @param message what the user says, not blank
 * @param conversationId which conversation it continues; none for a question on its own
 */
record ChatQuestion(@JsonDeserialize(using = StrictText.class) @Nullable String message,
        @JsonDeserialize(using = StrictText.class) @Nullable String conversationId) {

    private static final int LONGEST_ID = 100;

    /**
     * Returns the message.
     * @return the message, not blank
     * @throws ErrorResponseException if there is none
     */
    String requireMessage() {
        if (this.message == null || this.message.isBlank()) {
            throw badRequest("'message' must be a text that is not empty, such as {\"message\": \"Hello\"}");
        }
        if (this.conversationId != null && this.conversationId.length() > LONGEST_ID) {
            throw badRequest("'conversationId' must have at most " + LONGEST_ID + " characters, had "
                    + this.conversationId.length());
        }
        return this.message;
    }

    private static ErrorResponseException badRequest(String detail) {
        return new ErrorResponseException(HttpStatus.BAD_REQUEST,
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail), null);
    }

}
