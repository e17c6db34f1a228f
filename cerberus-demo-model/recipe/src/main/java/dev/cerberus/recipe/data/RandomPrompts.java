package dev.cerberus.recipe.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Prompts of random tokens: text that nobody can foresee, for measuring what drafting
 * costs where it cannot pay.
 */
public final class RandomPrompts {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RandomPrompts() {
    }

    /**
     * Writes prompts as JSON lines.
     * @param file the file to write
     * @param encoder the model's tokenizer
     * @param vocabulary ids below this one are drawn, those of the chat format excepted
     * @param count number of prompts
     * @param tokens tokens of each, before the text is tokenized again
     * @param random source of the draws
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, Encoder encoder, int vocabulary, int count, int tokens, RandomGenerator random)
            throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long[] ids = random.longs(tokens, ChatMl.RESERVED.size(), vocabulary).toArray();
            lines.add(JSON.writeValueAsString(
                    JSON.createObjectNode().put("category", "random").put("prompt", encoder.decode(ids))));
        }
        Files.write(file, lines, StandardCharsets.UTF_8);
    }

}
