package dev.cerberus.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchRuntimeException;

/**
 * What no model here takes: refused in words before it reaches the engine.
 */
class RefusedRequestTests {

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

    static List<Arguments> unsupported() {
        return List.of(unsupported("modelName", CerberusChatRequestParameters.builder().modelName("other")));
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

    @Test
    void imagesOfAnEarlierAnswerAreUnsupported() {
        AiMessage drawn = AiMessage.builder()
            .text("Here is a cat")
            .attributes(Map.of(AiMessage.GENERATED_IMAGES_KEY, List.of(Image.builder().base64Data("aa").build())))
            .build();
        assertThatExceptionOfType(UnsupportedFeatureException.class)
            .isThrownBy(() -> model().chat(UserMessage.from("Draw a cat"), drawn, UserMessage.from("Is it black?")))
            .withMessage("Images in an AI message are not supported by Cerberus, which reads text only; "
                    + "leave them out of the conversation");
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
    void toolCallWithoutANameIsRefused() {
        AiMessage calling = AiMessage.from(ToolExecutionRequest.builder().id("1").arguments("{}").build());
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> model().chat(UserMessage.from("What time is it?"), calling,
                    ToolExecutionResultMessage.from("1", "clock", "noon")))
            .withMessageContaining("calls a tool without a name");
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

    static List<ChatRequest> refused() {
        return List.of(request(ChatRequestParameters.builder().modelName("other").build()),
                request(ChatRequestParameters.builder().temperature(-1.0).build()),
                request(CerberusChatRequestParameters.builder().profile("unknown").build()),
                ChatRequest.builder().messages(UserMessage.from(TextContent.from(" "))).build(),
                ChatRequest.builder()
                    .messages(UserMessage.from(ImageContent.from("https://example.com/cat.jpg")))
                    .build());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void listenersOfTheBlockingModelHearOfARefusalOnce(ChatRequest request) {
        Heard heard = new Heard();
        CerberusChatModel model = CerberusChatModel.builder(this.generator).listeners(List.of(heard)).build();
        RuntimeException thrown = catchRuntimeException(() -> model.chat(request));
        assertThat(heard.events).containsExactly("request", "error " + thrown);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void listenersOfTheStreamingModelHearOfARefusalOnce(ChatRequest request) {
        Heard heard = new Heard();
        CerberusStreamingChatModel model = CerberusStreamingChatModel.builder(this.generator)
            .listeners(List.of(heard))
            .build();
        RuntimeException thrown = catchRuntimeException(() -> model.start(request, new Silence()));
        assertThat(thrown).isInstanceOf(LangChain4jException.class);
        assertThat(heard.events).containsExactly("request", "error " + thrown);
    }

    @Test
    void listenersFindWhatTheCallerGaveThem() {
        Heard heard = new Heard();
        CerberusStreamingChatModel model = CerberusStreamingChatModel.builder(this.generator)
            .listeners(List.of(heard))
            .build();
        ChatRequestOptions options = ChatRequestOptions.builder().listenerAttributes(Map.of("from", "caller")).build();
        ChatRequest request = request(ChatRequestParameters.builder().modelName("other").build());
        assertThatExceptionOfType(UnsupportedFeatureException.class)
            .isThrownBy(() -> model.chat(request, options, new Silence()));
        assertThat(heard.attributes).containsEntry("from", "caller");
    }

    /** Notes what it hears, and that it comes with what it left at the request. */
    private static final class Heard implements ChatModelListener {

        private final List<String> events = new ArrayList<>();

        private Map<Object, Object> attributes = Map.of();

        @Override
        public void onRequest(ChatModelRequestContext context) {
            this.events.add("request");
            context.attributes().put("span", this);
        }

        @Override
        public void onResponse(ChatModelResponseContext context) {
            this.events.add("response");
        }

        @Override
        public void onError(ChatModelErrorContext context) {
            this.events.add("error " + context.error());
            this.attributes = context.attributes();
            assertThat(this.attributes).containsEntry("span", this);
        }

    }

    /** Must not hear anything: what is wrong with a request is thrown. */
    private static final class Silence implements StreamingChatResponseHandler {

        @Override
        public void onCompleteResponse(ChatResponse response) {
            throw new AssertionError("answered");
        }

        @Override
        public void onError(Throwable error) {
            throw new AssertionError("told of what is thrown", error);
        }

    }

}
