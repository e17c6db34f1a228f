package dev.cerberus.openai;

import java.io.IOException;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.node.ObjectNode;

/**
 * The writer of responses that are one object.
 */
final class Responses {

    private static final String RETRY_SECONDS = "1";

    private Responses() {
    }

    static void write(HttpServletResponse response, ObjectNode body) throws IOException {
        byte[] bytes = Json.bytes(body);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
        response.flushBuffer();
    }

    static void write(HttpServletResponse response, OpenAiException refusal) throws IOException {
        response.setStatus(refusal.status().value());
        if (refusal.status() == HttpStatus.TOO_MANY_REQUESTS) {
            response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        write(response, error(refusal));
    }

    static ObjectNode error(OpenAiException refusal) {
        ObjectNode body = Json.object();
        body.putObject("error")
            .put("message", refusal.text())
            .put("type", refusal.type())
            .put("param", refusal.param())
            .put("code", refusal.code());
        return body;
    }

}
