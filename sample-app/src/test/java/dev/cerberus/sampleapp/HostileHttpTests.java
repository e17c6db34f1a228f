package dev.cerberus.sampleapp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that no honest client sends, written byte by byte where a client library would
 * refuse to.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = ScriptedEngine.NO_HEALTH)
@Import(ScriptedEngine.class)
@ExtendWith(OutputCaptureExtension.class)
class HostileHttpTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String BODY = "{\"message\": \"Hi\"}";

    private final HttpClient http = HttpClient.newHttpClient();

    @Autowired
    private SwitchedGenerator engine;

    @LocalServerPort
    private int port;

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).timeout(PATIENCE);
    }

    private Socket send(String... lines) throws IOException {
        Socket socket = new Socket("localhost", this.port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        OutputStream out = socket.getOutputStream();
        out.write(String.join("\r\n", lines).getBytes(StandardCharsets.UTF_8));
        out.flush();
        return socket;
    }

    private static String post(String path, String body) {
        return String.join("\r\n", "POST " + path + " HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                "Content-Length: " + body.length(), "", body);
    }

    private String answer(String... lines) throws IOException {
        try (Socket socket = send(lines)) {
            return firstBytes(socket.getInputStream());
        }
    }

    /** Reads until the headers and the begin of the body are there, or the end. */
    private static String firstBytes(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[4096];
        int read = in.read(buffer);
        while (read >= 0) {
            text.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
            if (text.indexOf("\r\n\r\n") >= 0) {
                return text.toString();
            }
            read = in.read(buffer);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /chat HTTP/1.1                      |                                 | 405
            DELETE /chat HTTP/1.1                   |                                 | 405
            GET /nope HTTP/1.1                      |                                 | 404
            GET /error HTTP/1.1                     |                                 | 404
            HEAD /chat/stream?message=Hi HTTP/1.1   |                                 | 405
            GET /chat/stream?&=&&& HTTP/1.1         |                                 | 400
            GET /chat/stream?message=% HTTP/1.1     |                                 | 400
            GET /chat/stream?message=%ff HTTP/1.1   |                                 | 400
            GET /chat/stream?message HTTP/1.1       |                                 | 400
            GET /chat/stream?message=Hi HTTP/1.1    | Sec-Fetch-Site: cross-site      | 403
            GET /chat/stream?message=Hi HTTP/1.1    | Accept: application/xml         | 406
            GET /chat/stream?message=Hi HTTP/1.1    | Accept: ///;;                   | 406
            POST /chat HTTP/1.1                     | Content-Type: */*               | 415
            POST /chat HTTP/1.1                     | Content-Type: application/*     | 415
            POST /chat HTTP/1.1                     | Content-Type: ;;                | 415
            POST /chat HTTP/1.1                     | Content-Type: application/json; charset=nope | 415
            POST /chat HTTP/1.1                     | Content-Type: text/plain        | 415
            POST /chat HTTP/1.1                     | Content-Type: application/x-www-form-urlencoded | 415
            POST /chat HTTP/1.1                     | Content-Type: multipart/form-data | 415
            POST /chat HTTP/1.1                     | X-Nothing: 1                    | 415
            POST /chat/stream HTTP/1.1              | Content-Type: */*               | 415
            """)
    void faultOfAClientIsAProblemAndNotATrace(String start, String header, int status, CapturedOutput output)
            throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("unreachable"));
        String response = answer(start, "Host: localhost", (header != null) ? header : "X-Nothing: 1",
                "Content-Length: " + (start.startsWith("POST") ? BODY.length() : 0), "Connection: close", "",
                start.startsWith("POST") ? BODY : "");
        assertThat(response).startsWith("HTTP/1.1 " + status);
        if (!start.startsWith("HEAD")) {
            assertThat(response).contains("application/problem+json");
        }
        assertThat(script.requests()).isEmpty();
        assertThat(output).doesNotContain("\tat ").doesNotContain("ERROR");
    }

    @Test
    void bodyBeyondTheLimitIsRefusedBeforeItIsRead() throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("unreachable"));
        String announced = answer("POST /chat HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                "Content-Length: 11000000", "", "");
        assertThat(announced).startsWith("HTTP/1.1 413").contains("application/problem+json");
        HttpResponse<String> streamed = this.http.send(request("/chat").header("Content-Type", "application/json")
            .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(
                    ("{\"message\": \"" + "x".repeat(300_000) + "\"}").getBytes(StandardCharsets.UTF_8))))
            .build(), BodyHandlers.ofString());
        assertThat(streamed.statusCode()).isEqualTo(413);
        assertThat(streamed.body()).contains("256 kB");
        assertThat(script.requests()).isEmpty();
    }

    @Test
    void clientThatWaitsForAWholeAnswerAndGoesCancelsItsRequest() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("word ").endless().pause(Duration.ofMillis(5)));
        send(post("/chat", BODY)).close();
        assertThat(script.awaitCancelled(PATIENCE)).isTrue();
    }

    @Test
    void clientThatWaitsForTheFirstPieceAndGoesCancelsItsRequest() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("").endless().pause(Duration.ofMillis(5)));
        send(post("/chat/stream", BODY)).close();
        assertThat(script.awaitCancelled(PATIENCE)).isTrue();
    }

    @Test
    void clientThatSendsItsNextRequestAheadIsStillThere() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("slow", " answer").pause(Duration.ofMillis(600)));
        try (Socket socket = send(post("/chat", BODY) + "GET /nope HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            assertThat(firstBytes(socket.getInputStream())).startsWith("HTTP/1.1 200");
        }
        assertThat(script.requests()).hasSize(1);
    }

    @Test
    void bodiesThatDoNotComeLeaveTheApplicationAlive() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 210; i++) {
                slow.add(send("POST /chat HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                        "Content-Length: 1000", "", "{\"message\": \""));
            }
            HttpResponse<String> alive = this.http.send(request("/actuator/health/liveness").build(),
                    BodyHandlers.ofString());
            assertThat(alive.statusCode()).as(alive.body()).isEqualTo(200);
        }
        finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void responsesTellBrowsersWhatThePageMayDo() throws Exception {
        for (String path : List.of("/", "/chat.js", "/nope", "/actuator/health")) {
            var headers = this.http.send(request(path).build(), BodyHandlers.ofString()).headers();
            assertThat(headers.firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'none'",
                    "frame-ancestors 'none'");
            assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(headers.firstValue("Referrer-Policy")).contains("no-referrer");
        }
    }

    @Test
    void healthKeepsItsDetailsToItself() throws Exception {
        String health = this.http.send(request("/actuator/health").build(), BodyHandlers.ofString()).body();
        assertThat(new JsonMapper().readTree(health).propertyNames()).doesNotContain("components", "details");
    }

}
