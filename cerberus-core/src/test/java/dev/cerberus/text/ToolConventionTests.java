package dev.cerberus.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is learned from templates in which the easy guess would be wrong.
 */
class ToolConventionTests {

    private static final List<ToolDefinition> TOOLS = List
        .of(new ToolDefinition("get_weather", "Weather", "{\"type\": \"object\", \"properties\": {}}"));

    private static final String BEGIN = "{% for t in tools or [] %}<tool>{{ t | tojson }}</tool>{% endfor %}{% for m in messages %}";

    private static final String END = "{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}";

    /** Calls in a form that can not be read back, and results only behind such calls. */
    private static final String WITHOUT_CALL = "<|{{ m.role }}|>\n{{ m.content }}{% for c in m.tool_calls or [] %}"
            + "call:{{ c.function.name }}{ {%- for k, v in c.function.arguments.items() %}{{ k }}~{{ v }},{% endfor -%} }"
            + "{% endfor %}<|end|>\n";

    private static final String LEAVES_OUT = BEGIN + "{% if m.role != 'tool' or messages[loop.index0 - 1].tool_calls %}"
            + WITHOUT_CALL + "{% endif %}" + END;

    private static final String REFUSES = BEGIN
            + "{% if m.role == 'tool' and not messages[loop.index0 - 1].tool_calls %}{{ raise_exception('no call') }}{% endif %}"
            + WITHOUT_CALL + END;

    /** The place of a call in its answer is written. */
    private static final String COUNTS = BEGIN + "<|{{ m.role }}|>\n{% if m.tool_calls %}<calls>["
            + "{% for c in m.tool_calls %}{\"at\": \"{{ loop.index0 }}\", \"name\": \"{{ c.function.name }}\", "
            + "\"arguments\": {{ c.function.arguments | tojson }}}{% if not loop.last %}, {% endif %}{% endfor %}]</calls>"
            + "{% else %}{{ m.content }}{% endif %}<|end|>\n" + END;

    private static ChatTemplate template(String source) {
        return ChatTemplate.of("test", source).withSpecialTokens("<s>", "</s>");
    }

    private static List<ChatMessage.ToolCall> calls(int count) {
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(new ChatMessage.ToolCall(ToolCallIds.next(), "get_weather", "{\"city\": \"Bern\"}"));
        }
        return calls;
    }

    private static String rendered(ChatTemplate template, List<ChatMessage.ToolCall> calls) {
        List<ChatMessage> conversation = new ArrayList<>(
                List.of(ChatMessage.user("How is it?"), ChatMessage.assistant("", calls)));
        calls.forEach((call) -> conversation.add(ChatMessage.tool(call.id(), call.name(), "warm result")));
        AnswerSyntax syntax = AnswerSyntax.of(template);
        return template.render(syntax.prompting().adapt(conversation, TOOLS), TOOLS, true, Map.of());
    }

    @Test
    void resultsAreShownWhereTheTemplateLooksForACallThatIsWrittenAsText() {
        for (String source : List.of(LEAVES_OUT, REFUSES)) {
            ToolConvention convention = ToolConvention.learn(template(source));
            assertThat(convention.origin()).isEqualTo(ToolConvention.Origin.UNREAD);
            assertThat(convention.describesTools()).isTrue();
            assertThat(rendered(template(source), calls(1))).containsSubsequence("How is it?", "<tool_call>",
                    "get_weather", "</tool_call>", "warm result", "<|assistant|>");
        }
    }

    @Test
    void callsWhoseFormDependsOnTheirPlaceComeOneATurn() {
        ToolConvention convention = ToolConvention.learn(template(COUNTS));
        assertThat(convention.origin()).isEqualTo(ToolConvention.Origin.CALLS);
        assertThat(convention.layout().parallel()).isFalse();
        List<ChatMessage.ToolCall> one = calls(1);
        assertThat(rendered(template(COUNTS), one)).contains(convention.layout().write(one));
    }

    @Test
    void callsOfOneFormMayBeSeveral() {
        String source = COUNTS.replace("\"at\": \"{{ loop.index0 }}\", ", "");
        ToolConvention convention = ToolConvention.learn(template(source));
        assertThat(convention.layout().parallel()).isTrue();
        List<ChatMessage.ToolCall> three = calls(3);
        assertThat(rendered(template(source), three)).contains(convention.layout().write(three));
    }

}
