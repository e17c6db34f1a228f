package dev.cerberus.langchain4j;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import org.junit.jupiter.api.Test;

import dev.cerberus.engine.OutputFormat;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SupervisorChatModelTests {

    private final ScriptedGenerator generator = new ScriptedGenerator().target("{}");

    private final CerberusChatModel below = CerberusChatModel.builder(this.generator)
        .defaultRequestParameters(CerberusChatRequestParameters.builder().maxOutputTokens(33).build())
        .build();

    private final SupervisorChatModel model = SupervisorChatModel.builder(this.below)
        .agent("meteorologist", "city")
        .agent("calculator", JsonObjectSchema.builder().addNumberProperty("x").required("x").build())
        .agent("clock")
        .build();

    private static final JsonObjectSchema DECISION = JsonObjectSchema.builder()
        .addStringProperty("agentName")
        .addProperty("arguments", JsonObjectSchema.builder().build())
        .build();

    private OutputFormat.JsonSchema asked(JsonObjectSchema schema, ChatMessage... messages) {
        this.model.chat(ChatRequest.builder()
            .messages(messages)
            .responseFormat(ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name("Answer").rootElement(schema).build())
                .build())
            .build());
        return (OutputFormat.JsonSchema) this.generator.lastRequest().format().orElseThrow();
    }

    private List<?> choices(ChatMessage... messages) throws Exception {
        return (List<?>) new ObjectMapper().readValue(asked(DECISION, messages).schema(), Map.class).get("anyOf");
    }

    @Test
    void firstDecisionIsOneOfTheAgents() throws Exception {
        List<?> choices = choices(UserMessage.from("Who is first?"));
        assertThat(choices).hasSize(3);
        assertThat(choices.get(0)).isEqualTo(choice("meteorologist", closed("city", "string")));
        assertThat(choices.get(1)).isEqualTo(choice("calculator", Map.of("type", "object", "properties",
                Map.of("x", Map.of("type", "number")), "required", List.of("x"))));
        assertThat(this.generator.lastRequest().maxOutputTokens()).isEqualTo(33);
    }

    @Test
    void laterDecisionMayBeTheEnd() throws Exception {
        List<?> choices = choices(UserMessage.from("Who is first?"), AiMessage.from("{}"),
                UserMessage.from("Who is next?"));
        assertThat(choices).hasSize(4);
        assertThat(choices.get(3)).isEqualTo(choice("done", closed("response", "string")));
    }

    @Test
    void supervisorOfNobodyIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(SupervisorChatModel.builder(this.below)::build)
            .withMessageContaining("at least one agent");
    }

    private static Map<String, Object> choice(String agent, Map<String, Object> arguments) {
        return Map.of("type", "object", "properties",
                Map.of("agentName", Map.of("type", "string", "enum", List.of(agent)), "arguments", arguments),
                "required", List.of("agentName", "arguments"), "additionalProperties", false);
    }

    private static Map<String, Object> closed(String property, String type) {
        return Map.of("type", "object", "properties", Map.of(property, Map.of("type", type)), "required",
                List.of(property), "additionalProperties", false);
    }

    @Test
    void otherRequestsPassAsTheyAre() {
        assertThat(
                asked(JsonObjectSchema.builder().addStringProperty("name").build(), UserMessage.from("Who?")).schema())
            .contains("\"name\"")
            .doesNotContain("anyOf");
        this.model.chat("Hi");
        assertThat(this.generator.lastRequest().format()).isEmpty();
    }

    @Test
    void restIsThatOfTheModelBelow() {
        assertThat(this.model.defaultRequestParameters()).isSameAs(this.below.defaultRequestParameters());
        assertThat(this.model.supportedCapabilities()).isEqualTo(this.below.supportedCapabilities());
        assertThat(this.model.listeners()).isSameAs(this.below.listeners());
        assertThat(this.model.provider()).isEqualTo(this.below.provider());
    }

}
