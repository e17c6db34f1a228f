package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
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

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.PromptTooLongException;
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
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;

class CerberusChatModelTests {

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
    void builderWithoutAGeneratorSaysWhatIsMissing() {
        List<Supplier<?>> builders = List.of(() -> CerberusChatModel.builder(null),
                () -> CerberusStreamingChatModel.builder(null), () -> CerberusLanguageModel.builder(null),
                () -> CerberusStreamingLanguageModel.builder(null));
        for (Supplier<?> builder : builders) {
            assertThatNullPointerException().isThrownBy(builder::get)
                .withMessage("generator must not be null; give what decodes, such as a CerberusEngine");
        }
    }

    @Test
    void whatIsLeftOpenIsWhatTheModelsAuthorsRecommend() {
        this.generator.recommended(new GenerationDefaults(List.of(), OptionalInt.empty(), OptionalInt.empty(),
                Optional.of(true), OptionalDouble.of(0.7), OptionalInt.of(20), OptionalDouble.of(0.8),
                OptionalDouble.of(0.02), OptionalDouble.of(1.05), List.of()));
        assertThat(sent(CerberusChatRequestParameters.builder().build()).sampling())
            .isEqualTo(new SamplingOptions(0.7, 20, 0.8, 1.05, 42).withMinP(0.02));
        SamplingOptions greedy = sent(CerberusChatRequestParameters.builder().temperature(0.0).build()).sampling();
        assertThat(greedy.greedy()).isTrue();
        assertThat(greedy.repetitionPenalty()).isEqualTo(1.05);
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
    void metadataWithOtherProbabilitiesHasNoThoughtsUntilTheyAreTold() {
        TokenProbability token = new TokenProbability(1, List.of(97), 0, List.of());
        CerberusChatResponseMetadata metadata = CerberusChatResponseMetadata.builder()
            .logprobs(List.of(token, token, token))
            .thoughtTokens(2)
            .build();
        assertThat(metadata.answerLogprobs()).hasSize(1);
        CerberusChatResponseMetadata shorter = metadata.toBuilder().logprobs(metadata.answerLogprobs()).build();
        assertThat(shorter.answerLogprobs()).containsExactly(token);
        CerberusChatResponseMetadata toldBefore = CerberusChatResponseMetadata.builder()
            .thoughtTokens(2)
            .logprobs(List.of(token, token, token))
            .build();
        assertThat(toldBefore).isEqualTo(metadata);
        assertThat(metadata.toBuilder().build()).isEqualTo(metadata);
        CerberusChatResponseMetadata.Builder tooMany = metadata.toBuilder().thoughtTokens(4);
        assertThatIllegalArgumentException().isThrownBy(tooMany::build)
            .withMessage("thoughtTokens must be in 0..3, the number of logprobs, was 4");
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
    void nameOfTheModelStandsInTheDefaults() {
        assertThat(model().defaultRequestParameters().modelName()).isEqualTo("scripted");
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
