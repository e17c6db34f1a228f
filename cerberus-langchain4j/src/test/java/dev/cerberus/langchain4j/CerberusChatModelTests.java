package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.OutputFormat;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TokenProbability;
import dev.cerberus.engine.UnknownProfileException;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatMessage.Role;
import dev.cerberus.text.ToolDefinition;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

class CerberusChatModelTests {

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
    void chatReturnsTextIdNameAndFinishReason() {
        this.generator.target("Hel").draft("lo");
        ChatResponse response = model().chat(request(CerberusChatRequestParameters.builder().build()));
        assertThat(response.aiMessage().text()).isEqualTo("Hello");
        assertThat(response.id()).isEqualTo("request-1");
        assertThat(response.modelName()).isEqualTo("scripted");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void whatIsLeftOpenIsWhatTheModelsAuthorsRecommend() {
        this.generator.recommended(new GenerationDefaults(List.of(), OptionalInt.empty(), OptionalInt.empty(),
                Optional.of(true), OptionalDouble.of(0.7), OptionalInt.of(20), OptionalDouble.of(0.8),
                OptionalDouble.of(0.02), OptionalDouble.of(1.05), List.of()));
        assertThat(sent(CerberusChatRequestParameters.builder().build()).sampling())
            .isEqualTo(new SamplingOptions(0.7, 20, 0.8, 1.05, 42).withMinP(0.02));
        assertThat(sent(CerberusChatRequestParameters.builder().temperature(0.0).build()).sampling().greedy()).isTrue();
        assertThat(sent(CerberusChatRequestParameters.builder().topK(5).build()).sampling().topK()).isEqualTo(5);
        this.generator.recommended(new GenerationDefaults(List.of(), OptionalInt.empty(), OptionalInt.empty(),
                Optional.empty(), OptionalDouble.of(0.7), OptionalInt.empty(), OptionalDouble.empty(),
                OptionalDouble.empty(), OptionalDouble.of(1.05), List.of()));
        assertThat(sent(CerberusChatRequestParameters.builder().build()).sampling().greedy()).isTrue();
    }

    @Test
    void chatReportsWhatDraftingDid() {
        this.generator.target("a").draft("b", "c").target("d");
        ChatResponse response = model().chat(request(CerberusChatRequestParameters.builder().build()));
        // 4 tokens, 2 of them accepted drafts: 2 steps of which 2 drafted 3 nodes each
        assertThat(response.tokenUsage()).isEqualTo(new CerberusTokenUsage(7, 4, 2, 2, 6, 2));
        assertThat(response.metadata()).isInstanceOfSatisfying(CerberusChatResponseMetadata.class, (metadata) -> {
            assertThat(metadata.acceptanceLength()).isEqualTo(2.0);
            assertThat(metadata.timeToFirstToken()).isEqualTo(Duration.ofMillis(300));
            assertThat(metadata.duration()).isEqualTo(Duration.ofMillis(750));
            assertThat(metadata.seed()).isEmpty();
            assertThat(metadata.toBuilder().build()).isEqualTo(metadata);
        });
    }

    @Test
    void finishReasonWhenTheBudgetIsUsedUpIsLength() {
        this.generator.target("a").finishReason(dev.cerberus.decode.FinishReason.LENGTH);
        assertThat(model().chat(request(CerberusChatRequestParameters.builder().build())).finishReason())
            .isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void emptyAnswerIsAnEmptyText() {
        ChatResponse response = model().chat(UserMessage.from("Say nothing"));
        assertThat(response.aiMessage().text()).isEmpty();
        assertThat(model().chat(UserMessage.from("Hi"), response.aiMessage(), UserMessage.from("Well?")).id())
            .isEqualTo("request-2");
    }

    @Test
    void requestWithoutParametersIsGreedyWithTheDefaultBudget() {
        GenerationRequest sent = sent(CerberusChatRequestParameters.builder().build());
        assertThat(sent)
            .isEqualTo(GenerationRequest.greedy(new Prompt.Chat(List.of(ChatMessage.user("Hi")), List.of()), 512));
    }

    @Test
    void requestParametersReachTheEngine() {
        GenerationRequest sent = sent(CerberusChatRequestParameters.builder()
            .temperature(0.5)
            .topK(4)
            .topP(0.9)
            .repetitionPenalty(1.2)
            .minP(0.05)
            .frequencyPenalty(0.3)
            .presencePenalty(-0.2)
            .logitBias(Map.of(7, -5.0))
            .logprobs(2)
            .seed(3L)
            .maxOutputTokens(9)
            .minOutputTokens(2)
            .stopSequences("END")
            .gateMode(GateMode.THRESHOLD)
            .gateSignal(GateSignal.TOP1_MARGIN)
            .gateThreshold(0.25)
            .treeShape(TreeShape.parse("2,1"))
            .maxNodes(5)
            .coupledDrafting(false)
            .contextLookup(false)
            .build());
        SamplingOptions sampling = new SamplingOptions(0.5, 4, 0.9, 0.05, 1.2, 0.3, -0.2, Map.of(7, -5.0), 3);
        assertThat(sent).isEqualTo(new GenerationRequest(sent.prompt(), sampling, 9, 2, List.of("END"),
                Optional.of(new GateOptions(GateMode.THRESHOLD, GateSignal.TOP1_MARGIN, 0.25)),
                Optional.of(TreeShape.parse("2,1")), Optional.of(5), new DraftingOptions(false, false))
            .withLogprobs(2));
    }

    @Test
    void probabilitiesOfTokensAreToldOnlyWhereTheyAreAskedFor() {
        this.generator.target("a", "b");
        ChatResponse response = model().chat(request(CerberusChatRequestParameters.builder().logprobs(1).build()));
        List<TokenProbability> tokens = ((CerberusChatResponseMetadata) response.metadata()).logprobs();
        assertThat(tokens).extracting(TokenProbability::text).containsExactly("a", "b");
        assertThat(tokens.get(0).logprob()).isEqualTo(-0.5);
        assertThat(tokens.get(0).alternatives()).extracting(TokenProbability::text).containsExactly("other0");
        ChatResponse without = model().chat(request(CerberusChatRequestParameters.builder().build()));
        assertThat(((CerberusChatResponseMetadata) without.metadata()).logprobs()).isEmpty();
    }

    @Test
    void parametersOutOfRangeAreInvalidRequests() {
        for (CerberusChatRequestParameters parameters : List.of(
                CerberusChatRequestParameters.builder().minP(1.5).build(),
                CerberusChatRequestParameters.builder().frequencyPenalty(11.0).build(),
                CerberusChatRequestParameters.builder().logitBias(Map.of(1, 500.0)).build(),
                CerberusChatRequestParameters.builder().logprobs(21).build())) {
            assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> sent(parameters))
                .withMessageContaining("must be in");
        }
    }

    @Test
    void gateParametersThatAreLeftOpenAreTheEngines() {
        this.generator.gate(new GateOptions(GateMode.THRESHOLD, GateSignal.VOCAB_ENTROPY, 1.5));
        GenerationRequest sent = sent(CerberusChatRequestParameters.builder().gateThreshold(0.5).build());
        assertThat(sent.gate()).contains(new GateOptions(GateMode.THRESHOLD, GateSignal.VOCAB_ENTROPY, 0.5));
    }

    @Test
    void profileOfARequestIsAskedOfTheEngine() {
        CerberusChatRequestParameters parameters = CerberusChatRequestParameters.builder().profile("code").build();
        assertThat(CerberusChatRequestParameters.DEFAULTS.overrideWith(parameters).profile()).isEqualTo("code");
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> sent(parameters))
            .withCauseInstanceOf(UnknownProfileException.class)
            .withMessageContaining("'code'");
    }

    @Test
    void sampledRequestWithoutSeedTakesOneAndReportsIt() {
        this.generator.target("a");
        ChatResponse response = model().chat(request(CerberusChatRequestParameters.builder().temperature(0.8).build()));
        assertThat(this.generator.lastRequest().sampling().seed()).isEqualTo(42);
        assertThat(((CerberusChatResponseMetadata) response.metadata()).seed()).hasValue(42);
    }

    @Test
    void defaultsApplyWhereARequestIsSilentAndFillTheirOwnGaps() {
        this.generator.target("a");
        CerberusChatModel model = CerberusChatModel.builder(this.generator)
            .defaultRequestParameters(
                    CerberusChatRequestParameters.builder().maxOutputTokens(20).gateMode(GateMode.NEVER).build())
            .build();
        model.chat(ChatRequest.builder()
            .messages(UserMessage.from("Hi"))
            .parameters(ChatRequestParameters.builder().maxOutputTokens(10).build())
            .build());
        assertThat(model.defaultRequestParameters().temperature()).isZero();
        assertThat(this.generator.lastRequest().maxOutputTokens()).isEqualTo(10);
        assertThat(this.generator.lastRequest().gate()).map(GateOptions::mode).contains(GateMode.NEVER);
    }

    @Test
    void requestOfTheModelsOwnNameIsServed() {
        assertThat(sent(CerberusChatRequestParameters.builder().modelName("scripted").build())).isNotNull();
    }

    static List<Arguments> unsupported() {
        return List.of(unsupported("modelName", CerberusChatRequestParameters.builder().modelName("other")));
    }

    @Test
    void responseFormatsAreEnforced() {
        assertThat(sent(CerberusChatRequestParameters.builder().build()).format()).isEmpty();
        assertThat(sent(CerberusChatRequestParameters.builder().responseFormat(ResponseFormat.TEXT).build()).format())
            .isEmpty();
        assertThat(sent(CerberusChatRequestParameters.builder().responseFormat(ResponseFormat.JSON).build()).format())
            .contains(OutputFormat.JSON_OBJECT);
        JsonSchema schema = JsonSchema.builder()
            .name("Person")
            .rootElement(JsonObjectSchema.builder().addStringProperty("name").required("name").build())
            .build();
        OutputFormat.JsonSchema format = (OutputFormat.JsonSchema) sent(CerberusChatRequestParameters.builder()
            .responseFormat(ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build())
            .build()).format().orElseThrow();
        assertThat(format.schema()).contains("\"name\"", "\"required\"");
        String raw = "{\"type\": \"integer\"}";
        assertThat(sent(CerberusChatRequestParameters.builder()
            .responseFormat(ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name("N").rootElement(JsonRawSchema.from(raw)).build())
                .build())
            .build()).format()).contains(new OutputFormat.JsonSchema(raw));
        assertThat(model().supportedCapabilities()).containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    @Test
    void objectsSayWhetherTheyHaveFurtherProperties() throws JsonProcessingException {
        JsonSchema schema = JsonSchema.builder()
            .name("Book")
            .rootElement(JsonObjectSchema.builder()
                .addProperty("prices", JsonObjectSchema.builder().description("by shop").build())
                .addProperty("parts",
                        JsonArraySchema.builder()
                            .items(JsonAnyOfSchema.builder()
                                .anyOf(new JsonStringSchema(),
                                        JsonObjectSchema.builder()
                                            .addIntegerProperty("page")
                                            .additionalProperties(true)
                                            .build())
                                .build())
                            .build())
                .build())
            .build();
        OutputFormat.JsonSchema format = (OutputFormat.JsonSchema) sent(CerberusChatRequestParameters.builder()
            .responseFormat(ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build())
            .build()).format().orElseThrow();
        JsonNode sent = new ObjectMapper().readTree(format.schema());
        // a map of anything, not an object of nothing
        assertThat(sent.at("/properties/prices").has("properties")).isFalse();
        assertThat(sent.at("/properties/parts/items/anyOf/1/additionalProperties").asBoolean()).isTrue();
        assertThat(sent.has("additionalProperties")).isFalse();
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
        assertThat(sent(parameters.toolChoice(ToolChoice.NONE).build()).format()).isEmpty();
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> sent(CerberusChatRequestParameters.builder().toolChoice(ToolChoice.REQUIRED).build()))
            .withMessageContaining("REQUIRED");
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(
                    () -> sent(CerberusChatRequestParameters.builder().toolSpecifications(List.of(tool, tool)).build()))
            .withMessageContaining("'now'");
    }

    private static Arguments unsupported(String feature, CerberusChatRequestParameters.Builder parameters) {
        return Arguments.of(feature, parameters.build());
    }

    @ParameterizedTest
    @MethodSource
    void unsupported(String feature, ChatRequestParameters parameters) {
        assertThatExceptionOfType(UnsupportedFeatureException.class).isThrownBy(() -> model().chat(request(parameters)))
            .withMessageContaining(feature)
            .withMessageContaining("not support");
        assertThat(this.generator.requests()).isEmpty();
    }

    static List<Arguments> unsupportedContents() {
        return List.of(Arguments.of("image", ImageContent.from("https://example.com/cat.jpg")),
                Arguments.of("audio", AudioContent.from(Audio.builder().base64Data("aa").build())));
    }

    @ParameterizedTest
    @MethodSource("unsupportedContents")
    void contentOtherThanTextIsUnsupported(String type, Content content) {
        assertThatExceptionOfType(UnsupportedFeatureException.class)
            .isThrownBy(() -> model().chat(UserMessage.from(TextContent.from("Look"), content)))
            .withMessageContaining(type)
            .withMessageContaining("not support");
    }

    @ParameterizedTest
    @MethodSource("unsupportedContents")
    void toolResultOtherThanTextIsUnsupported(String type, Content content) {
        ToolExecutionResultMessage result = ToolExecutionResultMessage.builder()
            .id("c1")
            .toolName("look")
            .contents(TextContent.from("See"), content)
            .build();
        assertThatExceptionOfType(UnsupportedFeatureException.class)
            .isThrownBy(() -> model().chat(UserMessage.from("Look"),
                    AiMessage.from(ToolExecutionRequest.builder().id("c1").name("look").arguments("{}").build()),
                    result))
            .withMessageContaining("tool results");
        assertThat(this.generator.requests()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("unsupported")
    void unsupportedDefaultFailsTheBuild(String feature, ChatRequestParameters parameters) {
        CerberusChatModel.Builder builder = CerberusChatModel.builder(this.generator)
            .defaultRequestParameters(parameters);
        assertThatExceptionOfType(UnsupportedFeatureException.class).isThrownBy(builder::build)
            .withMessageContaining(feature);
    }

    static List<ChatRequestParameters> outOfRange() {
        return List.of(CerberusChatRequestParameters.builder().temperature(-1.0).build(),
                CerberusChatRequestParameters.builder().topP(2.0).build(),
                CerberusChatRequestParameters.builder().topK(-1).build(),
                CerberusChatRequestParameters.builder().maxOutputTokens(0).build(),
                CerberusChatRequestParameters.builder().minOutputTokens(-1).build(),
                CerberusChatRequestParameters.builder().stopSequences("").build(),
                CerberusChatRequestParameters.builder().maxNodes(0).build(),
                CerberusChatRequestParameters.builder().profile("unknown").build(),
                ChatRequestParameters.builder()
                    .toolSpecifications(ToolSpecification.builder().name("now").build(),
                            ToolSpecification.builder().name("now").build())
                    .build());
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void valueOutOfRangeIsAnInvalidRequestAndAnInvalidDefault(ChatRequestParameters parameters) {
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> model().chat(request(parameters)));
        CerberusChatModel.Builder builder = CerberusChatModel.builder(this.generator)
            .defaultRequestParameters(parameters);
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(builder::build);
        assertThat(this.generator.requests()).isEmpty();
    }

    @Test
    void neutralPenaltiesAreTaken() {
        assertThat(sent(CerberusChatRequestParameters.builder().frequencyPenalty(0.0).presencePenalty(0.0).build()))
            .isNotNull();
    }

    @Test
    void nameOfTheModelStandsInTheDefaults() {
        assertThat(model().defaultRequestParameters().modelName()).isEqualTo("scripted");
    }

    @Test
    void customMessageIsUnsupported() {
        assertThatExceptionOfType(UnsupportedFeatureException.class)
            .isThrownBy(() -> model().chat(CustomMessage.from(Map.of("a", "b"))))
            .withMessageContaining("CUSTOM")
            .withMessageContaining("not support");
    }

    @Test
    void blankUserMessageIsRefused() {
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> model().chat(UserMessage.from(TextContent.from(" \n"))))
            .withMessageContaining("blank");
        assertThat(this.generator.requests()).isEmpty();
    }

    @Test
    void blankUserMessageInTheHistoryIsPassedOn() {
        model().chat(UserMessage.from(TextContent.from(" ")), AiMessage.from("?"), UserMessage.from("Hi"));
        assertThat(this.generator.requests()).hasSize(1);
    }

    @Test
    void tokenBudgetBelowOneIsRefused() {
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> model().chat(request(CerberusChatRequestParameters.builder().maxOutputTokens(0).build())))
            .withMessageContaining("max output tokens must be at least 1, was 0");
    }

    @Test
    void engineRefusalReachesTheCallerAndTheListeners() {
        PromptTooLongException refusal = new PromptTooLongException(100, 64);
        this.generator.refusing(refusal);
        RecordingListener listener = new RecordingListener();
        CerberusChatModel model = CerberusChatModel.builder(this.generator).listeners(List.of(listener)).build();
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> model.chat("Hi"))
            .withMessage(refusal.getMessage())
            .havingCause()
            .isSameAs(refusal);
        assertThat(listener.events).containsExactly("request", "error InvalidRequestException");
    }

    @Test
    void listenersSeeRequestAndResponse() {
        this.generator.target("Hello");
        RecordingListener listener = new RecordingListener();
        CerberusChatModel.builder(this.generator).listeners(List.of(listener)).build().chat("Hi");
        assertThat(listener.events).containsExactly("request", "response Hello");
    }

    @Test
    void providerIsOther() {
        assertThat(model().provider()).isEqualTo(ModelProvider.OTHER);
    }

    @Test
    void conversationIsMappedMessageByMessage() {
        this.generator.target("22 degrees");
        ToolExecutionRequest call = ToolExecutionRequest.builder()
            .id("call-1")
            .name("weather")
            .arguments("{\"city\":\"Rome\"}")
            .build();
        model().chat(SystemMessage.from("Be brief."), UserMessage.from("Ann", "Weather in Rome?"),
                AiMessage.from("Let me see.", List.of(call)), ToolExecutionResultMessage.from(call, "22"),
                UserMessage.from(TextContent.from("And"), TextContent.from("now?")));
        assertThat(this.generator.lastRequest().prompt())
            .isEqualTo(
                    new Prompt.Chat(
                            List.of(ChatMessage.system("Be brief."),
                                    new ChatMessage(Role.USER, "Weather in Rome?", List.of(), null, "Ann"),
                                    ChatMessage.assistant("Let me see.",
                                            List.of(new ChatMessage.ToolCall("call-1", "weather",
                                                    "{\"city\":\"Rome\"}"))),
                                    ChatMessage.tool("call-1", "weather", "22"), ChatMessage.user("And\nnow?")),
                            List.of()));
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

    @Test
    void tokenUsagesAddUp() {
        CerberusTokenUsage one = new CerberusTokenUsage(1, 2, 3, 2, 5, 6);
        assertThat(one.add(one)).isEqualTo(new CerberusTokenUsage(2, 4, 6, 4, 10, 12));
        assertThat(one.add(new TokenUsage(1, 1))).isEqualTo(new CerberusTokenUsage(2, 3, 3, 2, 5, 6));
        assertThat(one.skippedSteps()).isEqualTo(1);
    }

    @Test
    void parametersKeepTheirOwnFieldsWhicheverWayTheyAreMerged() {
        CerberusChatRequestParameters own = CerberusChatRequestParameters.builder().seed(1L).maxNodes(4).build();
        ChatRequestParameters common = ChatRequestParameters.builder().topK(3).build();
        assertThat(Map.ofEntries(entry("own with common", own.overrideWith(common)),
                entry("common with own", common.overrideWith(own)),
                entry("own defaulted by common", own.defaultedBy(common)),
                entry("common defaulted by own", common.defaultedBy(own))))
            .allSatisfy((name, merged) -> assertThat(merged)
                .isEqualTo(CerberusChatRequestParameters.builder().seed(1L).maxNodes(4).topK(3).build()));
    }

    private static final class RecordingListener implements ChatModelListener {

        private final List<String> events = new ArrayList<>();

        @Override
        public void onRequest(ChatModelRequestContext context) {
            this.events.add("request");
        }

        @Override
        public void onResponse(ChatModelResponseContext context) {
            this.events.add("response " + context.chatResponse().aiMessage().text());
        }

        @Override
        public void onError(ChatModelErrorContext context) {
            this.events.add("error " + context.error().getClass().getSimpleName());
        }

    }

}
