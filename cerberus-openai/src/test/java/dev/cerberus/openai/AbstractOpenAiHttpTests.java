package dev.cerberus.openai;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;

/** The endpoints over HTTP, in front of a scripted generator. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = { "cerberus.openai.enabled=true", "cerberus.openai.max-body=8KB" })
abstract class AbstractOpenAiHttpTests {

    static final String TOOLS = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\"}},"
            + "{\"type\":\"function\",\"function\":{\"name\":\"time\"}}]";

    static final Duration PATIENCE = Duration.ofSeconds(20);

    static final JsonMapper JSON = JsonMapper.builder().build();

    final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Autowired
    SwitchedGenerator script;

    @LocalServerPort
    int port;

    ScriptedGenerator answer(String... pieces) {
        return this.script.use(new ScriptedGenerator().target(pieces));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).timeout(PATIENCE);
    }

    HttpRequest post(String path, String body) {
        return request(path).header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    }

    HttpResponse<String> send(HttpRequest request) throws Exception {
        return this.http.send(request, BodyHandlers.ofString());
    }

    HttpResponse<String> chat(String fields) throws Exception {
        return send(
                post("/v1/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + fields + "}"));
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    static List<JsonNode> events(HttpResponse<String> response) {
        return response.body()
            .lines()
            .filter((line) -> line.startsWith("data: {"))
            .map((line) -> JSON.readTree(line.substring("data: ".length())))
            .toList();
    }

}
