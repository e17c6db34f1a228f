package dev.cerberus.recipe.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class TaskPromptsTests {

    private static final List<String> TASKS = List.of("translation", "summarisation", "question answering", "retrieval",
            "mathematics", "conversation");

    @TempDir
    private Path data;

    @BeforeEach
    void texts() throws IOException {
        Files.createDirectories(this.data.resolve("text"));
        Files.createDirectories(this.data.resolve("prompts"));
        StringBuilder tales = new StringBuilder("THE TOWER\n\n");
        for (int i = 0; i < 12; i++) {
            tales.append("The miller number ")
                .append(i)
                .append(" went to a town that nobody knew and asked\nfor bread. ");
            tales.append("He got none, and so he went on. ".repeat(10)).append("\n\n");
        }
        Files.writeString(this.data.resolve("text/grimm.txt"), tales);
        write("text/topical_chat.jsonl",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Do you like tea?\"}, {\"role\": \"assistant\", \"content\": \"I do.\"}]}");
        write("prompts/gsm8k_test.jsonl", "{\"question\": \"What is two and two?\", \"answer\": \"#### 4\"}");
        write("prompts/mt_bench.jsonl", "{\"category\": \"writing\", \"turns\": [\"Write.\", \"Write more.\"]}");
        write("prompts/vicuna_bench.jsonl", "{\"category\": \"generic\", \"turns\": [\"How are you?\"]}",
                "{\"category\": \"coding\", \"turns\": [\"Write a function.\"]}");
    }

    @Test
    void everyTaskHasPromptsOfItsKind() throws IOException {
        Map<String, List<JsonNode>> prompts = prompts(3, 1).stream()
            .collect(Collectors.groupingBy((prompt) -> prompt.get("category").asText()));
        assertThat(prompts).containsOnlyKeys(TASKS);
        assertThat(prompts.get("translation")).hasSize(3)
            .allSatisfy((prompt) -> assertThat(first(prompt)).startsWith("Translate into German: The miller number ")
                .endsWith("that nobody knew and asked for bread."));
        assertThat(first(prompts.get("summarisation").get(0))).endsWith("Anna: Do you like tea?\nBen: I do.\n");
        assertThat(prompts.get("question answering")).singleElement()
            .satisfies((prompt) -> assertThat(first(prompt)).isEqualTo("How are you?"));
        assertThat(prompts.get("mathematics")).singleElement()
            .satisfies((prompt) -> assertThat(first(prompt)).isEqualTo("What is two and two?"));
        assertThat(prompts.get("conversation").get(0).get("turns")).hasSize(2);
    }

    @Test
    void whatIsAskedOfPassagesStandsInOneOfThem() throws IOException {
        List<JsonNode> asked = prompts(4, 1).stream()
            .filter((prompt) -> prompt.get("category").asText().equals("retrieval"))
            .toList();
        assertThat(asked).hasSize(4);
        for (JsonNode prompt : asked) {
            String text = first(prompt);
            String sentence = text.substring(text.indexOf('"') + 1, text.lastIndexOf('"'));
            assertThat(text.substring(0, text.indexOf("Question:"))).contains(sentence)
                .contains("Passage 1: ", "Passage 2: ", "Passage 3: ");
        }
    }

    @Test
    void theSameSeedMakesTheSamePrompts() throws IOException {
        assertThat(prompts(2, 7)).isEqualTo(prompts(2, 7)).isNotEqualTo(prompts(2, 8));
    }

    private static String first(JsonNode prompt) {
        return prompt.get("turns").get(0).asText();
    }

    private List<JsonNode> prompts(int each, long seed) throws IOException {
        Path file = this.data.resolve("tasks.jsonl");
        int written = new TaskPrompts(this.data, seed).write(file, each);
        List<JsonNode> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            prompts.add(new ObjectMapper().readTree(line));
        }
        assertThat(prompts).hasSize(written);
        return prompts;
    }

    private void write(String file, String... lines) throws IOException {
        Files.write(this.data.resolve(file), List.of(lines));
    }

}
