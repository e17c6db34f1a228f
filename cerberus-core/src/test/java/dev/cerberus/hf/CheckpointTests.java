package dev.cerberus.hf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CheckpointTests {

    @TempDir
    Path directory;

    private Path tensor(String file, String name, float value) {
        Path path = this.directory.resolve(file);
        new SafetensorsWriter().add(name, TensorType.BF16, new long[] { 1 }, new float[] { value }).write(path);
        return path;
    }

    private void index(String json) {
        TestModels.write(this.directory.resolve("model.safetensors.index.json"), json);
    }

    private void assertRefused(String... parts) {
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> Checkpoint.open(this.directory).close())
            .withMessageContainingAll(parts);
    }

    @Test
    void openWhenThereIsOneFileReadsIt() {
        tensor("model.safetensors", "a", 3);
        tensor("other.safetensors", "b", 4);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            assertThat(checkpoint.names()).containsExactly("a");
            assertThat(checkpoint.contains("b")).isFalse();
            assertThat(checkpoint.floats("a")).containsExactly(3);
            assertThat(checkpoint.data("a").remaining()).isEqualTo(2);
            assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> checkpoint.info("b"))
                .withMessageContaining("lack the tensor b");
        }
    }

    @Test
    void openWhenThereIsAnIndexReadsItsShards() {
        tensor("s2.safetensors", "a", 3);
        tensor("s1.safetensors", "b", 4);
        index("{\"metadata\":{\"total_size\":4},\"weight_map\":{\"a\":\"s2.safetensors\",\"b\":\"s1.safetensors\"}}");
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            assertThat(checkpoint.names()).containsExactly("a", "b");
            assertThat(checkpoint.floats("a")).containsExactly(3);
            assertThat(checkpoint.floats("b")).containsExactly(4);
            assertThat(checkpoint.files()).extracting((file) -> file.getFileName().toString())
                .containsExactly("s1.safetensors", "s2.safetensors");
        }
    }

    @Test
    void openWhenOnlyOneFileCanBeTheWeightsReadsIt() {
        tensor("weights.safetensors", "a", 3);
        tensor("cerberus-heads.safetensors", "b", 4);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            assertThat(checkpoint.names()).containsExactly("a");
        }
    }

    @Test
    void openWhenSeveralFilesCanBeTheWeightsIsRefused() {
        tensor("x.safetensors", "a", 3);
        tensor("y.safetensors", "b", 4);
        assertRefused("holds several safetensors files", "[x.safetensors, y.safetensors]");
    }

    @Test
    void openWhenThereAreNoWeightsIsRefused() {
        tensor("cerberus-heads-old.safetensors", "b", 4);
        assertRefused("holds no weights", "model.safetensors");
        TestModels.write(this.directory.resolve("pytorch_model.bin"), "");
        assertRefused("only as a pickle", "convert them to model.safetensors");
    }

    @Test
    void openWhenIndexNamesAMissingShardIsRefused() {
        tensor("s1.safetensors", "a", 3);
        index("{\"weight_map\":{\"a\":\"s1.safetensors\",\"b\":\"s2.safetensors\"}}");
        assertRefused("model.safetensors.index.json: names the shard s2.safetensors, which does not exist");
    }

    @Test
    void openWhenIndexMisplacesATensorIsRefused() {
        tensor("s1.safetensors", "a", 3);
        index("{\"weight_map\":{\"b\":\"s1.safetensors\"}}");
        assertRefused("says that tensor b is in s1.safetensors, but it is not there");
    }

    @ParameterizedTest
    @ValueSource(strings = { "../s1.safetensors", "/s1.safetensors", "a/s1.safetensors", "..", "", "a\\b" })
    void openWhenIndexLeadsOutOfTheDirectoryIsRefused(String shard) {
        tensor("s1.safetensors", "a", 3);
        index("{\"weight_map\":" + TestModels.object("{}").put("a", shard) + "}");
        assertRefused("the shard of tensor a is", "not a plain file name");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "{", "[]", "{}", "{\"weight_map\":{}}", "{\"weight_map\":[]}" })
    void openWhenIndexIsDamagedIsRefused(String json) {
        index(json);
        assertRefused("model.safetensors.index.json: ");
    }

    @Test
    void openWhenShardIsTruncatedNamesTheShard() throws IOException {
        Path shard = tensor("s1.safetensors", "a", 3);
        byte[] bytes = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
        index("{\"weight_map\":{\"a\":\"s1.safetensors\"}}");
        assertRefused("s1.safetensors: tensor a ends at byte 2", "truncated");
    }

    @Test
    void sha256IsThatOfTheFilesInOrderOfName() throws Exception {
        Path second = tensor("s2.safetensors", "a", 3);
        Path first = tensor("s1.safetensors", "b", 4);
        tensor("cerberus-heads.safetensors", "c", 5);
        index("{\"weight_map\":{\"a\":\"s2.safetensors\",\"b\":\"s1.safetensors\"}}");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(first));
        digest.update(Files.readAllBytes(second));
        String expected = HexFormat.of().formatHex(digest.digest());
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            assertThat(checkpoint.sha256()).isEqualTo(expected);
            Files.delete(first);
            assertThat(checkpoint.sha256()).as("computed once").isEqualTo(expected);
        }
    }

}
