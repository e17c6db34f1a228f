package dev.cerberus.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.testing.TinyModels;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.TextTokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PromptReaderTests {

    @TempDir
    private Path directory;

    private TextTokenizer tokenizer;

    private Optional<ChatTemplate> template = Optional.empty();

    @BeforeEach
    void load() {
        TinyModels.writeWithTokenizer("llama", this.directory);
        this.tokenizer = TextTokenizer.load(this.directory);
        this.template = ChatTemplate.fromTokenizerConfig(this.directory);
    }

    @AfterEach
    void close() {
        this.tokenizer.close();
    }

    @Test
    void readWhenChatsAreGivenMakesOnePromptPerAnswer() {
        Path file = file("chat.jsonl", """
                {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"},
                """.strip() + """
                 {"role": "user", "content": "who"}, {"role": "assistant", "content": "me"}]}

                {"conversations": [{"from": "human", "value": "end"}]}
                """);
        assertThat(read(file, false)).containsExactlyInAnyOrder("user: hi a:", "user: hi assistant: yo user: who a:",
                "user: end a:");
    }

    @ParameterizedTest
    @ValueSource(strings = { "\"content\": null, ", "\"content\": \"\", ", "" })
    void readWhenAnAnswerCallsToolsRendersTheCalls(String content) throws IOException {
        Path config = this.directory.resolve("tokenizer_config.json");
        Files.writeString(config,
                """
                        {"chat_template": "{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.function.name }}=\
                        {{ c.function.arguments.n }} {% endfor %}{% if m.role == 'tool' %}{{ m.name }}:{% endif %}{{ m.content }};\
                        {% endfor %}"}""");
        this.template = ChatTemplate.fromTokenizerConfig(this.directory);
        Path file = file("tools.jsonl", """
                {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", CONTENT"tool_calls":
                [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{\\"n\\": 1}"}}]},
                {"role": "tool", "tool_call_id": "c1", "content": "two"}, {"role": "assistant", "content": "yo"}]}
                """.replace("CONTENT", content).replace("\n", " "));
        assertThat(read(file, false)).containsExactlyInAnyOrder("hi;", "hi;add=1 ;add:two;");
    }

    @ParameterizedTest
    @ValueSource(strings = { "[{'type': 'function', 'function': {'name': 'add'}}]", "['{\\'name\\': \\'add\\'}']",
            "'[{\\'type\\': \\'function\\', \\'function\\': {\\'name\\': \\'add\\'}}]'" })
    void readTakesToolsAsDataSetsKeepThem(String tools) throws IOException {
        Files.writeString(this.directory.resolve("tokenizer_config.json"), """
                {"chat_template": "{% for t in tools or [] %}{{ t.function.name }} {% endfor %}\
                {% for m in messages %}{{ m.content }};{% endfor %}"}""");
        this.template = ChatTemplate.fromTokenizerConfig(this.directory);
        Path file = file("tools.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"tools\": "
                + tools.replace('\'', '"') + "}");
        assertThat(read(file, false)).containsExactly("add hi;");
    }

    @ParameterizedTest
    @ValueSource(strings = { "null", "''", "[]", "'[]'", "{}", "'null'" })
    void readTakesChatsWithoutTools(String tools) {
        Path file = file("tools.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"tools\": "
                + tools.replace('\'', '"') + "}");
        assertThat(read(file, false)).containsExactly("user: hi a:");
    }

    @Test
    void readTakesMessagesAsClientsOfOpenAiSendThem() {
        Path file = file("parts.jsonl", """
                {"messages": [{"role": "developer", "content": [{"type": "text", "text": "be brief"}]},
                """.strip() + """
                 {"role": "user", "content": [{"type": "text", "text": "hi "}, {"type": "text", "text": "you"}]}]}
                """);
        assertThat(read(file, false)).containsExactly("system: be brief user: hi you a:");
    }

    @Test
    void readWhenPromptsAreGivenUsesTheTemplateUnlessRaw() {
        Path file = file("prompts.jsonl", """
                {"prompt": "one", "category": "math"}
                {"question_id": 1, "turns": ["two", "three"]}
                """);
        assertThat(read(file, false)).containsExactlyInAnyOrder("user: one a:", "user: two a:");
        assertThat(read(file, true)).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void readWhenTextHasSeparatorsTakesTheBeginningOfEveryDocument() {
        Path file = file("text.txt", "the first document\n\nstill it<|endoftext|>\nanother document<|endoftext|>\n");
        List<String> prompts = read(file, false);
        assertThat(prompts).hasSize(2);
        assertThat(prompts).allSatisfy((prompt) -> assertThat("the first document\n\nstill it").satisfiesAnyOf(
                (text) -> assertThat(text).startsWith(prompt),
                (text) -> assertThat("another document").startsWith(prompt)));
        assertThat(prompts).allSatisfy((prompt) -> assertThat(prompt).hasSizeGreaterThanOrEqualTo(4));
    }

    @ParameterizedTest
    @ValueSource(strings = { "[Illustration: a lighthouse]\n\nIt was far away.", "[1] First of all there was a light.",
            "[[File:Light.jpg|thumb]]\nIt was far away.", "[ ] First of all there has to be a light." })
    void readWhenATextBeginsWithABracketReadsText(String text) {
        assertThat(read(file("book.txt", text), true)).isNotEmpty();
    }

    @Test
    void readWhenFileIsAnArrayReadsItsElements() {
        Path file = file("share.json", "[{\"prompt\": \"one\"},\n {\"prompt\": \"two\"}]");
        assertThat(read(file, true)).containsExactlyInAnyOrder("one", "two");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"prompt\": \"one\"}\n{\"prompt\": \"two\"}\n", "[{\"prompt\": \"one\"}]",
            "the first document\n\nanother document\n" })
    void readWhenTheFileBeginsWithAByteOrderMarkReadsTheSame(String text) {
        assertThat(read(file("marked", "\uFEFF" + text), true)).isNotEmpty().isEqualTo(read(file("plain", text), true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "{\"prompt\": \"a\"}\\n{\"prompt\": | line 2 is not JSON",
            "{\"prompt\": \"a\"}\\n{\"prompt\": \"b\"}{\"prompt\": \"c\"} | line 2 goes on behind its JSON",
            "{\"prompt\": \"a\"}, | line 1 is not JSON",
            "[{\"prompt\": \"a\"}]\\n[{\"prompt\": \"b\"}] | goes on behind its JSON",
            "[\"a\", \"b\"] | element 1 has neither", "{\"prompt\": \"a\"}\\n\\n{\"text\": \"b\"} | line 3 has neither",
            "{\"messages\": [{\"role\": \"poet\", \"content\": \"x\"}]} | line 1 has a message of role 'poet'",
            "{\"messages\": [{\"role\": \"user\"}]} | line 1 has a message without text",
            "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]} | line 1 has a message without text",
            "{\"messages\": [{\"role\": \"user\", \"content\": []}]} | line 1 has a message without text",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"tools\": {\"name\": \"add\"}} | line 1 has \"tools\" that are no list",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"tools\": \"search, add\"} | line 1 has \"tools\" in a text that is not JSON",
            "[[{\"role\": \"user\", \"content\": \"x\"}]] | element 1 has neither", "[]\\n | holds no prompt",
            "{\"messages\": []} | holds no prompt", "' ' | is empty" })
    void readWhenALineIsWrongNamesFileAndLine(String content, String message) {
        Path file = file("bad.jsonl", content.replace("\\n", "\n"));
        assertThatThrownBy(() -> read(file, false)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("bad.jsonl")
            .hasMessageContaining(message);
    }

    @Test
    void readWhenFileIsNotUtf8NamesTheLine() throws IOException {
        Path file = this.directory.resolve("latin.txt");
        Files.write(file, "first line\ncaf\u00e9 au lait".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> read(file, false)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("latin.txt is not UTF-8 text (line 2)");
    }

    @Test
    void readWhenFileIsMissingSaysWhichOption() {
        assertThatThrownBy(() -> read(this.directory.resolve("gone.txt"), false)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("gone.txt")
            .hasMessageContaining("--data");
    }

    @Test
    void readWhenChatsAreGivenButTheModelHasNoTemplateSaysWhatToDo() {
        this.template = Optional.empty();
        Path file = file("chat.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}");
        assertThatThrownBy(() -> read(file, false)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("line 1")
            .hasMessageContaining("no chat template");
    }

    @Test
    void readWhenAllPromptsAreTooLongNamesTheOption() {
        Path file = file("long.jsonl", "{\"prompt\": \"" + "x".repeat(100) + "\"}");
        assertThatThrownBy(() -> read(file, true)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("--max-prompt-tokens");
    }

    private List<String> read(Path file, boolean raw) {
        return new PromptReader(this.tokenizer, this.template, raw, 60, 1).read(List.of(file))
            .stream()
            .map(this.tokenizer::decode)
            .toList();
    }

    private Path file(String name, String content) {
        try {
            return Files.writeString(this.directory.resolve(name), content);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
