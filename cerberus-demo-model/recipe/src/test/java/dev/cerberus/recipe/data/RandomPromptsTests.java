package dev.cerberus.recipe.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RandomPromptsTests {

    @TempDir
    private Path directory;

    @Test
    void promptsAreReproducibleDifferAndHoldNoTokenOfTheChatFormat() throws IOException {
        BpeTrainer trainer = new BpeTrainer(ChatMl.RESERVED);
        trainer.add("the quick brown fox jumps over the lazy dog, again and again", Set.of());
        BpeTrainer.Vocabulary vocabulary = trainer.train(300);
        TokenizerFiles.write(vocabulary, this.directory);
        try (Encoder encoder = new Encoder(this.directory)) {
            List<String> lines = write(encoder, 5);
            assertThat(lines).hasSize(12).doesNotHaveDuplicates().isEqualTo(write(encoder, 5));
            assertThat(lines).isNotEqualTo(write(encoder, 6));
            for (String line : lines) {
                var prompt = new ObjectMapper().readTree(line);
                assertThat(prompt.get("category").asText()).isEqualTo("random");
                assertThat(prompt.get("prompt").asText()).isNotBlank().doesNotContain(ChatMl.START);
            }
        }
    }

    private List<String> write(Encoder encoder, long seed) throws IOException {
        Path file = this.directory.resolve("random.jsonl");
        RandomPrompts.write(file, encoder, 300, 12, 30, new SplittableRandom(seed));
        return Files.readAllLines(file);
    }

}
