package dev.cerberus.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;

import dev.cerberus.testing.CollectedParts;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that public chat templates write are read back as they were, whatever their form,
 * and a table says which form each template has.
 */
class ToolRoundTripTests {

    private static final Path TABLE = Path.of("..", "docs", "tool-calls.md");

    private static final String MARK = "<!-- generated: CERBERUS_UPDATE_DOCS=true with ToolRoundTripTests -->\n";

    private static final List<ToolDefinition> TOOLS = List.of(new ToolDefinition("get_weather", "Weather", """
            {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"},
             "days": {"type": "integer"}, "exact": {"type": "boolean"},
             "places": {"type": "array", "items": {"type": "string"}},
             "area": {"type": "object", "properties": {"km": {"type": "number"}}}}}"""),
            new ToolDefinition("now", "Time", "{\"type\": \"object\", \"properties\": {}}"));

    private static final String RICH = "{\"city\": \"Zürich \\\"West\\\" 🙂\\nline\", \"days\": 3, \"exact\": true, "
            + "\"places\": [\"a, b\", \"{c}\"], \"area\": {\"km\": 1.5}}";

    /** One row of the table. */
    private record Row(String template, AnswerSyntax syntax, boolean knowsTools, boolean closes) {

        String text() {
            String description = this.syntax.description();
            String how = description.substring(0, description.indexOf(": "));
            return "| " + this.template + " | " + how + (this.syntax.calls().parallel() ? "" : ", one a turn") + " | `"
                    + this.syntax.prompting().example().replace("\n", "\\n").replace("|", "\\|") + "` |";
        }

    }

    @Test
    void ninetyOfAHundredTemplatesThatKnowToolsWriteCallsThatAreReadBack() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (Path file : templates()) {
            ChatTemplate template = ChatTemplate.of(file.getFileName().toString(), Files.readString(file))
                .withSpecialTokens("<s>", "</s>");
            ToolConvention calls = ToolConvention.learn(template);
            boolean learned = calls.origin() == ToolConvention.Origin.CALLS
                    || calls.origin() == ToolConvention.Origin.WORDS;
            boolean closes = closes(template, calls);
            assertThat(closes).as("%s is read back, whatever its form", file.getFileName()).isTrue();
            rows.add(new Row(file.getFileName().toString().replace(".jinja", ""), AnswerSyntax.of(template),
                    calls.describesTools() || calls.origin() != ToolConvention.Origin.USUAL, learned));
        }
        List<Row> knowing = rows.stream().filter(Row::knowsTools).toList();
        assertThat(knowing.stream().filter((row) -> !row.closes()).map(Row::template).toList())
            .hasSizeLessThanOrEqualTo(knowing.size() / 10);
        compare(rows);
    }

    private static List<Path> templates() throws IOException {
        try (Stream<Path> list = Files.list(PublicData.require("templates/jinja"))) {
            return list.sorted().toList();
        }
    }

    /** Renders calls in a conversation, and reads them from what was rendered. */
    private static boolean closes(ChatTemplate template, ToolConvention convention) {
        AnswerSyntax syntax = AnswerSyntax.of(template);
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        calls.add(call(convention, 0, "get_weather", RICH));
        assertThat(isReadBack(template, syntax, calls)).as("one call of %s", template).isTrue();
        assertThat(isReadBack(template, syntax, List.of(call(convention, 0, "now", "{}"))))
            .as("no arguments with %s", template)
            .isTrue();
        if (syntax.calls().parallel()) {
            calls.add(call(convention, 1, "now", "{}"));
            calls.add(call(convention, 2, "get_weather", "{\"city\": \"Bern\"}"));
            assertThat(isReadBack(template, syntax, calls)).as("three calls of %s", template).isTrue();
        }
        return true;
    }

    private static ChatMessage.ToolCall call(ToolConvention convention, int index, String name, String arguments) {
        return new ChatMessage.ToolCall(
                convention.layout().isNumbered() ? ToolCallIds.numbered(name, index) : ToolCallIds.next(), name,
                arguments);
    }

    private static boolean isReadBack(ChatTemplate template, AnswerSyntax syntax, List<ChatMessage.ToolCall> calls) {
        List<ChatMessage> conversation = new ArrayList<>(
                List.of(ChatMessage.user("How is it?"), ChatMessage.assistant("", calls)));
        calls.forEach((call) -> conversation.add(ChatMessage.tool(call.id(), call.name(), "warm result")));
        String prompt = template.render(syntax.prompting().adapt(conversation, TOOLS), TOOLS, true, Map.of());
        assertThat(prompt).contains("get_weather").contains("warm result");
        String written = syntax.calls().write(calls);
        assertThat(prompt).contains(written);
        AnswerParser parser = syntax.parser(TOOLS);
        CollectedParts parts = new CollectedParts();
        String answer = (syntax.beginsWithThoughts() ? "so it is" + syntax.thoughtsEnd() : "") + written;
        for (String piece : answer.split("")) {
            parser.accept(piece, parts);
        }
        parser.finish(parts);
        List<ChatMessage.ToolCall> read = parts.calls();
        assertThat(parts.text().strip()).as("text beside calls of %s", template).isEmpty();
        boolean same = read.size() == calls.size();
        for (int i = 0; same && i < read.size(); i++) {
            same = read.get(i).name().equals(calls.get(i).name())
                    && (!syntax.calls().writesIds() || read.get(i).id().equals(calls.get(i).id()))
                    && isSame(read.get(i).argumentsJson(), calls.get(i).argumentsJson());
        }
        return same;
    }

    private static boolean isSame(String json, String other) {
        try {
            return JsonText.read(json).equals(JsonText.read(other));
        }
        catch (JsonProcessingException ex) {
            throw new AssertionError(json, ex);
        }
    }

    private static void compare(List<Row> rows) throws IOException {
        String table = Stream
            .of(rows.stream().filter(Row::knowsTools), rows.stream().filter((row) -> !row.knowsTools()))
            .map((part) -> "| template | calls are written | example |\n|---|---|---|\n"
                    + part.map(Row::text).collect(Collectors.joining("\n")) + "\n")
            .collect(Collectors.joining("\nTemplates that know no tools:\n\n", MARK, MARK));
        String file = Files.readString(TABLE);
        String before = file.substring(0, file.indexOf(MARK));
        String after = file.substring(file.lastIndexOf(MARK) + MARK.length());
        if (Boolean.parseBoolean(System.getenv("CERBERUS_UPDATE_DOCS"))) {
            Files.writeString(TABLE, before + table + after);
        }
        else {
            assertThat(file).isEqualTo(before + table + after);
        }
    }

}
