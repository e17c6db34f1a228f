package dev.cerberus.sampleapp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.agentic.supervisor.SupervisorAgent;
import dev.langchain4j.model.chat.ChatModel;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.langchain4j.SupervisorChatModel;
import dev.cerberus.sampleapp.agents.AgentTests;

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

    @Autowired
    private TextGenerator engine;

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

    /**
     * What it decides may be wrong, but is a call of an agent that there is, with its
     * argument.
     */
    @Test
    void decisionsOfASupervisorAreOnesThatCanBeFollowed() {
        ChatModel brief = CerberusChatModel.builder(this.engine)
            .defaultRequestParameters(CerberusChatRequestParameters.builder().maxOutputTokens(40).build())
            .build();
        SupervisorAgent supervisor = AgenticServices.supervisorBuilder()
            .chatModel(
                    SupervisorChatModel.builder(brief).agent("meteorologist", "city").agent("writer", "topic").build())
            .subAgents(AgenticServices.agentBuilder(AgentTests.Meteorologist.class).chatModel(brief).build(),
                    AgenticServices.agentBuilder(AgentTests.Writer.class).chatModel(brief).build())
            .maxAgentsInvocations(2)
            .build();
        assertThat(supervisor.invoke("How is the weather in Rome?")).asString().isNotBlank();
    }

}
