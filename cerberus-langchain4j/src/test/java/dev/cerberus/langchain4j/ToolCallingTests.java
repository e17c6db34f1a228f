package dev.cerberus.langchain4j;

import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.OutputFormat;
import dev.cerberus.engine.Prompt;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ToolDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tools on their way to the model, and its calls on their way back.
 */
class ToolCallingTests {

    private static final ToolSpecification WEATHER = ToolSpecification.builder()
        .name("weather")
        .description("Weather of a city")
        .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build())
        .build();

    private final ScriptedGenerator generator = new ScriptedGenerator();

    private CerberusChatModel model() {
        return CerberusChatModel.builder(this.generator).seeds(() -> 42L).build();
    }

    private static ChatRequest request(ChatRequestParameters parameters) {
        return ChatRequest.builder().messages(UserMessage.from("Hi")).parameters(parameters).build();
    }

    private GenerationRequest sent(ChatRequestParameters parameters) {
        this.generator.target("Hello");
        model().chat(request(parameters));
        return this.generator.lastRequest();
    }

    @Test
    void strictToolsAreStrictToTheEngine() {
        ToolSpecification strict = WEATHER.toBuilder().name("strict").strict(true).build();
        assertThat(
                ((Prompt.Chat) sent(CerberusChatRequestParameters.builder().toolSpecifications(WEATHER, strict).build())
                    .prompt()).tools())
            .extracting(ToolDefinition::strict)
            .containsExactly(false, true);
    }

    /** Streams of other providers have calls without arguments. */
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = { "", " ", "{}" })
    void callThatWasMadeWithoutArgumentsHasNoneInTheConversation(@Nullable String arguments) {
        this.generator.target("Noon");
        ToolExecutionRequest call = ToolExecutionRequest.builder().id("c1").name("now").arguments(arguments).build();
        model().chat(UserMessage.from("What time is it?"), AiMessage.from(call),
                ToolExecutionResultMessage.from(call, "12:00"));
        Prompt.Chat prompt = (Prompt.Chat) this.generator.lastRequest().prompt();
        assertThat(prompt.messages().get(1).toolCalls()).extracting(ChatMessage.ToolCall::argumentsJson)
            .containsExactly("{}");
    }

    @Test
    void toolCallsAreEnforcedAndRequiredWhereThatIsChosen() {
        ToolSpecification tool = ToolSpecification.builder().name("now").build();
        CerberusChatRequestParameters.Builder parameters = CerberusChatRequestParameters.builder()
            .toolSpecifications(tool);
        OutputFormat.ToolCalls free = (OutputFormat.ToolCalls) sent(parameters.build()).format().orElseThrow();
        assertThat(free.required()).isFalse();
        assertThat(free.tools()).extracting(ToolDefinition::name).containsExactly("now");
        OutputFormat.ToolCalls required = (OutputFormat.ToolCalls) sent(
                parameters.toolChoice(ToolChoice.REQUIRED).build())
            .format()
            .orElseThrow();
        assertThat(required.required()).isTrue();
        assertThat(List.of(free.parallel(), required.parallel())).containsOnly(true);
        OutputFormat.ToolCalls one = (OutputFormat.ToolCalls) sent(parameters.parallelToolCalls(false).build()).format()
            .orElseThrow();
        assertThat(one.parallel()).isFalse();
        assertThat(sent(parameters.toolChoice(ToolChoice.NONE).build()).format()).isEmpty();
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> sent(CerberusChatRequestParameters.builder().toolChoice(ToolChoice.REQUIRED).build()))
            .withMessageContaining("REQUIRED");
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(
                    () -> sent(CerberusChatRequestParameters.builder().toolSpecifications(List.of(tool, tool)).build()))
            .withMessageContaining("'now'");
    }

    @Test
    void thoughtsAreNoTextAndCallNothing() {
        this.generator.target("<think> I may write <tool_call>{\"name\": \"weather\", \"arguments\": {}}</tool_call>",
                " but no. </think> It is Done.");
        ChatResponse response = model()
            .chat(request(ChatRequestParameters.builder().toolSpecifications(WEATHER).build()));
        assertThat(response.aiMessage().toolExecutionRequests()).isEmpty();
        assertThat(response.aiMessage().text()).isEqualTo("It is Done.");
        assertThat(response.aiMessage().thinking()).startsWith(" I may write ").endsWith(" but no. ");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void callNeverLosesItsArguments() {
        this.generator.target("<tool_call>{\"name\": \"weather\", \"parameters\": {\"city\": \"Paris\"}}</tool_call>");
        ChatResponse response = model()
            .chat(request(ChatRequestParameters.builder().toolSpecifications(WEATHER).build()));
        assertThat(response.aiMessage().toolExecutionRequests()).singleElement().satisfies((call) -> {
            assertThat(call.arguments()).isEqualTo("{\"city\":\"Paris\"}");
            assertThat(call.id()).matches("[A-Za-z0-9]{9}");
        });
        assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
    }

    @Test
    void toolsReachTheTemplateAndCallsComeBack() throws Exception {
        this.generator.target("<tool_call>\n{\"name\": \"weather\", ",
                "\"arguments\": {\"city\": \"Rome\"}}\n</tool_call>");
        ToolSpecification tool = ToolSpecification.builder()
            .name("weather")
            .description("Weather of a city")
            .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build())
            .build();
        ChatResponse response = model().chat(request(ChatRequestParameters.builder().toolSpecifications(tool).build()));
        Prompt.Chat prompt = (Prompt.Chat) this.generator.lastRequest().prompt();
        assertThat(prompt.tools()).singleElement().satisfies((definition) -> {
            assertThat(definition.name()).isEqualTo("weather");
            assertThat(definition.description()).isEqualTo("Weather of a city");
        });
        assertThat(json(prompt.tools().get(0).parametersJson())).isEqualTo(
                json("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}"));
        assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        assertThat(response.aiMessage().text()).isNull();
        assertThat(response.aiMessage().toolExecutionRequests()).singleElement().satisfies((call) -> {
            assertThat(call.id()).isNotBlank();
            assertThat(call.name()).isEqualTo("weather");
            assertThat(call.arguments()).isEqualTo("{\"city\":\"Rome\"}");
        });
    }

    @Test
    void toolWithoutParametersHasAnEmptySchema() throws Exception {
        this.generator.target("ok");
        model().chat(request(ChatRequestParameters.builder()
            .toolSpecifications(ToolSpecification.builder().name("now").build())
            .build()));
        Prompt.Chat prompt = (Prompt.Chat) this.generator.lastRequest().prompt();
        assertThat(json(prompt.tools().get(0).parametersJson()))
            .isEqualTo(json("{\"type\":\"object\",\"properties\":{}}"));
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text);
    }

    @Test
    void toolChoiceNoneHidesTheToolsAndLeavesMarkersAlone() {
        this.generator.target("<tool_call>{\"name\":\"now\"}</tool_call>");
        ChatResponse response = model().chat(request(ChatRequestParameters.builder()
            .toolSpecifications(ToolSpecification.builder().name("now").build())
            .toolChoice(ToolChoice.NONE)
            .build()));
        assertThat(((Prompt.Chat) this.generator.lastRequest().prompt()).tools()).isEmpty();
        assertThat(response.aiMessage().text()).isEqualTo("<tool_call>{\"name\":\"now\"}</tool_call>");
    }

}
