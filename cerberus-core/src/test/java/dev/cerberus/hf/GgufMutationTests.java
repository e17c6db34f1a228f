package dev.cerberus.hf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.GgufBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Damaged files: each is read or refused with a message, at once and without memory
 * beyond the size of the file.
 */
class GgufMutationTests {

    private static final int MUTATIONS = 1000;

    private static final int MAX_DECODED_BYTES = 1 << 16;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    @Test
    void everyMutationOfAByteLevelModelIsReadOrRefused() throws IOException {
        mutate(GgufBuilder.model("llama").bytes(), 1);
    }

    @Test
    void everyMutationOfASentencePieceModelIsReadOrRefused() throws IOException {
        float[] scores = new float[16];
        Arrays.setAll(new int[scores.length], (id) -> {
            scores[id] = -id;
            return id;
        });
        mutate(GgufBuilder.model("llama")
            .put("tokenizer.ggml.model", "llama")
            .put("tokenizer.ggml.scores", scores)
            .floats("output.weight", 8, 16)
            .bytes(), 2);
    }

    private void mutate(byte[] original, long seed) throws IOException {
        Path file = Files.write(this.directory.resolve("original.gguf"), original);
        assertThatCode(() -> read(file)).as("the original").doesNotThrowAnyException();
        Random random = new Random(seed);
        int refused = 0;
        long start = System.nanoTime();
        for (int i = 0; i < MUTATIONS; i++) {
            // a name each: the pages of a file must not change while it is mapped
            Path mutation = Files.write(this.directory.resolve(i + ".gguf"), mutation(original, random));
            try {
                read(mutation);
            }
            catch (ModelFileException ex) {
                assertThat(ex).hasMessageContaining(mutation.toString());
                refused++;
            }
        }
        assertThat(refused).isBetween(MUTATIONS / 10, MUTATIONS - 1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }

    /** Mostly in the header, where all numbers are that others depend on. */
    private static byte[] mutation(byte[] original, Random random) {
        byte[] bytes = original.clone();
        int header = original.length / 2;
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(random.nextInt(4) == 0 ? bytes.length : header);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) 0xff);
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) 0);
                default -> bytes = Arrays.copyOf(bytes, Math.max(4, at));
            }
            header = Math.min(header, bytes.length);
        }
        return bytes;
    }

    private static void read(Path file) {
        ModelDirectory model = ModelDirectory.open(file);
        GgufModel gguf = model.gguf().orElseThrow(() -> new ModelFileException(file, "is no GGUF file", "none"));
        assertThat(gguf.tokenizerJson().length).isLessThan(MAX_DECODED_BYTES);
        gguf.chatTemplate();
        gguf.bosToken();
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            for (String name : List.copyOf(checkpoint.names())) {
                if (checkpoint.info(name).dtype().isWeight()) {
                    assertThat(checkpoint.floats(name).length).isLessThan(MAX_DECODED_BYTES);
                }
            }
        }
    }

}
