package dev.cerberus.training.evaluation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PromptFileTests {

    @TempDir
    private Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(this.directory.resolve("prompts.jsonl"), text);
    }

    @Test
    void readTakesBothForms() throws IOException {
        Path file = file("""
                {"question_id": 81, "category": "writing", "turns": ["One.", "Two."]}

                {"prompt": "Grüße", "category": "math"}
                {"prompt": ""}
                """);
        assertThat(PromptFile.read(file)).containsExactly(new Conversation("81", "writing", List.of("One.", "Two.")),
                new Conversation("3", "math", List.of("Grüße")), new Conversation("4", "uncategorized", List.of("")));
    }

    @Test
    void readWhenTheFileBeginsWithAByteOrderMarkReadsTheSame() throws IOException {
        String text = "{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}\n";
        List<Conversation> read = PromptFile.read(file("\uFEFF" + text));
        assertThat(read).hasSize(2).isEqualTo(PromptFile.read(file(text)));
    }

    @Test
    void readWhenALineIsNoJsonNamesTheLine() throws IOException {
        Path file = file("{\"prompt\": \"a\"}\n{\"prompt\": \n");
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> PromptFile.read(file))
            .withMessageStartingWith("Line 2 of the prompt file")
            .withMessageContaining("not valid JSON");
    }

    @Test
    void readWhenFilesWereJoinedOnALineNamesTheLine() throws IOException {
        Path file = file("{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}{\"prompt\": \"c\"}\n");
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> PromptFile.read(file))
            .withMessageStartingWith("Line 2 of the prompt file")
            .withMessageContaining("goes on behind its JSON");
    }

    @Test
    void readWhenALineHasNoPromptNamesTheLine() throws IOException {
        Path file = file("{\"question\": \"a\"}\n");
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> PromptFile.read(file))
            .withMessageStartingWith("Line 1 of")
            .withMessageContaining("neither a prompt nor turns");
    }

    @Test
    void readWhenATurnIsNoStringNamesTheLine() throws IOException {
        Path file = file("{\"turns\": [\"a\", 3]}\n");
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> PromptFile.read(file))
            .withMessageContaining("a turn that is not a string");
    }

    @Test
    void readWhenTheFileIsEmptySaysSo() throws IOException {
        Path file = file("\n \n");
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> PromptFile.read(file))
            .withMessageContaining("has no prompt");
    }

    @Test
    void readWhenTheFileIsNotUtf8SaysSo() throws IOException {
        Path file = Files.write(this.directory.resolve("latin.jsonl"),
                "{\"prompt\": \"Grüße\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> PromptFile.read(file))
            .withMessageContaining("is not UTF-8");
    }

    @Test
    void readWhenThereIsNoFileNamesIt() {
        assertThatExceptionOfType(EvaluationException.class)
            .isThrownBy(() -> PromptFile.read(this.directory.resolve("none.jsonl")))
            .withMessageContaining("none.jsonl");
    }

}
