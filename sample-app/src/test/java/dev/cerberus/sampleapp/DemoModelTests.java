package dev.cerberus.sampleapp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole application with the demo model, as a user starts it.
 */
@EnabledIf(value = "demoModelIsThere", disabledReason = "cerberus-demo/model.safetensors is not on the class path")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = "management.endpoint.cerberus.access=unrestricted")
class DemoModelTests {

    private final HttpClient http = HttpClient.newHttpClient();

    private final JsonMapper json = new JsonMapper();

    @LocalServerPort
    private int port;

    static boolean demoModelIsThere() {
        return DemoModelTests.class.getResource("/cerberus-demo/model.safetensors") != null;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return this.http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
            .timeout(Duration.ofSeconds(120));
    }

    private HttpResponse<String> chat(String message) throws Exception {
        return send(request("/chat").header("Content-Type", "application/json")
            .POST(BodyPublishers
                .ofString(this.json.writeValueAsString(this.json.createObjectNode().put("message", message)))));
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> response = send(request(path));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return this.json.readTree(response.body());
    }

    @ParameterizedTest
    @ValueSource(strings = { "Write a short story about a brave dog.", "Pretend to be a pirate and greet me.",
            "Tom is taller than Ann. Ann is taller than Bob. Who is the tallest?", "What is 12 plus 30?",
            "Write a Python function that adds two numbers.", "Extract the name and the city: Maria lives in Rome.",
            "Which planet is the largest?", "Who was the first president of the United States?" })
    void everyCategoryGetsAnAnswer(String question) throws Exception {
        HttpResponse<String> response = chat(question);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode body = this.json.readTree(response.body());
        assertThat(body.get("answer").asString()).isNotBlank();
        assertThat(body.get("stats").get("outputTokens").asInt()).isPositive();
        assertThat(body.get("stats").get("acceptanceLength").asDouble()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void gateDecisionsAreCounted() throws Exception {
        double before = decisions();
        JsonNode stats = this.json.readTree(chat("Hello").body()).get("stats");
        assertThat(decisions() - before).isEqualTo(stats.get("steps").asDouble());
    }

    private double decisions() throws Exception {
        return get("/actuator/metrics/cerberus.gate.decisions").get("measurements").get(0).get("value").asDouble();
    }

    @Test
    void endpointShowsTheModelAndItsGate() throws Exception {
        JsonNode state = get("/actuator/cerberus");
        assertThat(state.get("model").get("name").asString()).isEqualTo("cerberus-demo");
        assertThat(state.get("gate").get("costCurve").size()).isPositive();
    }

    @Test
    void gateIsChangedWhileTheApplicationRuns() throws Exception {
        JsonNode before = get("/actuator/cerberus").get("gate");
        try {
            JsonNode changed = this.json.readTree(configure("{\"mode\": \"never\", \"threshold\": 1.5}").body());
            assertThat(changed.get("mode").asString()).isEqualTo("never");
            assertThat(changed.get("threshold").asDouble()).isEqualTo(1.5);
            JsonNode stats = this.json.readTree(chat("Hello").body()).get("stats");
            assertThat(stats.get("skippedSteps")).isEqualTo(stats.get("steps"));
            assertThat(configure("{\"mode\": \"sometimes\"}").statusCode()).isEqualTo(400);
            assertThat(configure("{\"threshold\": -1}").statusCode()).isEqualTo(400);
            assertThat(configure("{}").statusCode()).isEqualTo(400);
        }
        finally {
            configure(this.json.writeValueAsString(this.json.createObjectNode()
                .put("mode", before.get("mode").asString())
                .put("threshold", before.get("threshold").asDouble())));
        }
    }

    private HttpResponse<String> configure(String body) throws Exception {
        return send(request("/actuator/cerberus").header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void applicationIsReadyAndScrapable() throws Exception {
        assertThat(get("/actuator/health/readiness").get("status").asString()).isEqualTo("UP");
        assertThat(send(request("/actuator/prometheus")).body()).contains("cerberus_gate_decisions_total",
                "gen_ai_server_time_to_first_token_seconds_bucket");
    }

    @Test
    void messageBeyondTheContextIsTooLargeAndTheNextOneIsAnswered() throws Exception {
        HttpResponse<String> response = chat("word ".repeat(20_000));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("cerberus.model.max-context");
        assertThat(chat("Hello").statusCode()).isEqualTo(200);
    }

    @Test
    void streamIsTheSameAnswer() throws Exception {
        String whole = this.json.readTree(chat("Hello").body()).get("answer").asString();
        StringBuilder streamed = new StringBuilder();
        for (String event : send(request("/chat/stream?message=Hello")).body().strip().split("\n\n")) {
            if (event.startsWith("event:token\ndata:")) {
                streamed
                    .append(this.json.readTree(event.substring("event:token\ndata:".length())).get("text").asString());
            }
        }
        assertThat(streamed).hasToString(whole);
    }

}
