package dev.cerberus.sampleapp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.gate.GateMode;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoints over a real server and a scripted engine.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = ScriptedEngine.NO_HEALTH)
@Import(ScriptedEngine.class)
class ChatHttpTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newHttpClient();

    private final JsonMapper json = new JsonMapper();

    @Autowired
    private SwitchedGenerator engine;

    @LocalServerPort
    private int port;

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).timeout(PATIENCE);
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return this.http.send(
                request("/chat").header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> stream(String query) throws IOException, InterruptedException {
        return this.http.send(request("/chat/stream" + query).header("Accept", "text/event-stream").build(),
                BodyHandlers.ofString());
    }

    private void assertProblem(HttpResponse<String> response, int status, String... detail) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = this.json.readTree(response.body());
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asString()).contains(detail);
    }

    @Test
    void chatAnswersWithTextAndStats() throws Exception {
        this.engine.use(new ScriptedGenerator().target("Hel").draft("lo"));
        HttpResponse<String> response = post("{\"message\": \"Hi\"}");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode body = this.json.readTree(response.body());
        assertThat(body.get("answer").asString()).isEqualTo("Hello");
        JsonNode stats = body.get("stats");
        assertThat(stats.get("outputTokens").asInt()).isEqualTo(2);
        assertThat(stats.get("acceptedDraftTokens").asInt()).isEqualTo(1);
        assertThat(stats.get("acceptanceLength").asDouble()).isEqualTo(2.0);
        // 2 tokens in the half second that the script claims to have decoded
        assertThat(stats.get("tokensPerSecond").asDouble()).isEqualTo(4.0);
        assertThat(stats.get("finishReason").asString()).isEqualTo("stop");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "{", "[]", "{}", "{\"message\": null}", "{\"message\": \"\"}",
            "{\"message\": \" \\n\"}", "{\"message\": 5}", "{\"message\": true}", "{\"message\": [\"Hi\"]}",
            "{\"message\": {\"text\": \"Hi\"}}", "{\"message\": \"Hi\", \"conversationId\": 7}" })
    void bodyWithoutAMessageIsABadRequest(String body) throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("unreachable"));
        assertProblem(post(body), 400, "message");
        assertThat(script.requests()).isEmpty();
    }

    @Test
    void otherContentTypeAndMethodAreProblemsToo() throws Exception {
        HttpResponse<String> text = this.http.send(
                request("/chat").header("Content-Type", "text/plain").POST(BodyPublishers.ofString("Hi")).build(),
                BodyHandlers.ofString());
        assertThat(text.statusCode()).isEqualTo(415);
        HttpResponse<String> get = this.http.send(request("/chat").GET().build(), BodyHandlers.ofString());
        assertThat(get.statusCode()).isEqualTo(405);
    }

    @Test
    void promptBeyondTheContextIsTooLarge() throws Exception {
        this.engine.use(new ScriptedGenerator().refusing(new PromptTooLongException(2000, 1024)));
        assertProblem(post("{\"message\": \"Hi\"}"), 413, "2000", "1024");
        assertProblem(stream("?message=Hi"), 413, "2000", "1024");
    }

    @Test
    void fullQueueIsUnavailableForAWhile() throws Exception {
        this.engine.use(new ScriptedGenerator().refusing(new QueueFullException(64)));
        HttpResponse<String> response = post("{\"message\": \"Hi\"}");
        assertProblem(response, 503, "queue is full");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertProblem(stream("?message=Hi"), 503, "queue is full");
    }

    @Test
    void shutDownEngineIsUnavailable() throws Exception {
        this.engine.use(new ScriptedGenerator().refusing(new EngineClosedException()));
        assertProblem(post("{\"message\": \"Hi\"}"), 503, "shut down");
    }

    @Test
    void unexpectedFailureKeepsItsMessageToItself() throws Exception {
        this.engine.use(new ScriptedGenerator().target("a").failing(new IllegalStateException("secret")));
        HttpResponse<String> response = post("{\"message\": \"Hi\"}");
        assertProblem(response, 500, "log");
        assertThat(response.body()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "?message=", "?message=%20" })
    void streamWithoutAMessageIsABadRequest(String query) throws Exception {
        assertProblem(stream(query), 400, "message");
    }

    @Test
    void streamSendsTokensWithTheirOriginsThenTheStats() throws Exception {
        this.engine.use(new ScriptedGenerator().target("Grüß").draft(" dich\n", "\n"));
        HttpResponse<String> response = stream("?message=" + URLEncoder.encode("Sag hallo", StandardCharsets.UTF_8));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        List<Map.Entry<String, JsonNode>> events = events(response.body());
        assertThat(events).extracting(Map.Entry::getKey).containsExactly("token", "token", "token", "step", "done");
        assertThat(events.get(0).getValue()).isEqualTo(token("Grüß", "target"));
        assertThat(events.get(1).getValue()).isEqualTo(token(" dich\n", "draft"));
        assertThat(events.get(2).getValue()).isEqualTo(token("\n", "draft"));
        assertThat(events.get(3).getValue().get("accepted").asInt()).isEqualTo(2);
        assertThat(events.get(4).getValue().get("acceptedDraftTokens").asInt()).isEqualTo(2);
    }

    private JsonNode token(String text, String origin) {
        return this.json.createObjectNode().put("text", text).put("origin", origin);
    }

    private List<Map.Entry<String, JsonNode>> events(String body) {
        return Arrays.stream(body.strip().split("\n\n")).map((event) -> {
            String[] lines = event.split("\n");
            assertThat(lines).hasSize(2);
            return Map.entry(lines[0].substring("event:".length()),
                    this.json.readTree(lines[1].substring("data:".length())));
        }).toList();
    }

    @Test
    void failureInMidStreamIsAnEvent() throws Exception {
        this.engine.use(new ScriptedGenerator().target("a")
            .pause(Duration.ofMillis(300))
            .failing(new IllegalStateException("secret")));
        List<Map.Entry<String, JsonNode>> events = events(stream("?message=Hi").body());
        assertThat(events).extracting(Map.Entry::getKey).containsExactly("token", "error");
        assertThat(events.get(1).getValue().get("status").asInt()).isEqualTo(500);
        assertThat(events.get(1).getValue().toString()).doesNotContain("secret");
    }

    @Test
    void clientThatGoesAwayCancelsItsRequest() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("word ").endless().pause(Duration.ofMillis(5)));
        HttpResponse<InputStream> response = this.http.send(request("/chat/stream?message=Hi").build(),
                BodyHandlers.ofInputStream());
        try (InputStream body = response.body();
                BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            assertThat(reader.readLine()).isEqualTo("event:token");
        }
        assertThat(script.awaitCancelled(PATIENCE)).isTrue();
        this.engine.use(new ScriptedGenerator().target("next"));
        assertThat(post("{\"message\": \"Hi\"}").statusCode()).isEqualTo(200);
    }

    private String say(String message, String conversationId) throws Exception {
        HttpResponse<String> response = post(this.json.writeValueAsString(
                this.json.createObjectNode().put("message", message).put("conversationId", conversationId)));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String id = this.json.readTree(response.body()).get("conversationId").asString();
        assertThat(response.headers().firstValue("Conversation-Id")).contains(id);
        return id;
    }

    @Test
    void conversationIsRememberedOverAllEndpointsUnderTheIdOfTheServer() throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("Hello Ann"));
        String id = say("I am Ann", null);
        assertThat(id).hasSizeGreaterThanOrEqualTo(22);
        HttpResponse<String> streamed = stream("?message=Who+am+I&conversationId=" + id);
        assertThat(streamed.headers().firstValue("Conversation-Id")).contains(id);
        HttpResponse<String> posted = this.http.send(request("/chat/stream").header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"message\": \"And?\", \"conversationId\": \"" + id + "\"}"))
            .build(), BodyHandlers.ofString());
        assertThat(events(posted.body())).extracting(Map.Entry::getKey).containsExactly("token", "done");
        assertThat(say("Again", id)).isEqualTo(id);
        say("Again", null);
        assertThat(script.requests()).extracting((request) -> ((Prompt.Chat) request.prompt()).messages().size())
            .containsExactly(1, 3, 5, 7, 1);
        assertThat(((Prompt.Chat) script.requests().get(1).prompt()).messages()).containsExactly(
                ChatMessage.user("I am Ann"), ChatMessage.assistant("Hello Ann"), ChatMessage.user("Who am I"));
    }

    @Test
    void idThatAClientMadeUpNamesNoConversation() throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        String first = say("I am Ann", "alice");
        String second = say("Who am I", "alice");
        assertThat(first).isNotEqualTo("alice").isNotEqualTo(second);
        assertThat(((Prompt.Chat) script.lastRequest().prompt()).messages()).hasSize(1);
    }

    @Test
    void conversationThatOutgrowsTheContextForgetsItsBeginning() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("ok").refusingLongerThan(3, new PromptTooLongException(2000, 1024)));
        String id = say("one", null);
        say("two", id);
        say("three", id);
        assertThat(stream("?message=four&conversationId=" + id).statusCode()).isEqualTo(200);
        assertThat(((Prompt.Chat) script.lastRequest().prompt()).messages()).containsExactly(ChatMessage.user("three"),
                ChatMessage.assistant("ok"), ChatMessage.user("four"));
    }

    @Test
    void conversationIdOfUnreasonableLengthIsABadRequest() throws Exception {
        assertProblem(post("{\"message\": \"Hi\", \"conversationId\": \"" + "x".repeat(101) + "\"}"), 400,
                "conversationId", "101");
    }

    @Test
    void pageIsServedWithoutExternalResources() throws Exception {
        HttpResponse<String> page = this.http.send(request("/").build(), BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<title>Cerberus chat</title>")
            .doesNotContainPattern("(src|href)=\"(https?:)?//");
    }

    @Test
    void actuatorExposesWhatIsPromised() throws Exception {
        JsonNode links = this.json
            .readTree(this.http.send(request("/actuator").build(), BodyHandlers.ofString()).body())
            .get("_links");
        assertThat(links.propertyNames()).contains("health", "info", "metrics", "prometheus").doesNotContain("env");
    }

    @Test
    void optionsReachTheEngine() throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        post("""
                {"message": "Hi", "options": {"system": "Be brief.", "temperature": 0.5, "topP": 0.8, "topK": 3,
                 "maxTokens": 9, "seed": 4, "drafting": false}}""");
        GenerationRequest request = script.lastRequest();
        assertThat(said(request)).containsExactly("Be brief.", "Hi");
        assertThat(request.sampling()).isEqualTo(new SamplingOptions(0.5, 3, 0.8, 4).withAnswerPenalties(0.2, 0));
        assertThat(request.maxOutputTokens()).isEqualTo(9);
        assertThat(request.gate().map(GateOptions::mode)).contains(GateMode.NEVER);
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"temperature\": -1}", "{\"topP\": 0}", "{\"topP\": 1.5}", "{\"topK\": -1}",
            "{\"maxTokens\": 0}" })
    void optionOutOfRangeIsABadRequest(String options) throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("unreachable"));
        assertProblem(post("{\"message\": \"Hi\", \"options\": " + options + "}"), 400, "options", "was");
        assertThat(script.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"maxTokens\": 1.5}", "{\"maxTokens\": []}", "{\"maxTokens\": 99999999999}" })
    void optionThatCanNotBeReadIsNamed(String options) throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("unreachable"));
        assertProblem(post("{\"message\": \"Hi\", \"options\": " + options + "}"), 400, "'options.maxTokens'");
        assertThat(script.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "[null]", "[{}]", "[{\"question\": \"a\"}]", "[{\"question\": \"a\", \"answer\": \"\"}]",
            "[{\"question\": 5, \"answer\": \"b\"}]", "{}", "[7]" })
    void historyThatIsNoneIsABadRequest(String history) throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("unreachable"));
        assertProblem(post("{\"message\": \"Hi\", \"history\": " + history + "}"), 400, "message");
        assertThat(script.requests()).isEmpty();
    }

    @Test
    void historyReplacesWhatIsRemembered() throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        String id = this.json.readTree(post("{\"message\": \"forgotten\"}").body()).get("conversationId").asString();
        post("{\"message\": \"two\", \"conversationId\": \"" + id
                + "\", \"history\": [{\"question\": \"one\", \"answer\": \"yes\"}]}");
        assertThat(said(script.lastRequest())).containsExactly("one", "yes", "two");
        post("{\"message\": \"aside\", \"remember\": false, \"conversationId\": \"" + id + "\"}");
        String aside = "{\"message\": \"aside\", \"remember\": false, \"conversationId\": \"" + id
                + "\", \"history\": [{\"question\": \"other\", \"answer\": \"no\"}]}";
        post(aside);
        assertThat(said(script.lastRequest())).containsExactly("other", "no", "aside");
        post("{\"message\": \"three\", \"conversationId\": \"" + id + "\"}");
        assertThat(said(script.lastRequest())).containsExactly("one", "yes", "two", "ok", "three");
    }

    @ParameterizedTest
    @ValueSource(strings = { "/chat", "/chat/stream" })
    void refusedQuestionLeavesTheConversationAsItWas(String path) throws Exception {
        this.engine.use(new ScriptedGenerator().target("ok"));
        String id = this.json.readTree(post("{\"message\": \"one\"}").body()).get("conversationId").asString();
        this.engine.use(new ScriptedGenerator().refusing(new QueueFullException(64)));
        String body = "{\"message\": \"two\", \"conversationId\": \"" + id
                + "\", \"history\": [{\"question\": \"other\", \"answer\": \"yes\"}]}";
        HttpResponse<String> refused = this.http.send(
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(503);
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        post("{\"message\": \"three\", \"conversationId\": \"" + id + "\"}");
        assertThat(said(script.lastRequest())).containsExactly("one", "ok", "three");
    }

    @ParameterizedTest
    @ValueSource(strings = { "/chat", "/chat/stream" })
    void answerWithoutTextIsNoExchange(String path) throws Exception {
        this.engine.use(new ScriptedGenerator().target("ok"));
        String id = this.json.readTree(post("{\"message\": \"one\"}").body()).get("conversationId").asString();
        this.engine.use(new ScriptedGenerator().target("<think>", "two?"));
        String body = "{\"message\": \"two\", \"conversationId\": \"" + id + "\"}";
        HttpResponse<String> empty = this.http.send(
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
        assertThat(empty.statusCode()).isEqualTo(200);
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        post("{\"message\": \"three\", \"conversationId\": \"" + id + "\"}");
        assertThat(said(script.lastRequest())).containsExactly("one", "ok", "three");
    }

    @Test
    void whatCameOfAnAnswerThatFailedBelongsToTheConversation() throws Exception {
        this.engine.use(new ScriptedGenerator().target("half an").failing(new IllegalStateException("broken")));
        HttpResponse<String> failed = stream("?message=first");
        assertThat(failed.body()).contains("event:error");
        String id = failed.headers().firstValue("Conversation-Id").orElseThrow();
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        stream("?message=second&conversationId=" + id);
        assertThat(said(script.lastRequest())).containsExactly("first", "half an", "second");
    }

    @Test
    void whatCameOfAnAnswerThatWasLeftBelongsToTheConversation() throws Exception {
        ScriptedGenerator endless = this.engine
            .use(new ScriptedGenerator().target("more ").endless().pause(Duration.ofMillis(20)));
        HttpResponse<InputStream> left = this.http.send(request("/chat/stream?message=first").build(),
                BodyHandlers.ofInputStream());
        String id = left.headers().firstValue("Conversation-Id").orElseThrow();
        assertThat(left.body().read()).isPositive();
        left.body().close();
        assertThat(endless.awaitCancelled(PATIENCE)).isTrue();
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        // the server remembers right after it has cancelled
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            stream("?message=second&conversationId=" + id);
        }
        while (said(script.lastRequest()).size() == 1 && System.nanoTime() < deadline);
        assertThat(said(script.lastRequest()).subList(0, 2)).first().isEqualTo("first");
        assertThat(said(script.lastRequest()).get(1)).startsWith("more ");
    }

    private static List<String> said(GenerationRequest request) {
        return ((Prompt.Chat) request.prompt()).messages().stream().map(ChatMessage::content).toList();
    }

}
