package dev.cerberus.sampleapp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineState;

import dev.cerberus.testing.DemoFixture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that are almost right, sent to the whole application with the demo model: each
 * is answered or refused by one message that names what is wrong, soon, and nothing of
 * them shows in the log or stays behind in the engine.
 *
 * <p>
 * {@code -Dcerberus.mutants=N} sends more of them, {@code -Dcerberus.mutants.seed=S}
 * others.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = { "cerberus.chat.max-output-tokens=2", "cerberus.engine.queue-capacity=64" })
@ExtendWith(OutputCaptureExtension.class)
class RequestMutantTests {

    private static final int CLIENTS = 8;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /**
     * How long a client that has sent too little stays before it says that this is all.
     */
    private static final int PATIENCE_MILLIS = 500;

    private static final Pattern NAMED = Pattern.compile("'message'|'conversationId'|body|Content-Type|Accept"
            + "|Acceptable|query|Method|No static resource|[Pp]ath|prompt|nothing at|another site");

    /** What the server itself refuses, which has not understood the request as HTTP. */
    private static final Set<Integer> NOT_HTTP = Set.of(400, 413, 414, 417, 431, 501, 505);

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    private final Map<String, Integer> outcomes = new TreeMap<>(); // guarded by itself

    @Autowired
    private CerberusEngine engine;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void model(DynamicPropertyRegistry properties) {
        properties.add("cerberus.model.location", () -> DemoFixture.model().toString());
    }

    @Test
    void everyMutantIsAnsweredOrRefusedByOneMessage(CapturedOutput output) throws Exception {
        int mutants = Integer.getInteger("cerberus.mutants", 1000);
        long first = Long.getLong("cerberus.mutants.seed", 1);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        for (long seed = first; seed < first + mutants; seed++) {
            long mutant = seed;
            clients.execute(() -> tryOut(mutant));
        }
        clients.shutdown();
        assertThat(clients.awaitTermination(60 + mutants / 5, TimeUnit.SECONDS)).isTrue();
        LoggerFactory.getLogger(RequestMutantTests.class).info("{} requests: {}", mutants, this.outcomes);
        assertThat(this.faults).isEmpty();
        assertThat(output.getAll()).doesNotContain("\tat ").doesNotContain("ERROR");
        assertThat(this.engine.awaitIdle(LIMIT)).isTrue();
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
        assertThat(this.outcomes).containsKeys("200", "400 problem", "405 problem", "406 problem", "415 problem");
        HttpResponse<String> next = HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/chat"))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"message\": \"Hi\"}"))
                .build(), BodyHandlers.ofString());
        assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
    }

    private void tryOut(long seed) {
        try {
            String response = exchange(RequestMutants.of(seed));
            String outcome = outcome(response);
            synchronized (this.outcomes) {
                this.outcomes.merge(outcome, 1, Integer::sum);
            }
            if (outcome.startsWith("FAULT")) {
                this.faults.add("seed " + seed + ": " + shortened(response));
            }
        }
        catch (IOException | RuntimeException ex) {
            this.faults.add("seed " + seed + ": " + ex);
        }
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(1200, text.length()));
    }

    /** Says how a request ended, or {@code FAULT}. */
    private static String outcome(String response) {
        if (response.isEmpty()) {
            return "closed";
        }
        if (response.startsWith("<!doctype html>") && response.contains("400 \u2013 Bad Request")) {
            return "400 of the server"; // to a client that seems to speak HTTP/0.9
        }
        if (!response.startsWith("HTTP/1.1 ") || response.length() < 12) {
            return "FAULT";
        }
        int status = Integer.parseInt(response.substring(9, 12));
        if (status < 400) {
            return Integer.toString(status);
        }
        int end = response.indexOf("\r\n\r\n");
        String head = response.substring(0, Math.max(0, end)).toLowerCase(Locale.ROOT);
        String body = response.substring(end + 4);
        boolean client = status < 500 || NOT_HTTP.contains(status);
        if (head.contains("application/problem+json") && !body.isEmpty()) {
            return (client && NAMED.matcher(body).find() && !body.contains("Exception")) ? status + " problem"
                    : "FAULT";
        }
        // HEAD has no body, and the server itself refuses TRACE
        boolean plain = body.isEmpty() || NOT_HTTP.contains(status) || body.contains("Method Not Allowed");
        return (client && plain && !body.contains("Exception") && !body.contains("at org.")) ? status + " of the server"
                : "FAULT";
    }

    private String exchange(byte[] request) throws IOException {
        long start = System.nanoTime();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket("localhost", this.port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            int read = 0;
            while (read >= 0) {
                try {
                    read = in.read(buffer);
                    answer.write(buffer, 0, Math.max(0, read));
                }
                catch (SocketTimeoutException ex) {
                    if (System.nanoTime() - start > LIMIT.toNanos()) {
                        throw ex;
                    }
                    socket.shutdownOutput();
                    socket.setSoTimeout((int) LIMIT.toMillis());
                }
            }
        }
        catch (SocketException ex) { // closed before everything was sent or read
            return answer.toString(StandardCharsets.UTF_8);
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

}
