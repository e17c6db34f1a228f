package dev.cerberus.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;

import org.junit.jupiter.params.provider.Arguments;

class AnswerParserTests {

    private static final String CALL = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";

    private static final List<ToolDefinition> TOOLS = List.of(new ToolDefinition("add", "Adds", """
            {"type": "object", "properties": {"a": {"type": "number"}, "unit": {"type": "string"}}}"""),
            new ToolDefinition("weather", "Weather", """
                    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}"""));

    private static final String CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
            + "%s<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private final List<String> events = new ArrayList<>();

    private final AnswerParser.Parts parts = new AnswerParser.Parts() {

        @Override
        public void onText(String text) {
            add("text ", text);
        }

        @Override
        public void onThought(String text) {
            add("thought ", text);
        }

        @Override
        public void onToolCall(ChatMessage.ToolCall call) {
            assertThat(call.id()).matches("[A-Za-z0-9]{9}");
            AnswerParserTests.this.events.add("call " + call.name() + " " + call.argumentsJson());
        }

        private void add(String kind, String text) {
            List<String> events = AnswerParserTests.this.events;
            int last = events.size() - 1;
            if (last >= 0 && events.get(last).startsWith(kind)) {
                events.set(last, events.get(last) + text);
            }
            else {
                events.add(kind + text);
            }
        }

    };

    private void parse(AnswerParser parser, List<String> pieces) {
        this.events.clear();
        pieces.forEach((piece) -> parser.accept(piece, this.parts));
        parser.finish(this.parts);
    }

    private void parse(String... pieces) {
        parse(AnswerSyntax.usual().parser(TOOLS), List.of(pieces));
    }

    private static AnswerSyntax learned(String calls) {
        return AnswerSyntax.of(ChatTemplate.of("test", CHATML.replace("%s", calls)));
    }

    @Test
    void callsAndTextKeepTheirOrder() {
        parse("Adding. " + CALL + " and " + CALL);
        assertThat(this.events).containsExactly("text Adding. ", "call add {\"a\":1}", "text  and ",
                "call add {\"a\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = { "x <b>" + CALL + "y", "<think>a</think>x <b>" + CALL + "y",
            " <think> <tool_call>{\"name\":\"add\"}</tool_call></think>\n\nx" })
    void resultDoesNotDependOnWhereTheStreamIsCut(String answer) {
        parse(answer);
        List<String> whole = List.copyOf(this.events);
        for (int cut = 1; cut < answer.length(); cut++) {
            parse(answer.substring(0, cut), answer.substring(cut));
            assertThat(this.events).as("cut at %d", cut).isEqualTo(whole);
        }
        parse(answer.split(""));
        assertThat(this.events).isEqualTo(whole);
    }

    @Test
    void textThatOnlyLooksLikeAMarkerIsHeldBackNoLongerThanNeeded() {
        AnswerParser parser = AnswerSyntax.usual().parser(TOOLS);
        parser.accept("a <tool", this.parts);
        assertThat(this.events).containsExactly("text a ");
        parser.accept("box> b", this.parts);
        assertThat(this.events).containsExactly("text a <toolbox> b");
    }

    @Test
    void answerThatEndsWithinAMarkerKeepsItsText() {
        parse("a <tool_call>{\"name\"");
        assertThat(this.events).containsExactly("text a <tool_call>{\"name\"");
    }

    @ParameterizedTest
    @ValueSource(strings = { "<tool_call>{\"name\": }</tool_call>", "<tool_call></tool_call>",
            "<tool_call>[1]</tool_call>", "<tool_call>{\"arguments\":{}}</tool_call>",
            "<tool_call>{\"name\":\"add\",\"arguments\":\"one\"}</tool_call>",
            "<tool_call>{\"name\":\"add\"} {}</tool_call>",
            "<tool_call>{\"name\":\"add\",\"values\":{\"a\":1}}</tool_call>",
            "<tool_call>{\"name\":\"weather\",\"arguments\":{\"town\":\"Paris\"}}</tool_call>" })
    void malformedCallStaysText(String answer) {
        parse(answer);
        assertThat(this.events).containsExactly("text " + answer);
    }

    @ParameterizedTest
    @ValueSource(strings = { "12345678901234567.89", "19.90", "0.1234567890123456789", "100.0", "1E+400",
            "123456789012345678901234567890" })
    void numbersKeepTheirDigits(String number) {
        parse(CALL.replace("1", number));
        assertThat(this.events).containsExactly("call add {\"a\":" + number + "}");
    }

    @Test
    void callWithoutArgumentsHasAnEmptyObject() {
        parse("<tool_call>{\"name\":\"now\"}</tool_call>");
        assertThat(this.events).containsExactly("call now {}");
    }

    @ParameterizedTest
    @ValueSource(strings = { "arguments", "parameters", "args", "input" })
    void argumentsStandUnderAnyKeyThatModelsUse(String key) {
        parse("<tool_call>{\"name\": \"weather\", \"" + key + "\": {\"city\": \"Paris\"}}</tool_call>");
        assertThat(this.events).containsExactly("call weather {\"city\":\"Paris\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"name\": \"weather\", \"parameters\": {\"city\": \"Paris\"}}",
            "[{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}]" })
    void callThatIsTheWholeAnswerNeedsNoMarker(String answer) {
        for (int cut = 0; cut <= answer.length(); cut++) {
            parse(answer.substring(0, cut), answer.substring(cut));
            assertThat(this.events).containsExactly("call weather {\"city\":\"Paris\"}");
        }
        parse("Like so: " + answer);
        assertThat(this.events).containsExactly("text Like so: " + answer);
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"name\": \"Paris\", \"population\": 2}", "{\"city\": \"Paris\"}", "[1, 2]",
            "{\"name\": \"Alice\"}", "{\"name\": \"Alice\", \"description\": \"A friend\"}",
            "[{\"name\": \"Alice\"}, {\"name\": \"Bob\"}]", "{\"type\": \"b\", \"name\": \"a\", \"input\": {}}",
            "{\"name\": \"weather\", \"parameters\": {}}", "{\"name\": \"weather\"", "{", "[" })
    void otherJsonIsText(String answer) {
        parse(answer);
        assertThat(this.events).containsExactly("text " + answer);
        this.events.clear();
        AnswerParser parser = AnswerSyntax.usual().parser(TOOLS);
        parser.accept("{\"city\"", this.parts);
        assertThat(this.events).containsExactly("text {\"city\""); // at once, since no
                                                                   // call begins so
    }

    @Test
    void withoutToolsEverythingIsText() {
        parse(AnswerSyntax.usual().parser(List.of()), List.of("a <tool", "_call>b"));
        assertThat(this.events).containsExactly("text a <tool_call>b");
    }

    @Test
    void thoughtsAreNoTextAndCallsInThemAreNone() {
        parse("<think> I may write " + CALL + " but no. </think> It is Done.");
        assertThat(this.events).containsExactly("thought  I may write " + CALL + " but no. ", "text It is Done.");
        parse("<think>never ended");
        assertThat(this.events).containsExactly("thought never ended");
        parse("It is <think>no thought</think>");
        assertThat(this.events).containsExactly("text It is <think>no thought</think>");
    }

    @Test
    void thoughtsThatThePromptHasBegunNeedNoMarker() {
        AnswerSyntax syntax = AnswerSyntax.of(ChatTemplate.of("test",
                "{{ messages[0].content }}{% if add_generation_prompt %}<think>\n{% endif %}{# </think> #}"));
        parse(syntax.parser(List.of()), List.of("so it is", "</th", "ink>\n\nYes"));
        assertThat(this.events).containsExactly("thought so it is", "text Yes");
    }

    @Test
    void whetherThePromptHasBegunThoughtsIsToldByTheConversation() {
        AnswerSyntax syntax = AnswerSyntax.of(ChatTemplate.of("test",
                "{% for m in messages %}{{ m.role }}: {{ m.content }}{% for c in m.tool_calls or [] %}<tool_call>\n"
                        + "{\"name\": \"{{ c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson }}}\n"
                        + "</tool_call>{% endfor %}\n{% endfor %}{% if add_generation_prompt %}"
                        + "{% if '/no_think' in messages[0].content %}<think></think>"
                        + "{% elif messages[-1].role != 'tool' %}<think>\n{% endif %}{% endif %}"));
        ChatMessage question = ChatMessage.user("Hi");
        assertThat(syntax.after(List.of(question), List.of()).beginsWithThoughts()).isTrue();
        List<ChatMessage> returned = List.of(question,
                ChatMessage.assistant("", List.of(new ChatMessage.ToolCall("123456789", "add", "{}"))),
                ChatMessage.tool("123456789", "add", "2"));
        for (AnswerSyntax after : List.of(syntax.after(List.of(ChatMessage.user("Hi /no_think")), List.of()),
                syntax.after(returned, TOOLS))) {
            this.events.clear();
            assertThat(after.beginsWithThoughts()).isFalse();
            parse(after.parser(TOOLS), List.of("It ", "is 2."));
            assertThat(this.events).containsExactly("text It is 2.");
            parse(after.parser(TOOLS), List.of("<think>so</think>2"));
            assertThat(this.events).containsExactly("thought so", "text 2");
        }
    }

    static Stream<Arguments> conventions() {
        String loop = "{% for c in m.tool_calls or [] %}";
        return Stream.of(
                arguments("Mistral", "{% if m.tool_calls %}[TOOL_CALLS][" + loop
                        + "{\"name\": \"{{ c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson }}, "
                        + "\"id\": \"{{ c.id }}\"}{% if not loop.last %}, {% endif %}{% endfor %}]{% endif %}",
                        "[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}, "
                                + "{\"name\": \"add\", \"arguments\": {\"a\": 1}}]",
                        2),
                arguments("newer Mistral",
                        loop + "[TOOL_CALLS]{{ c.function.name }}[CALL_ID]{{ c.id }}[ARGS]"
                                + "{{ c.function.arguments | tojson }}{% endfor %}",
                        "[TOOL_CALLS]weather[ARGS]{\"city\": \"Paris\"}[TOOL_CALLS]add[CALL_ID]123456789[ARGS]{\"a\": 1}",
                        2),
                arguments("Llama 3",
                        loop + "{\"name\": \"{{ c.function.name }}\", \"parameters\": "
                                + "{{ c.function.arguments | tojson }}}{% endfor %}",
                        "{\"name\": \"weather\", \"parameters\": {\"city\": \"Paris\"}}; "
                                + "{\"name\": \"add\", \"parameters\": {\"a\": 1}}",
                        2),
                arguments("wrapped", loop + "<|call|>{{ c | tojson }}<|end|>{% endfor %}",
                        "<|call|>{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"arguments\": "
                                + "\"{\\\"city\\\": \\\"Paris\\\"}\"}}<|end|>",
                        1),
                arguments("DeepSeek", "{% if m.tool_calls %}<calls>" + loop
                        + "<call>function<sep>{{ c.function.name }}\n```json\n{{ c.function.arguments | tojson }}"
                        + "\n```</call>{% if not loop.last %}{{ '\\n' }}{% endif %}{% endfor %}</calls>{% endif %}",
                        "<calls><call>function<sep>weather\n```json\n{\"city\": \"Paris\"}\n```</call>\n"
                                + "<call>function<sep>add\n```json\n{\"a\": 1}\n```</call></calls>",
                        2),
                arguments("Qwen3-Coder", loop + "<tool_call>\n<function={{ c.function.name }}>\n"
                        + "{% for k, v in c.function.arguments.items() %}<parameter={{ k }}>\n{{ v }}\n</parameter>\n"
                        + "{% endfor %}</function>\n</tool_call>\n{% endfor %}",
                        "<tool_call>\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>\n"
                                + "<tool_call>\n<function=add>\n<parameter=a>\n1\n</parameter>\n<parameter=unit>\n7\n"
                                + "</parameter>\n</function>\n</tool_call>",
                        2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("conventions")
    void conventionIsLearnedFromTheTemplate(String name, String calls, String answer, int number) {
        AnswerSyntax syntax = learned(calls);
        assertThat(syntax.note()).isEmpty();
        String second = name.equals("Qwen3-Coder") ? "call add {\"a\":1,\"unit\":\"7\"}" : "call add {\"a\":1}";
        List<String> wanted = List.of("call weather {\"city\":\"Paris\"}", second).subList(0, number);
        parse(syntax.parser(TOOLS), List.of(answer));
        assertThat(this.events.stream().filter((event) -> !event.isBlank() && !event.matches("text\\s*")))
            .isEqualTo(wanted);
        parse(syntax.parser(TOOLS), List.of(answer.split("")));
        assertThat(this.events.stream().filter((event) -> !event.matches("text\\s*"))).isEqualTo(wanted);
        parse(syntax.parser(TOOLS), List.of("No call."));
        assertThat(this.events).containsExactly("text No call.");
    }

    @Test
    void textThatBeginsLikeJsonIsTextWhereACallIsBareJson() {
        AnswerSyntax syntax = learned("{% for c in m.tool_calls or [] %}{\"name\": \"{{ c.function.name }}\", "
                + "\"parameters\": {{ c.function.arguments | tojson }}}{% endfor %}");
        parse(syntax.parser(TOOLS), List.of("{\"city\": \"Paris\"} is", " JSON"));
        assertThat(this.events).containsExactly("text {\"city\": \"Paris\"} is JSON");
        parse(syntax.parser(TOOLS), List.of("{\"name\": \"Alice\"}"));
        assertThat(this.events).containsExactly("text {\"name\": \"Alice\"}");
        parse(syntax.parser(TOOLS), List.of("Say {\"name\": \"add\", \"parameters\": {}}"));
        assertThat(this.events).containsExactly("text Say {\"name\": \"add\", \"parameters\": {}}");
    }

    @Test
    void callsThatCanNotBeReadAreAskedForInTheUsualForm() {
        AnswerSyntax syntax = learned(
                "{% for c in m.tool_calls or [] %}I call {{ c.function.name | upper }}{% endfor %}");
        assertThat(syntax.note()).hasValueSatisfying((note) -> assertThat(note.remedies())
            .containsExactly(Remedy.of("set", Setting.CHAT_TEMPLATE, "to a template whose calls are JSON or tagged")));
        assertThat(syntax.prompting().adapt(List.of(ChatMessage.user("Hi")), TOOLS).get(0).content())
            .contains("<tool_call>", "weather");
        parse(syntax.parser(TOOLS), List.of(CALL));
        assertThat(this.events).containsExactly("call add {\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type": ["string", "null"]}                     | 80331    | "80331"
            {"type": ["string", "null"]}                     | null     | null
            {"type": ["string", "null"]}                     | "a"      | "a"
            {"anyOf": [{"type": "string"}, {"type": "null"}]} | true     | "true"
            {"$ref": "#/$defs/Zip"}                          | 1.50     | "1.50"
            {"enum": ["1", "2"]}                             | 1        | "1"
            {"allOf": [{"$ref": "#/$defs/Zip"}]}             | [1]      | "[1]"
            {"type": ["string", "number"]}                   | 7        | 7
            {"type": ["string", "integer"]}                  | 7.5      | "7.5"
            {"type": ["string", "object"]}                   | {"a": 1} | {"a":1}
            {"description": "anything"}                      | 7        | 7
            {"type": "integer"}                              | x        | "x"
            """)
    void argumentBetweenTagsIsTextWhereItsToolTakesNothingElseOfIt(String schema, String written, String argument) {
        AnswerSyntax syntax = learned("{% for c in m.tool_calls or [] %}<tool_call>\n<function={{ c.function.name }}>\n"
                + "{% for k, v in c.function.arguments.items() %}<parameter={{ k }}>\n{{ v }}\n</parameter>\n{% endfor %}"
                + "</function>\n</tool_call>\n{% endfor %}");
        ToolDefinition tool = new ToolDefinition("find", "", "{\"type\": \"object\", \"properties\": {\"zip\": "
                + schema + "}, \"$defs\": {\"Zip\": {\"type\": \"string\"}}}");
        parse(syntax.parser(List.of(tool)), List.of("<tool_call>\n<function=find>\n<parameter=zip>\n" + written
                + "\n</parameter>\n</function>\n</tool_call>"));
        assertThat(this.events).containsExactly("call find {\"zip\":" + argument + "}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            <f=find><p=zip>say </f> ok</p></f>              | call find {"zip":"say </f> ok"}
            <f=find><p=zip></f></p></f>                     | call find {"zip":"</f>"}
            <f=find><p=zip>a</f>b</p></f><f=find><p=zip>c</p></f> | call find {"zip":"a</f>b"}, call find {"zip":"c"}
            <f=find><p=zip>a</f> <f=find><p=zip>c</p></f>   | text <f=find><p=zip>a</f> , call find {"zip":"c"}
            <f=find><p=zip>a</f> and more                   | text <f=find><p=zip>a</f> and more
            <f=find></f>                                    | call find {}
            """)
    void endOfACallWithinAnArgumentBetweenTagsIsItsText(String answer, String told) {
        AnswerSyntax syntax = learned("{% for c in m.tool_calls or [] %}<f={{ c.function.name }}>"
                + "{% for k, v in c.function.arguments.items() %}<p={{ k }}>{{ v }}</p>{% endfor %}</f>{% endfor %}");
        ToolDefinition tool = new ToolDefinition("find", "",
                "{\"type\": \"object\", \"properties\": {\"zip\": {\"type\": \"string\"}}}");
        for (List<String> pieces : List.of(List.of(answer), List.of(answer.split("")))) {
            parse(syntax.parser(List.of(tool)), pieces);
            assertThat(String.join(", ", this.events)).as("%s", pieces).isEqualTo(told);
        }
    }

    @Test
    void idsAreInTheFormThatATemplateDemands() {
        ChatTemplate strict = ChatTemplate.of("strict", "{% for m in messages %}{% for c in m.tool_calls or [] %}"
                + "{% if c.id | length != 9 %}{{ raise_exception('ids of length 9!') }}{% endif %}[{{ c.id }}]"
                + "{% endfor %}{% if m.tool_call_id %}{% if m.tool_call_id | length != 9 %}"
                + "{{ raise_exception('ids of length 9!') }}{% endif %}={{ m.tool_call_id }}{% endif %}{% endfor %}");
        String foreign = "call_0b4a8ac5-3a1c-4e58-8f3c-b8e0c9d9d2a1";
        List<ChatMessage> conversation = List.of(ChatMessage.user("Hi"),
                ChatMessage.assistant("",
                        List.of(new ChatMessage.ToolCall(foreign, "add", "{}"),
                                new ChatMessage.ToolCall("abcDEF123", "add", "{}"))),
                ChatMessage.tool(foreign, "add", "1"));
        String first = strict.render(conversation, List.of(), false, Map.of());
        assertThat(first).matches("\\[([A-Za-z0-9]{9})]\\[abcDEF123]=\\1")
            .isEqualTo(strict.render(conversation, List.of(), false, Map.of()));
        ChatTemplate lenient = ChatTemplate.of("lenient", "{{ messages[2].tool_call_id }}");
        assertThat(lenient.render(conversation, List.of(), false, Map.of())).isEqualTo(foreign);
    }

}
