package dev.cerberus.openai;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.JsonNode;

/**
 * A response of server-sent events. Not thread-safe.
 */
final class EventStream {

    private final HttpServletResponse response;

    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    EventStream(HttpServletResponse response) {
        this.response = response;
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // proxies must not wait for more
    }

    void send(JsonNode data) {
        event(Json.bytes(data));
    }

    void done() {
        event("[DONE]".getBytes(StandardCharsets.US_ASCII));
    }

    private void event(byte[] data) {
        this.pending.writeBytes("data: ".getBytes(StandardCharsets.US_ASCII));
        this.pending.writeBytes(data);
        this.pending.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Writes what was sent so far.
     * @throws IOException if the client has gone
     */
    void flush() throws IOException {
        this.response.getOutputStream().write(this.pending.toByteArray());
        this.pending.reset();
        this.response.flushBuffer();
    }

}
