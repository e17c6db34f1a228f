package dev.cerberus.recipe.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class TensorFileTests {

    @TempDir
    Path folder;

    @Test
    void readReturnsWhatWasWritten() throws IOException {
        Path file = this.folder.resolve("state.safetensors");
        float[] values = { 1.5f, -2, 3e-8f, 0, 7, 8 };
        new TensorFile(Map.of("step", "12"), Map.of("w", new TensorFile.Tensor(List.of(2, 3), values))).write(file,
                false);
        TensorFile read = TensorFile.read(file);
        assertThat(read.metadata()).containsExactly(Map.entry("step", "12"));
        assertThat(read.tensors()).containsOnlyKeys("w");
        assertThat(read.tensors().get("w").shape()).containsExactly(2, 3);
        assertThat(read.tensors().get("w").values()).containsExactly(values);
        assertThat(this.folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void readWhenValuesAreBfloat16Explains() throws IOException {
        Path file = this.folder.resolve("model.safetensors");
        new TensorFile(Map.of(), Map.of("w", new TensorFile.Tensor(List.of(1), new float[] { 1 }))).write(file, true);
        assertThatIOException().isThrownBy(() -> TensorFile.read(file)).withMessageContaining("holds w as BF16");
    }

    @Test
    void bfloat16RoundsToNearestAndTiesToEven() {
        // bfloat16 has 8 significant bits: next to 1 lie 1 + 2^-7 and 1 + 2^-6.
        assertThat(TensorFile.bfloat16(1 + 0x1p-9f)).isEqualTo(1);
        assertThat(TensorFile.bfloat16(1 + 0x1p-8f)).isEqualTo(1);
        assertThat(TensorFile.bfloat16(1 + 0x3p-8f)).isEqualTo(1 + 0x1p-6f);
        assertThat(TensorFile.bfloat16(-1 - 0x1.8p-8f)).isEqualTo(-1 - 0x1p-7f);
    }

}
