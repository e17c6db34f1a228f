package dev.cerberus.sampleapp;

import java.util.List;

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
 * @param history what was said before, instead of what is remembered of the conversation
 * @param remember {@code false} to leave what is remembered of the conversation as it is
 * @param options how it shall be answered
 */
record ChatQuestion(@JsonDeserialize(using = StrictText.class) @Nullable String message,
        @JsonDeserialize(using = StrictText.class) @Nullable String conversationId, @Nullable List<Exchange> history,
        @Nullable Boolean remember, @Nullable ChatOptions options) {

    private static final int LONGEST_ID = 100;

    /**
     * Creates a question with nothing but a message.
     */
    ChatQuestion(@Nullable String message, @Nullable String conversationId) {
        this(message, conversationId, null, null, null);
    }

    /**
     * Returns the message.
     * @return the message, not blank
     * @throws ErrorResponseException if there is none, or another part is wrong
     */
    String requireMessage() {
        if (this.message == null || this.message.isBlank()) {
            throw badRequest("'message' must be a text that is not empty, such as {\"message\": \"Hello\"}");
        }
        if (this.conversationId != null && this.conversationId.length() > LONGEST_ID) {
            throw badRequest("'conversationId' must have at most " + LONGEST_ID + " characters, had "
                    + this.conversationId.length());
        }
        if (this.history != null && !this.history.stream().allMatch(Exchange::isWhole)) {
            throw badRequest("'history' of this message must be a list of {\"question\": \"…\", \"answer\": \"…\"}, "
                    + "both texts that are not empty");
        }
        return this.message;
    }

    boolean isRemembered() {
        return !Boolean.FALSE.equals(this.remember);
    }

    ChatOptions chatOptions() {
        return (this.options != null) ? this.options : ChatOptions.DEFAULT;
    }

    static ErrorResponseException badRequest(String detail) {
        return new ErrorResponseException(HttpStatus.BAD_REQUEST,
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail), null);
    }

}
