package dev.cerberus.openai;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * Thrown when a request is refused, with what the client is told.
 */
final class OpenAiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String INVALID_REQUEST = "invalid_request_error";

    private final HttpStatus status;

    private final String type;

    private final @Nullable String param;

    private final @Nullable String code;

    OpenAiException(HttpStatus status, String type, @Nullable String param, @Nullable String code, String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
    }

    /** A request that is wrong. */
    static OpenAiException invalid(@Nullable String param, String message) {
        return new OpenAiException(HttpStatus.BAD_REQUEST, INVALID_REQUEST, param, null, message);
    }

    /** A request for something that can not be done here. */
    static OpenAiException unsupported(String param, String message) {
        return new OpenAiException(HttpStatus.BAD_REQUEST, INVALID_REQUEST, param, "unsupported_parameter", message);
    }

    /** A request that is wrong before its content matters. */
    static OpenAiException refused(HttpStatus status, @Nullable String param, @Nullable String code, String message) {
        return new OpenAiException(status, INVALID_REQUEST, param, code, message);
    }

    HttpStatus status() {
        return this.status;
    }

    String type() {
        return this.type;
    }

    @Nullable String param() {
        return this.param;
    }

    @Nullable String code() {
        return this.code;
    }

    String text() {
        return String.valueOf(getMessage());
    }

}
