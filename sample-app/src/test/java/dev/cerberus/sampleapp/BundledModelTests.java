package dev.cerberus.sampleapp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application as it is started, with the model that comes with it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "cerberus.chat.seed=1")
class BundledModelTests {

    private final HttpClient http = HttpClient.newHttpClient();

    private final JsonMapper json = new JsonMapper();

    @Autowired
    private ChatProperties properties;

    @LocalServerPort
    private int port;

    @Test
    void everyExampleOfThePageGetsTheExpectedWord() throws Exception {
        assertThat(this.properties.examples()).isNotEmpty();
        for (ChatProperties.Example example : this.properties.examples()) {
            HttpResponse<String> response = this.http
                .send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/chat"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(this.json
                        .writeValueAsString(Map.of("message", example.question(), "options", Map.of("maxTokens", 64)))))
                    .build(), BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode body = this.json.readTree(response.body());
            assertThat(body.get("answer").asString()).as(example.question()).containsIgnoringCase(example.expected());
        }
    }

}
