package dev.cerberus.langchain4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.TokenWindowChatMemory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TokenCounter;
import dev.cerberus.testing.DemoFixture;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.text.TextTokenizer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is counted of a real tokenizer, with a template that says something by itself.
 */
class CerberusTokenCountEstimatorTests {

    private static final int MOST_CHARACTERS = 8000;

    private static final String TEMPLATE = """
            {%- if messages[0].role != 'system' -%}
                {{- '<|im_start|>system\\nYou are a helpful assistant of few words, made for tests.<|im_end|>\\n' -}}
            {%- endif -%}
            {%- for message in messages -%}
                {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
            {%- endfor -%}
            {{- '<|im_start|>assistant\\n' -}}
            """;

    private static CerberusEngine engine;

    private static CerberusTokenCountEstimator estimator;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        Path template = Files.writeString(folder.resolve("talkative.jinja"), TEMPLATE);
        engine = CerberusEngine.open(EngineOptions.builder(DemoFixture.model().toString())
            .chatTemplate(Optional.of(template.toString()))
            .maxInputCharacters(OptionalInt.of(MOST_CHARACTERS))
            .build());
        estimator = new CerberusTokenCountEstimator(engine);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void messageIsCountedAsTheDifferenceThatItMakes() {
        List<ChatMessage> all = exchanges(4);
        int before = estimator.estimateTokenCountInMessages(all.subList(0, 7));
        assertThat(estimator.estimateTokenCountInMessage(all.get(7)))
            .isEqualTo(estimator.estimateTokenCountInMessages(all) - before);
        int sum = all.stream().mapToInt(estimator::estimateTokenCountInMessage).sum();
        int whole = estimator.estimateTokenCountInMessages(all);
        int ofTheConversation = estimator.estimateTokenCountInMessages(all.subList(0, 1))
                - estimator.estimateTokenCountInMessage(all.get(0));
        assertThat(whole).isEqualTo(ofTheConversation + sum);
        assertThat(ofTheConversation).as("system message and start of the answer").isGreaterThan(10);
    }

    @Test
    void memoryOfShortExchangesMakesRoomForALongMessage() {
        int limit = 400;
        ChatMemory memory = TokenWindowChatMemory.withMaxTokens(limit, estimator);
        exchanges(30).forEach(memory::add);
        UserMessage question = UserMessage.from("a word ".repeat(100));
        memory.add(question);
        assertThat(estimator.estimateTokenCountInMessages(memory.messages())).isLessThanOrEqualTo(limit);
        assertThat(memory.messages()).endsWith(question).hasSizeGreaterThan(1);
    }

    @Test
    void memoryMakesRoomForAMessageOfMoreCharactersThanARequestMayHave() {
        ChatMemory memory = TokenWindowChatMemory.withMaxTokens(300, estimator);
        exchanges(10).forEach(memory::add);
        memory.add(UserMessage.from("a ".repeat(MOST_CHARACTERS)));
        memory.add(UserMessage.from("Hello there"));
        assertThat(memory.messages()).endsWith(UserMessage.from("Hello there"));
    }

    @Test
    void conversationBeyondTheCharactersOfARequestIsCountedAllTheSame() {
        List<ChatMessage> all = exchanges(200);
        assertThat(all.stream().mapToInt((message) -> text(message).length()).sum()).isLessThan(MOST_CHARACTERS);
        int small = estimator.estimateTokenCountInMessages(all.subList(0, 20));
        int sum = all.subList(20, all.size()).stream().mapToInt(estimator::estimateTokenCountInMessage).sum();
        assertThat(estimator.estimateTokenCountInMessages(all)).isEqualTo(small + sum);
    }

    @Test
    void textBeyondWhatIsTokenizedAtOnceIsCounted() {
        String text = "a".repeat(TextTokenizer.MAX_CHARACTERS + 3);
        assertThat(new CerberusTokenCountEstimator(new Characters()).estimateTokenCountInText(text))
            .isEqualTo(text.length());
    }

    @Test
    void callsOfToolsAndTheirResultsCount() {
        ToolExecutionRequest call = ToolExecutionRequest.builder()
            .id("1")
            .name("weather")
            .arguments("{\"city\": \"Rome\"}")
            .build();
        int frame = estimator.estimateTokenCountInMessage(UserMessage.from("a"))
                - estimator.estimateTokenCountInText("a");
        assertThat(estimator.estimateTokenCountInMessage(AiMessage.from(call)))
            .isEqualTo(frame + estimator.estimateTokenCountInText("weather")
                    + estimator.estimateTokenCountInText("{\"city\": \"Rome\"}"));
        assertThat(estimator.estimateTokenCountInMessage(ToolExecutionResultMessage.from(call, "sunny")))
            .isEqualTo(frame + estimator.estimateTokenCountInText("sunny"));
        assertThat(estimator.estimateTokenCountInMessage(SystemMessage.from("sunny")))
            .isEqualTo(frame + estimator.estimateTokenCountInText("sunny"));
    }

    @Test
    void withoutATemplateMessagesAreCountedByTheirTexts() {
        CerberusTokenCountEstimator plain = new CerberusTokenCountEstimator(new Characters());
        assertThat(plain.estimateTokenCountInMessage(UserMessage.from("abc"))).isEqualTo(3 + 4);
        assertThat(plain.estimateTokenCountInMessages(List.of(UserMessage.from("abc"), AiMessage.from("d"))))
            .isEqualTo(3 + 4 + 1 + 4);
        assertThat(plain.estimateTokenCountInMessages(List.of())).isZero();
    }

    private static List<ChatMessage> exchanges(int count) {
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(UserMessage.from("Hello there " + i));
            messages.add(AiMessage.from("Good day " + i));
        }
        return messages;
    }

    private static String text(ChatMessage message) {
        return (message instanceof UserMessage user) ? user.singleText() : ((AiMessage) message).text();
    }

    /** Counts characters, as many as a tokenizer takes, and has no template. */
    private static final class Characters implements TokenCounter {

        @Override
        public int countTokens(String text) {
            assertThat(text.length()).isLessThanOrEqualTo(TextTokenizer.MAX_CHARACTERS);
            return text.length();
        }

        @Override
        public int countTokens(Prompt prompt) {
            throw new ChatTemplateException("there is none");
        }

    }

}
