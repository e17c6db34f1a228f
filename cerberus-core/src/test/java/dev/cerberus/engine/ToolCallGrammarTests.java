package dev.cerberus.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import dev.cerberus.constrain.CompileBudget;
import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.constrain.Constraints;
import dev.cerberus.constrain.Grammar;
import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.constrain.TokenMask;
import dev.cerberus.constrain.TokenVocabulary;
import dev.cerberus.testing.CollectedParts;
import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ToolDefinition;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that are enforced in the form of each public chat template: a random writer that
 * keeps to the grammar writes calls that the parser reads, of tools that exist, with
 * arguments that fit.
 */
class ToolCallGrammarTests {

    private static final JsonMapper JSON = new JsonMapper();

    private static final int END = 256;

    private static final int MARK = 257;

    private static final List<ToolDefinition> TOOLS = List.of(new ToolDefinition("get_weather", "",
            """
                    {"type": "object", "required": ["city", "days"], "properties": {"city": {"type": "string", "maxLength": 5},
                     "days": {"type": "integer", "minimum": 1, "maximum": 14}, "unit": {"type": "string", "enum": ["C", "F"]}}}"""),
            new ToolDefinition("now", "", "{\"type\": \"object\", \"properties\": {}}"));

    private static final String CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
            + "%s<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private final TokenVocabulary bytes = vocabulary();

    /** Every byte, an end, and one special token. */
    private static TokenVocabulary vocabulary() {
        byte[][] texts = new byte[258][];
        for (int i = 0; i < 256; i++) {
            texts[i] = new byte[] { (byte) i };
        }
        texts[END] = new byte[0];
        texts[MARK] = new byte[0];
        return new TokenVocabulary(texts, Set.of(END), Map.of(MARK, "[CALL]"));
    }

    static List<ChatTemplate> templates() throws IOException {
        String root = System.getenv("CERBERUS_TEST_DATA");
        Assumptions.assumeTrue(root != null, "CERBERUS_TEST_DATA must name the folder with the public data");
        try (Stream<Path> files = Files.list(Path.of(root, "templates", "jinja"))) {
            return files.sorted().map((file) -> ChatTemplate.fromFile(file).withSpecialTokens("<s>", "</s>")).toList();
        }
    }

    private TokenConstraint start(Grammar grammar) {
        return new Constraints(grammar, this.bytes, false).start();
    }

    private static ToolCallGrammar grammar(AnswerSyntax syntax) {
        return new ToolCallGrammar(syntax, Set.of(), List.of(), true, new CompileBudget());
    }

    /** Chooses among what is allowed; ends as soon as it may. */
    private static String write(TokenConstraint from, Random random, int most) {
        StringBuilder text = new StringBuilder();
        List<Integer> written = new ArrayList<>();
        TokenConstraint at = from;
        while (!at.isComplete() && written.size() < most) {
            TokenMask allowed = at.allowed();
            if (allowed.contains(END) && random.nextInt(3) > 0) {
                break;
            }
            List<Integer> choices = Stream.iterate(0, (b) -> b + 1)
                .limit(256)
                .filter(allowed::contains)
                .filter((b) -> (b >= ' ' && b < 127) || b == '\n' || allowed.size() < 20)
                .toList();
            int token = choices.get(random.nextInt(choices.size()));
            written.add(token);
            at = at.after(token);
        }
        byte[] bytes = new byte[written.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = written.get(i).byteValue();
        }
        return text.append(new String(bytes, StandardCharsets.UTF_8)).toString();
    }

    private static CollectedParts read(AnswerSyntax syntax, String answer) {
        AnswerParser parser = syntax.parser(TOOLS);
        CollectedParts parts = new CollectedParts();
        parser.accept((syntax.beginsWithThoughts() ? syntax.thoughtsEnd() : "") + answer, parts);
        parser.finish(parts);
        return parts;
    }

    private static void requireFit(ChatMessage.ToolCall call, String answer) throws IOException {
        JsonNode arguments = JSON.readTree(call.argumentsJson());
        if (call.name().equals("now")) {
            assertThat(arguments).as(answer).isEmpty();
            return;
        }
        assertThat(call.name()).isEqualTo("get_weather");
        assertThat(arguments.path("city").isTextual()).as(answer).isTrue();
        assertThat(arguments.path("city").textValue().codePoints().count()).as(answer).isLessThanOrEqualTo(5);
        assertThat(arguments.path("days").isInt()).as(answer).isTrue();
        assertThat(arguments.path("days").intValue()).as(answer).isBetween(1, 14);
        if (arguments.has("unit")) {
            assertThat(arguments.path("unit").textValue()).as(answer).isIn("C", "F");
        }
    }

    @Test
    void requiredCallsAreReadAndFitInTheFormOfEachTemplate() throws Exception {
        for (ChatTemplate template : templates()) {
            AnswerSyntax syntax = AnswerSyntax.of(template);
            TokenConstraint start = start(grammar(syntax).calls(TOOLS));
            boolean several = false;
            for (int seed = 0; seed < 25; seed++) {
                String answer = write(start, new Random(seed), 4000);
                CollectedParts parts = read(syntax, answer);
                List<ChatMessage.ToolCall> calls = parts.calls();
                assertThat(calls).as("%s: %s", template, answer).isNotEmpty();
                assertThat(parts.text()).as("text beside calls of %s: %s", template, answer).isBlank();
                for (ChatMessage.ToolCall call : calls) {
                    requireFit(call, template + ": " + answer);
                }
                several |= calls.size() > 1;
            }
            assertThat(several).as(template.toString()).isEqualTo(syntax.calls().parallel());
        }
    }

    @Test
    void answersOfOneCallEndAfterTheFirstInTheFormOfEachTemplate() throws Exception {
        for (ChatTemplate template : templates()) {
            AnswerSyntax syntax = AnswerSyntax.of(template);
            ToolCallGrammar one = new ToolCallGrammar(syntax, Set.of(), List.of(), false, new CompileBudget());
            TokenConstraint required = start(one.calls(TOOLS));
            for (int seed = 0; seed < 10; seed++) {
                String answer = write(required, new Random(seed), 4000);
                assertThat(read(syntax, answer).calls()).as("%s: %s", template, answer).hasSize(1);
                TokenConstraint end = follow(required, answer);
                assertThat(end.allows(END)).as("%s: %s", template, answer).isTrue();
            }
            boolean bare = syntax.calls().marker().isEmpty();
            String begin = bare ? "{" : syntax.calls().marker();
            String rest = write(follow(start(one.textOrCalls(TOOLS, false)), begin), new Random(7), 4000);
            assertThat(read(syntax, begin + rest).calls()).as("%s: %s", template, rest).hasSize(1);
        }
    }

    @Test
    void requiredCallsComeToAnEnd() {
        String call = "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";
        TokenConstraint at = start(grammar(AnswerSyntax.usual()).calls(TOOLS));
        at = follow(at, call);
        for (int calls = 1; calls < OutputFormat.ToolCalls.MOST_CALLS; calls++) {
            assertThat(at.allows('\n')).as("after %d calls", calls).isTrue();
            at = follow(at, "\n" + call);
        }
        assertThat(at.allows(END)).isTrue();
        assertThat(at.allows('\n')).isFalse();
        assertThat(at.isComplete()).isTrue();
    }

    @Test
    void textGoesOnFreelyUntilACallBegins() throws Exception {
        for (ChatTemplate template : templates()) {
            AnswerSyntax syntax = AnswerSyntax.of(template);
            TokenConstraint start = start(grammar(syntax).textOrCalls(TOOLS, syntax.beginsWithThoughts()));
            TokenConstraint text = follow(start, "I see < [ no call. ");
            assertThat(text.allows(END)).isTrue();
            boolean bare = syntax.calls().marker().isEmpty();
            String begin = bare ? "{" : syntax.calls().marker();
            String rest = write(follow(bare ? start : text, begin), new Random(7), 4000);
            List<ChatMessage.ToolCall> calls = read(syntax, begin + rest).calls();
            assertThat(calls).as("%s: %s", template, rest).isNotEmpty();
            for (ChatMessage.ToolCall each : calls) {
                requireFit(each, template + ": " + rest);
            }
        }
    }

    private static TokenConstraint follow(TokenConstraint from, String text) {
        TokenConstraint at = from;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            at = at.after(b & 0xFF);
        }
        return at;
    }

    private static AnswerSyntax learned(String calls) {
        return AnswerSyntax.of(ChatTemplate.of("test", CHATML.replace("%s", calls)));
    }

    @Test
    void specialTokensOfTheFormAreAskedForAsTokens() {
        AnswerSyntax syntax = learned("{% for c in m.tool_calls or [] %}[CALL]{{ c.function.name }}"
                + "{{ c.function.arguments | tojson }}{% endfor %}");
        ToolCallGrammar grammar = new ToolCallGrammar(syntax, Set.of("[CALL]"), List.of(), true, new CompileBudget());
        TokenConstraint required = start(grammar.calls(TOOLS));
        assertThat(required.allowed().size()).isEqualTo(1);
        assertThat(required.allows(MARK)).isTrue();
        assertThat(follow(required.after(MARK), "now{").allows('}')).isTrue();
        TokenConstraint text = follow(start(grammar.textOrCalls(TOOLS, false)), "Yes: ");
        assertThat(text.allows(MARK)).isTrue();
        assertThat(text.after(MARK).allows('x')).isFalse();
        assertThat(text.after(MARK).allows('n')).isTrue();
        TokenConstraint inString = follow(text.after(MARK), "get_weather{\"city\": \"");
        assertThat(inString.allows(MARK)).isFalse();
    }

    @Test
    void endOfSequenceStandsForTheEndOfACallThatItCloses() {
        AnswerSyntax syntax = learned("{% for c in m.tool_calls or [] %}<call>{{ c.function.name }}"
                + "{{ c.function.arguments | tojson }}</call>{% endfor %}");
        ToolCallGrammar grammar = new ToolCallGrammar(syntax, Set.of(), List.of("</call>"), true, new CompileBudget());
        assertThat(follow(start(grammar.calls(TOOLS)), "<call>now{}").allows(END)).isTrue();
    }

    @Test
    void argumentsMayStandUnderTheKeyThatOtherModelsUse() {
        TokenConstraint name = follow(start(grammar(AnswerSyntax.usual()).calls(TOOLS)),
                "<tool_call>\n{\"name\": \"now\", \"");
        for (String key : List.of("arguments", "parameters")) {
            assertThat(follow(name, key + "\": {}}\n</tool_call>").allows(END)).as(key).isTrue();
        }
        assertThat(name.allows('i')).isFalse();
    }

    @Test
    void blanksOrNothingMayStandForTheLineBreaksAroundACall() {
        TokenConstraint start = start(grammar(AnswerSyntax.usual()).calls(TOOLS));
        for (String blank : List.of("\n", " ", "")) {
            assertThat(follow(start,
                    "<tool_call>" + blank + "{\"name\": \"now\", \"arguments\": {}}" + blank + "</tool_call>")
                .allows(END)).as("'%s'", blank).isTrue();
        }
    }

    @Test
    void callsWithinThoughtsAreNotHeldToAnything() {
        AnswerSyntax syntax = AnswerSyntax.usual();
        TokenConstraint thoughts = follow(start(grammar(syntax).textOrCalls(TOOLS, false)),
                "<think>maybe <tool_call>{\"x");
        assertThat(thoughts.allows('y')).isTrue();
        TokenConstraint call = follow(thoughts, "y</think><tool_call>\n{\"name\": \"");
        assertThat(call.allows('x')).isFalse();
        assertThat(call.allows('n')).isTrue();
    }

    @Test
    void aToolThatTakesTooLongIsAtTheExpenseOfNoOther() {
        String patterns = IntStream.range(0, 1000)
            .mapToObj((i) -> "\"p" + i + "\":{\"type\":\"string\",\"pattern\":\"^(a|b)*a(a|b){11}x" + i + "$\"}")
            .collect(Collectors.joining(",", "{\"properties\":{", "}}"));
        ToolDefinition slow = new ToolDefinition("slow", "", patterns);
        String other = IntStream.range(0, 60)
            .mapToObj((i) -> "\"q" + i + "\":{\"type\":\"string\",\"maxLength\":" + (20 + i) + "}")
            .collect(Collectors.joining(",", "{\"type\":\"object\",\"additionalProperties\":false,"
                    + "\"properties\":{\"a\":{\"type\":\"integer\"},", "}}"));
        List<ToolDefinition> tools = List.of(slow, new ToolDefinition("strict", "", other, true),
                new ToolDefinition("third", "", other));
        ToolCallGrammar grammar = new ToolCallGrammar(AnswerSyntax.usual(), Set.of(), List.of(), true,
                new CompileBudget(Duration.ofMillis(600)));
        TokenConstraint name = follow(start(grammar.calls(tools)), "<tool_call>\n{\"name\": \"");
        assertThat(follow(name, "slow\", \"arguments\": {\"").allows('b')).isTrue();
        for (String tool : List.of("strict", "third")) {
            TokenConstraint key = follow(name, tool + "\", \"arguments\": {\"");
            assertThat(key.allows('a')).as(tool).isTrue();
            assertThat(key.allows('b')).as(tool).isFalse();
        }
    }

    @Test
    void aToolMayTakeAllThatSmallerOnesLeave() {
        String patterns = IntStream.range(0, 4)
            .mapToObj((i) -> "\"p" + i + "\":{\"type\":\"string\",\"pattern\":\"^(a|b)*a(a|b){11}x" + i + "$\"}")
            .collect(Collectors.joining(",", "{\"additionalProperties\":false,\"properties\":{", "}}"));
        ToolDefinition large = new ToolDefinition("large", "", patterns, true);
        ToolDefinition small = new ToolDefinition("small", "",
                "{\"additionalProperties\":false,\"properties\":{\"a\":{\"type\":\"integer\"}}}");
        Duration alone = IntStream.range(0, 12)
            .mapToObj((i) -> timeOf(() -> calls(List.of(large), CompileBudget.DEFAULT_TIME)))
            .min(Comparator.naturalOrder())
            .orElseThrow();
        Duration enough = alone.multipliedBy(3).dividedBy(2); // but half of it is not
        assertThat(IntStream.range(0, 5).anyMatch((attempt) -> compiles(List.of(large, small), enough))).isTrue();
    }

    private static Duration timeOf(Runnable work) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
    }

    private static boolean compiles(List<ToolDefinition> tools, Duration time) {
        try {
            calls(tools, time);
            return true;
        }
        catch (ConstraintException ex) {
            return false; // also where the machine was slower for a moment
        }
    }

    private static void calls(List<ToolDefinition> tools, Duration time) {
        new ToolCallGrammar(AnswerSyntax.usual(), Set.of(), List.of(), true, new CompileBudget(time)).calls(tools);
    }

    @Test
    void namesThatNeedEscapesAreWrittenAsJson() {
        ToolDefinition tool = new ToolDefinition("say \"hi\" 🙂", "", "{\"type\": \"object\", \"properties\": {}}");
        TokenConstraint start = start(grammar(AnswerSyntax.usual()).calls(List.of(tool)));
        assertThat(follow(start, "<tool_call>\n{\"name\": \"say \\\"hi\\\" 🙂\", \"arguments\": {}}\n</tool_call>")
            .allows(END)).isTrue();
    }

}
