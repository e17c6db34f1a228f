package dev.cerberus.langchain4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * AI services over a model of random weights, which knows nothing: whatever it answers
 * has the form that the service asks for.
 */
class StructuredAnswerTests {

    enum Colour {

        RED, GREEN, BLUE

    }

    record Order(Colour colour, boolean paid, long count) {
    }

    sealed interface Shape permits Circle, Square {

    }

    record Circle(long radius) implements Shape {
    }

    record Square(long side) implements Shape {
    }

    interface Assistant {

        Colour colour(String question);

        boolean yes(String question);

        long number(String question);

        Order order(String question);

        List<Colour> colours(String question);

        Set<Colour> set(String question);

        List<Order> orders(String question);

        Shape shape(String question);

    }

    static final class Tools {

        @Tool("adds")
        long add(@P("first") long a, @P("second") long b) {
            return a + b;
        }

        @Tool("now")
        String now() {
            return "now";
        }

    }

    @TempDir
    private static Path directory;

    private static CerberusEngine engine;

    @BeforeAll
    static void open() throws IOException {
        TinyModels.writeWithTokenizer("llama", directory);
        Path config = directory.resolve("config.json"); // every character of a tool's
                                                        // description is a token
        Files.writeString(config, Files.readString(config).replace("128", "1024"));
        engine = CerberusEngine
            .open(EngineOptions.builder(directory.toString()).precision("fp32").device("cpu").build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static CerberusChatModel model(long seed) {
        return CerberusChatModel.builder(engine)
            .defaultRequestParameters(
                    CerberusChatRequestParameters.builder().temperature(1.0).seed(seed).maxOutputTokens(120).build())
            .build();
    }

    @Test
    void everyReturnTypeIsRead() {
        for (long seed = 0; seed < 5; seed++) {
            Assistant assistant = AiServices.create(Assistant.class, model(seed));
            assertThat(assistant.colour("?")).isNotNull();
            assistant.yes("?");
            assistant.number("?");
            assertThat(assistant.order("?")).isNotNull();
            assertThat(assistant.colours("?")).isNotNull();
            assertThat(assistant.set("?")).isNotNull();
            assertThat(assistant.shape("?")).isNotNull();
        }
        assertThat(AiServices.create(Assistant.class, model(1)).orders("?")).isNotNull();
    }

    @Test
    void jsonModeIsAnObjectOrSaysThatItIsCutOff() {
        for (long seed = 0; seed < 5; seed++) {
            ChatResponse response = model(seed).chat(
                    ChatRequest.builder().messages(UserMessage.from("?")).responseFormat(ResponseFormat.JSON).build());
            assertThat(response.aiMessage().text()).startsWith("{");
            if (response.finishReason() == FinishReason.STOP) {
                assertThat(response.aiMessage().text()).endsWith("}");
            }
        }
    }

    @Test
    void requiredToolsAreCalledByNameAndWithTheirArguments() {
        List<String> names = new ArrayList<>();
        for (long seed = 0; seed < 5; seed++) {
            AiMessage answer = model(seed)
                .chat(ChatRequest.builder()
                    .messages(UserMessage.from("?"))
                    .toolSpecifications(ToolSpecifications.toolSpecificationsFrom(new Tools()))
                    .toolChoice(ToolChoice.REQUIRED)
                    .maxOutputTokens(110)
                    .build())
                .aiMessage();
            for (ToolExecutionRequest call : answer.toolExecutionRequests()) {
                names.add(call.name());
                assertThat(call.arguments())
                    .matches(call.name().equals("now") ? "\\{}" : "\\{\"(a|arg0)\":-?\\d+,\"(b|arg1)\":-?\\d+}");
            }
        }
        assertThat(names).isNotEmpty().allMatch((name) -> name.equals("add") || name.equals("now"));
    }

}
