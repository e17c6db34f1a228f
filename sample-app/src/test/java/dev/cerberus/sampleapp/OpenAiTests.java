package dev.cerberus.sampleapp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.engine.QueueFullException;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoints of OpenAI's interface as this application sets them up.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = ScriptedEngine.NO_HEALTH)
@Import(ScriptedEngine.class)
class OpenAiTests {

    private final HttpClient http = HttpClient.newHttpClient();

    private final JsonMapper json = new JsonMapper();

    @Autowired
    private SwitchedGenerator engine;

    @LocalServerPort
    private int port;

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
            .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> chat(String body) throws Exception {
        return this.http.send(request("/v1/chat/completions").header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(), BodyHandlers.ofString());
    }

    @Test
    void chatAndModelsAreThere() throws Exception {
        this.engine.use(new ScriptedGenerator().target("Hel").draft("lo"));
        JsonNode answer = this.json.readTree(chat("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}").body());
        assertThat(answer.at("/choices/0/message/content").stringValue()).isEqualTo("Hello");
        HttpResponse<String> models = this.http.send(request("/v1/models").build(), BodyHandlers.ofString());
        assertThat(this.json.readTree(models.body()).at("/data/0/id").stringValue()).isEqualTo("scripted");
        assertThat(models.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    @Test
    void refusalsHaveTheFormThatClientsKnow() throws Exception {
        this.engine.use(new ScriptedGenerator().target("x").refusing(new QueueFullException(64)));
        HttpResponse<String> full = chat("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        assertThat(full.statusCode()).isEqualTo(429);
        HttpResponse<String> large = chat("{\"user\":\"" + "x".repeat(2_000_000) + "\"}");
        assertThat(large.statusCode()).isEqualTo(413);
        HttpResponse<String> nothing = this.http.send(request("/v1/nothing").build(), BodyHandlers.ofString());
        assertThat(nothing.statusCode()).isEqualTo(404);
        for (HttpResponse<String> response : List.of(full, large, nothing)) {
            assertThat(this.json.readTree(response.body()).at("/error/type").stringValue()).isNotBlank();
        }
    }

}
