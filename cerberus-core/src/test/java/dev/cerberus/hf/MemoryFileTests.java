package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.tree.TextMemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MemoryFileTests {

    @TempDir
    private Path directory;

    private Path file;

    private ModelConfig config;

    @BeforeEach
    void writeModel() {
        dev.cerberus.testing.TinyModels.write("llama", this.directory);
        this.config = ModelConfig.read(this.directory);
        this.file = this.directory.resolve("cerberus-memory.safetensors");
    }

    private void write(String target, int... tokens) {
        MemoryFile.write(this.file, tokens, new int[] { tokens.length }, Map.of("target_sha256", target));
    }

    @Test
    void readsWhatWasWritten() {
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            write(checkpoint.sha256(), 1, 2, 3, 4);
            TextMemory memory = MemoryFile.read(this.file).of(this.config, checkpoint);
            assertThat(memory.size()).isEqualTo(4);
            assertThat(memory.after(new int[] { 1, 2, 3 }).orElseThrow().tokens()).containsExactly(4);
        }
    }

    @Test
    void memoryOfAnotherModelIsRefused() {
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            write("0123abcd", 1, 2, 3, 4);
            assertThatThrownBy(() -> MemoryFile.read(this.file).of(this.config, checkpoint))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("cerberus-memory.safetensors")
                .hasMessageContaining("another model")
                .hasMessageContaining("cerberus remember");
        }
    }

    @Test
    void tokenOutsideTheVocabularyIsRefused() {
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            write(checkpoint.sha256(), 1, 2, 1_000_000, 4);
            assertThatThrownBy(() -> MemoryFile.read(this.file).of(this.config, checkpoint))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("token 1000000");
        }
    }

    @Test
    void inconsistentEndsAreRefused() {
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            MemoryFile.write(this.file, new int[] { 1, 2, 3 }, new int[] { 2 },
                    Map.of("target_sha256", checkpoint.sha256()));
            assertThatThrownBy(() -> MemoryFile.read(this.file).of(this.config, checkpoint))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("inconsistent");
        }
    }

    @Test
    void otherFilesAreRefused() {
        Path weights = this.directory.resolve(Checkpoint.SINGLE_FILE_NAME);
        assertThatThrownBy(() -> MemoryFile.read(weights)).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("format=cerberus-memory");
        new SafetensorsWriter().metadata("format", MemoryFile.FORMAT)
            .add("tokens", TensorType.F32, new long[] { 1 }, new float[1])
            .write(this.file);
        assertThatThrownBy(() -> MemoryFile.read(this.file)).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("no tensor tokens");
    }

}
