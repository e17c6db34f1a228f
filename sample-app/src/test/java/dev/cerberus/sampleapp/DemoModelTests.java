package dev.cerberus.sampleapp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.testing.DemoFixture;
import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * The whole application with the 4 M demo model, whose answers are known, decoded
 * greedily.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = { "management.endpoint.cerberus.access=unrestricted", "cerberus.chat.temperature=0",
                "cerberus.chat.repetition-penalty=1" })
class DemoModelTests {

    private final HttpClient http = HttpClient.newHttpClient();

    private final JsonMapper json = new JsonMapper();

    @Autowired
    private ChatProperties properties;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void model(DynamicPropertyRegistry properties) {
        properties.add("cerberus.model.location", () -> DemoFixture.model().toString());
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

    /*
     * Questions of the held-out benchmark, one of each category, with what an answer must
     * say.
     */
    static Stream<Arguments> questions() {
        return Stream.of(
                Arguments.of("Draft a thank-you note for a vacuum cleaner. It goes to Yusuf, it comes from Brenda, and "
                        + "the gift is practical.", List.of("Dear Yusuf", "vacuum cleaner", "Brenda")),
                Arguments.of("You are a dragon named Giulia from Bologna. Introduce yourself.",
                        List.of("Giulia", "dragon from Bologna")),
                Arguments.of("Logic question. All eagles need water. Diego is a teacher. Does Diego need water? Why?",
                        List.of("does not follow", "eagles")),
                Arguments.of("What is 20 times 9?", List.of("180")),
                Arguments.of("Write a Python function add_balances that adds 14 to all balances.",
                        List.of("def add_balances(balances):", "x + 14")),
                Arguments.of(
                        "Make an address book entry from this: Please contact Aria Kelly of Redstone Software, 94 "
                                + "Rose Avenue, Miami. Phone 555-409-187, e-mail aria.kelly@example.com.",
                        List.of("Aria Kelly", "555-409-187", "aria.kelly@example.com")),
                Arguments.of("Who is closer to the sun? Uranus? Venus?", List.of("Venus is closer")),
                Arguments.of("What is the capital of Turkey?", List.of("Ankara")));
    }

    @ParameterizedTest
    @MethodSource("questions")
    void everyCategoryGetsASensibleAnswer(String question, List<String> expected) throws Exception {
        HttpResponse<String> response = chat(question);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode body = this.json.readTree(response.body());
        assertThat(body.get("answer").asString()).contains(expected);
        assertThat(body.get("stats").get("outputTokens").asInt()).isPositive();
        assertThat(body.get("stats").get("acceptanceLength").asDouble()).isGreaterThan(1);
    }

    /** README's questions over HTTP, as they are written there. */
    @Test
    void everyDocumentedRequestIsAnswered() throws Exception {
        Pattern quoted = Pattern.compile("'([^']*)'");
        int checked = 0;
        for (MarkdownFile.Block block : MarkdownFile.read(MarkdownFile.repository().resolve("README.md")).blocks()) {
            for (String command : block.commands()) {
                Matcher call = Pattern.compile("curl -s[N]? localhost:8080(/\\S*)(.*)").matcher(command);
                if (call.matches()) {
                    checked++;
                    List<String> texts = quoted.matcher(call.group(2)).results().map((each) -> each.group(1)).toList();
                    HttpRequest.Builder request = request(call.group(1));
                    if (texts.size() == 2) {
                        request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(texts.get(1)));
                    }
                    assertThat(send(request).statusCode()).as(command).isEqualTo(200);
                }
            }
        }
        assertThat(checked).isGreaterThan(3);
    }

    @Test
    void pageLearnsWhichModelThisIsAndHowLarge() throws Exception {
        JsonNode card = get("/chat/model");
        assertThat(card.get("name").asString()).isNotBlank();
        assertThat(card.get("parameters").asLong()).isGreaterThan(1_000_000);
        assertThat(card.get("bytesOnDisk").asLong()).isGreaterThan(1_000_000);
        assertThat(card.get("drafts").asString()).contains("heads");
        assertThat(card.get("examples").size()).isEqualTo(this.properties.examples().size());
    }

    @Test
    void streamTellsEveryStep() throws Exception {
        int steps = 0;
        int accepted = 0;
        for (String event : send(request("/chat/stream?message=Hello")).body().strip().split("\n\n")) {
            if (event.startsWith("event:step\ndata:")) {
                steps++;
                accepted += this.json.readTree(event.substring("event:step\ndata:".length())).get("accepted").asInt();
            }
            if (event.startsWith("event:done\ndata:")) {
                JsonNode stats = this.json.readTree(event.substring("event:done\ndata:".length()));
                assertThat(steps).isPositive().isEqualTo(stats.get("steps").asInt());
                assertThat(accepted).isEqualTo(stats.get("acceptedDraftTokens").asInt());
                return;
            }
        }
        fail("the stream has no end");
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
    void infoSaysWhichModelAnswers() throws Exception {
        JsonNode model = get("/actuator/info").get("model");
        assertThat(model.get("name").asString()).isEqualTo("cerberus-demo");
        assertThat(model.get("heads").asBoolean()).isTrue();
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
        assertThat(response.body()).contains("shorten the prompt").doesNotContain("raise");
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
