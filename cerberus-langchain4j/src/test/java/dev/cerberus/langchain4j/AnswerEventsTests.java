package dev.cerberus.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.ChatMessage;
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
        AnswerEvents events = new AnswerEvents(AnswerSyntax.usual(), known, parts);
        pieces.forEach(events::accept);
        events.finish();
        return new Outcome(String.join("", texts), calls, texts.contains(""));
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
