package dev.cerberus.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ToolDefinition;

import static org.assertj.core.api.Assertions.assertThat;

class AnswerEventsTests {

    private static final List<String> PARTS = List.of(" ", "\n", "Hello", " world.", "<tool_call>", "</tool_call>",
            "<tool_call>{\"name\":\"a\",\"arguments\":{\"x\":1}}</tool_call>",
            "<tool_call>\n{\"name\":\"b\"}\n</tool_call>", "<tool_", "\t\n", "é", "<tool_call>{broken</tool_call>");

    private record Outcome(String text, List<String> calls, boolean emptyPieces) {
    }

    private static Outcome play(List<String> pieces, boolean tools) {
        List<String> texts = new ArrayList<>();
        List<String> calls = new ArrayList<>();
        AnswerParser.Parts parts = new AnswerParser.Parts() {

            @Override
            public void onText(String text) {
                texts.add(text);
            }

            @Override
            public void onThought(String text) {
                throw new AssertionError("no thoughts were written: " + text);
            }

            @Override
            public void onToolCall(ChatMessage.ToolCall call) {
                calls.add(call.name() + call.argumentsJson());
            }

        };
        List<ToolDefinition> known = tools
                ? List.of(new ToolDefinition("a", "", "{}"), new ToolDefinition("b", "", "{}")) : List.of();
        AnswerEvents events = new AnswerEvents(AnswerSyntax.usual(), request(List.of(ChatMessage.user("Hi")), known),
                parts);
        pieces.forEach(events::accept);
        events.finish();
        return new Outcome(String.join("", texts), calls, texts.contains(""));
    }

    private static PreparedRequest request(List<ChatMessage> messages, List<ToolDefinition> tools) {
        return new PreparedRequest(GenerationRequest.greedy(new Prompt.Chat(messages, tools), 10), tools,
                OptionalLong.empty());
    }

    @Test
    void anAnswerBeginsWithThoughtsWhereThePromptOfItsConversationDoes() {
        AnswerSyntax syntax = AnswerSyntax.of(ChatTemplate.of("test",
                "{% for m in messages %}{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}"
                        + "{{ '<think>\n' if '/no_think' not in messages[0].content }}{% endif %}"));
        assertThat(parts(syntax, "Hi")).containsExactly("thought so", "text Yes");
        assertThat(parts(syntax, "Hi /no_think")).containsExactly("text so</think>Yes");
    }

    private static List<String> parts(AnswerSyntax syntax, String question) {
        List<String> told = new ArrayList<>();
        AnswerEvents events = new AnswerEvents(syntax, request(List.of(ChatMessage.user(question)), List.of()),
                new AnswerParser.Parts() {

                    @Override
                    public void onText(String text) {
                        told.add("text " + text);
                    }

                    @Override
                    public void onThought(String text) {
                        told.add("thought " + text);
                    }

                    @Override
                    public void onToolCall(ChatMessage.ToolCall call) {
                        told.add("call " + call.name());
                    }

                });
        events.accept("so</think>Yes");
        events.finish();
        return told;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            "Hello "                  | "Hello "
            " "                       | " "
            "See. @ @ "               | "See."
            " @"                      | ""
            " Hi @ there "            | " Hi there"
            "@ Hi"                    | " Hi"
            """)
    void blanksBesideCallsAreNoTextAndAllOthersAre(String script, String text) {
        String answer = script.replace("@", "<tool_call>{\"name\":\"a\"}</tool_call>");
        assertThat(play(List.of(answer), true).text()).isEqualTo(text);
    }

    @Test
    void piecesPutTogetherAreTheSameHoweverTheAnswerIsCut() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            String answer = random.ints(random.nextInt(6), 0, PARTS.size())
                .mapToObj(PARTS::get)
                .collect(Collectors.joining());
            List<String> cut = new ArrayList<>();
            for (int at = 0; at < answer.length();) {
                int length = Math.min(answer.length() - at, 1 + random.nextInt(9));
                cut.add(answer.substring(at, at + length));
                at += length;
            }
            for (boolean tools : new boolean[] { true, false }) {
                Outcome whole = play(List.of(answer), tools);
                assertThat(play(cut, tools)).as(answer).isEqualTo(whole);
                assertThat(whole.emptyPieces() && !answer.isEmpty()).isFalse();
                assertThat(tools || whole.text().equals(answer)).isTrue();
            }
        }
    }

}
