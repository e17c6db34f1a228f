package dev.cerberus.hf;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ModelDirectoryTests {

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private static ObjectNode config() {
        return TestModels.config(Architecture.LLAMA);
    }

    private static void assertRefused(String location, String... parts) {
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> ModelDirectory.open(location))
            .withMessageContainingAll(parts);
    }

    @Test
    void openReadsConfigurationAndFindsFiles() {
        TestModels.directory(this.directory, config());
        TestModels.write(this.directory.resolve("cerberus-heads.safetensors"), "");
        ModelDirectory model = ModelDirectory.open(this.directory.toString());
        assertThat(model.path()).isEqualTo(this.directory);
        assertThat(model.name()).isEqualTo(this.directory.getFileName().toString());
        assertThat(model.config().hiddenSize()).isEqualTo(8);
        assertThat(model.generation()).isEqualTo(GenerationDefaults.none());
        assertThat(model.tokenizerJson()).isRegularFile();
        assertThat(model.heads()).hasValue(this.directory.resolve("cerberus-heads.safetensors"));
        assertThat(model.calibration()).isEmpty();
        assertThat(model.chatTemplate()).isEmpty();
        assertThat(model.tokenizerConfig()).isEmpty();
        assertThat(model.specialTokensMap()).isEmpty();
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            assertThat(checkpoint.info("model.norm.weight").shape()).containsExactly(8L);
        }
    }

    @Test
    void openTakesFileUrls() throws IOException {
        Path spaced = Files.createDirectory(this.directory.resolve("a model"));
        TestModels.directory(spaced, config());
        assertThat(ModelDirectory.open(spaced.toUri().toString()).path()).isEqualTo(spaced);
        assertThat(ModelDirectory.open("file:" + spaced).path()).isEqualTo(spaced);
        assertThat(ModelDirectory.open(spaced.toUri().toString()).name())
            .isEqualTo(spaced.toUri().toString().replaceAll(".*/(.+)/$", "$1"));
    }

    @Test
    void generationDefaultsGoBeforeConfigurationForSpecialTokens() {
        TestModels.directory(this.directory, config().put("eos_token_id", 3).put("bos_token_id", 4));
        ModelDirectory plain = ModelDirectory.open(this.directory);
        assertThat(plain.eosTokenIds()).containsExactly(3);
        assertThat(plain.bosTokenId()).hasValue(4);
        TestModels.write(this.directory.resolve("generation_config.json"),
                "{\"eos_token_id\":[5,6],\"bos_token_id\":7}");
        ModelDirectory generation = ModelDirectory.open(this.directory);
        assertThat(generation.eosTokenIds()).containsExactly(5, 6);
        assertThat(generation.bosTokenId()).hasValue(7);
    }

    @Test
    void openWhenGenerationDefaultsLeaveTheVocabularyIsRefused() {
        TestModels.directory(this.directory, config());
        TestModels.write(this.directory.resolve("generation_config.json"), "{\"eos_token_id\":[5,16]}");
        assertRefused(this.directory.toString(), "generation_config.json", "eos_token_id must be in [0, 16)", "was 16");
    }

    @Test
    void openWhenDirectoryIsMissingSaysWhatIsExpected() {
        String missing = this.directory.resolve("none").toString();
        assertRefused(missing, missing, "does not exist", "config.json", "tokenizer.json", "model.safetensors");
    }

    @Test
    void openWhenDirectoryIsEmptySaysWhatIsExpected() {
        assertRefused(this.directory.toString(), "is empty", "config.json", "tokenizer.json", "model.safetensors");
    }

    @Test
    void openWhenDirectoryHoldsOtherFilesSaysWhatIsMissing() {
        TestModels.write(this.directory.resolve("readme.txt"), "");
        assertRefused(this.directory.toString(), "has no config.json");
    }

    @Test
    void openWhenLocationIsAFileIsRefused() {
        Path file = TestModels.write(this.directory.resolve("model.txt"), "");
        assertRefused(file.toString(), "is a file, but not a GGUF file");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "  ", "https://example.org/model", "classpath:no/such/folder", "classpath:",
            "file:///no/such/folder" })
    void openWhenLocationLeadsNowhereIsRefused(String location) {
        assertRefused(location, ";");
    }

    @Test
    void tokenizerJsonWhenMissingIsRefused() throws IOException {
        TestModels.directory(this.directory, config());
        Files.delete(this.directory.resolve("tokenizer.json"));
        ModelDirectory model = ModelDirectory.open(this.directory);
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(model::tokenizerJson)
            .withMessageContaining("has no tokenizer.json");
    }

    @Test
    void openCheckpointWhenWeightsAreOfAnotherModelIsRefused() {
        TestModels.directory(this.directory, config());
        TestModels.write(this.directory.resolve("config.json"), config().put("vocab_size", 17).toString());
        ModelDirectory model = ModelDirectory.open(this.directory);
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> model.openCheckpoint().close())
            .withMessageContaining("tensor model.embed_tokens.weight should have the shape [17, 8]");
    }

    @Test
    void openFromTheClassPathUnpacksOnce() throws IOException {
        Path source = Files.createDirectory(this.directory.resolve("source"));
        TestModels.directory(source, config());
        // turn the single file into a shard, so that names from the index are unpacked
        // too
        Files.move(source.resolve("model.safetensors"), source.resolve("part-1.safetensors"));
        TestModels.write(source.resolve("model.safetensors.index.json"), index(source));
        TestModels.write(source.resolve("cerberus-calibration.json"), "{}");
        Path jar = jar(source, "models/tiny/");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] { jar.toUri().toURL() }, before)) {
            thread.setContextClassLoader(loader);
            ModelDirectory model = ModelDirectory.open("classpath:/models/tiny/");
            assertThat(model.name()).isEqualTo("tiny");
            assertThat(model.calibration()).isPresent();
            try (Checkpoint checkpoint = model.openCheckpoint()) {
                assertThat(checkpoint.files()).extracting((file) -> file.getFileName().toString())
                    .containsExactly("part-1.safetensors");
            }
            assertThat(ModelDirectory.open("classpath:models/tiny").path()).isEqualTo(model.path());
        }
        finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String index(Path source) {
        ObjectNode map = TestModels.object("{}");
        ExpectedTensors.of(ModelConfig.read(source)).keySet().forEach((name) -> map.put(name, "part-1.safetensors"));
        ObjectNode index = TestModels.object("{}");
        index.set("weight_map", map);
        return index.toString();
    }

    private Path jar(Path source, String folder) throws IOException {
        Path jar = this.directory.resolve("model.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                var files = Files.list(source)) {
            for (Path file : files.toList()) {
                entries.putNextEntry(new JarEntry(folder + file.getFileName()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
        return jar;
    }

    @Test
    void stories260KIsRead() {
        Path data = TestModels.data().resolve("models/stories260K");
        ModelDirectory model = ModelDirectory.open(data.toString());
        assertThat(model.name()).isEqualTo("stories260K");
        assertThat(model.config().keyValueSize()).isEqualTo(32);
        assertThat(model.config().tieWordEmbeddings()).isTrue();
        assertThat(model.config().dtype()).hasValue(TensorType.F32);
        assertThat(model.eosTokenIds()).containsExactly(2);
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            assertThat(checkpoint.names()).hasSize(1 + 5 * 9 + 1);
            assertThat(checkpoint.floats("model.norm.weight")).hasSize(64).doesNotContain(0f).doesNotContain(Float.NaN);
            assertThat(checkpoint.sha256()).matches("[0-9a-f]{64}");
        }
    }

    @Test
    void stories260KWhenCopiedTensorByTensorStaysTheSame() {
        Path data = TestModels.data().resolve("models/stories260K");
        Path copy = this.directory.resolve("model.safetensors");
        try (Checkpoint original = Checkpoint.open(data)) {
            SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
            original.names()
                .forEach((name) -> writer.add(name, original.info(name).dtype(), original.info(name).dimensions(),
                        original.data(name)));
            writer.write(copy);
            try (Safetensors written = Safetensors.open(copy)) {
                assertThat(written.names()).containsExactlyElementsOf(original.names());
                assertThat(written.names())
                    .allSatisfy((name) -> assertThat(written.data(name)).isEqualTo(original.data(name)));
            }
        }
    }

}
