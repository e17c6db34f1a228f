package dev.cerberus.langchain4j;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ToolCallParserTests {

    private static final String CALL = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";

    private final List<String> events = new ArrayList<>();

    private void parse(boolean enabled, List<String> pieces) {
        ToolCallParser parser = new ToolCallParser(enabled);
        pieces.forEach((piece) -> parser.accept(piece, (text) -> this.events.add("text " + text),
                (call) -> this.events.add("call " + call.index() + " " + call.toolExecutionRequest().name() + " "
                        + call.toolExecutionRequest().arguments())));
        parser.finish((text) -> this.events.add("end " + text));
    }

    @Test
    void callsAndTextKeepTheirOrder() {
        parse(true, List.of("Adding. " + CALL + " and " + CALL));
        assertThat(this.events).containsExactly("text Adding. ", "call 0 add {\"a\":1}", "text  and ",
                "call 1 add {\"a\":1}");
    }

    @Test
    void resultDoesNotDependOnWhereTheStreamIsCut() {
        String answer = "x <b>" + CALL + "y";
        for (int cut = 1; cut < answer.length(); cut++) {
            this.events.clear();
            parse(true, List.of(answer.substring(0, cut), answer.substring(cut)));
            StringBuilder text = new StringBuilder();
            this.events.stream()
                .filter((event) -> !event.startsWith("call"))
                .forEach((event) -> text.append(event.substring(event.indexOf(' ') + 1)));
            assertThat(text).as("cut at %d", cut).hasToString("x <b>y");
            assertThat(this.events).as("cut at %d", cut).contains("call 0 add {\"a\":1}");
        }
    }

    @Test
    void textThatOnlyLooksLikeAMarkerIsHeldBackNoLongerThanNeeded() {
        parse(true, List.of("a <tool", "box> b"));
        assertThat(this.events).containsExactly("text a ", "text <toolbox> b");
    }

    @Test
    void answerThatEndsWithinAMarkerKeepsItsText() {
        parse(true, List.of("a <tool_call>{\"name\""));
        assertThat(this.events).containsExactly("text a ", "end <tool_call>{\"name\"");
    }

    @ParameterizedTest
    @ValueSource(strings = { "<tool_call>{\"name\": }</tool_call>", "<tool_call></tool_call>",
            "<tool_call>[1]</tool_call>", "<tool_call>{\"arguments\":{}}</tool_call>",
            "<tool_call>{\"name\":\"add\",\"arguments\":\"one\"}</tool_call>",
            "<tool_call>{\"name\":\"add\"} {}</tool_call>" })
    void malformedCallStaysText(String answer) {
        parse(true, List.of(answer));
        assertThat(this.events).containsExactly("text " + answer);
    }

    @Test
    void callWithoutArgumentsHasAnEmptyObject() {
        parse(true, List.of("<tool_call>{\"name\":\"now\"}</tool_call>"));
        assertThat(this.events).containsExactly("call 0 now {}");
    }

    @Test
    void withoutToolsEverythingIsText() {
        parse(false, List.of("a <tool", "_call>b"));
        assertThat(this.events).containsExactly("text a <tool", "text _call>b");
    }

}
