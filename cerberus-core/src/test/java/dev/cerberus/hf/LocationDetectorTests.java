package dev.cerberus.hf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LocationDetectorTests {

    private static final String POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 988097824\n";

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private static ObjectNode config() {
        return TestModels.config(Architecture.LLAMA);
    }

    private static void assertRefused(Path location, String... parts) {
        assertThatExceptionOfType(ModelFileException.class)
            .isThrownBy(() -> ModelDirectory.open(location).openCheckpoint().close())
            .withMessageContainingAll(parts)
            .satisfies((ex) -> assertThat(ex.getMessage().lines()).hasSize(1));
    }

    private Path write(String name, String content) throws IOException {
        Path file = this.directory.resolve(name);
        Files.createDirectories(file.getParent());
        return TestModels.write(file, content);
    }

    @Test
    void gitLfsPointersAreNamed() {
        TestModels.directory(this.directory, config());
        Path weights = TestModels.write(this.directory.resolve("model.safetensors"), POINTER);
        assertRefused(this.directory, "model.safetensors: is a git-lfs pointer", "git lfs pull");
        assertRefused(weights, "git-lfs pointer");
    }

    @Test
    void gitLfsPointerInPlaceOfAGgufFileIsNamed() throws IOException {
        assertRefused(write("model.gguf", POINTER), "model.gguf: is a git-lfs pointer");
        assertRefused(this.directory, "model.gguf: is a git-lfs pointer");
    }

    @Test
    void webPagesAreNamed() throws IOException {
        write("config.json", "{}");
        write("model.safetensors", "\n<!DOCTYPE html><html>");
        assertRefused(this.directory, "model.safetensors: is a web page", "cerberus pull");
        assertRefused(write("page.gguf", "<html>"), "is a web page");
    }

    @Test
    void adaptersAreNamed() throws IOException {
        write("adapter_config.json", "{\"base_model_name_or_path\":\"org/base\"}");
        write("adapter_model.safetensors", "x");
        assertRefused(this.directory, "is a LoRA adapter for org/base", "merge_and_unload");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"quantization_config":{"quant_method":"awq","bits":4}}      | quantised with AWQ
            {"quantization_config":{"quant_method":"gptq","bits":4}}     | quantised with GPTQ
            {"quantization_config":{"quant_method":"fp8"}}               | quantised with FP8
            {"quantization_config":{"bits":4}}                           | quantised with AN UNKNOWN METHOD
            {"quantization":{"group_size":64,"bits":4}}                  | quantised for MLX
            {"architectures":["LlamaForCausalLMEagle3"]}                 | EAGLE draft heads
            {"model_type":"eagle"}                                       | EAGLE draft heads
            """)
    void configurationsOfWhatIsNotReadAreNamed(String config, String expected) throws IOException {
        write("config.json", config);
        write("model.safetensors", "x");
        assertRefused(this.directory, "config.json", expected);
    }

    @Test
    void headsAreNamedByTheirTensors() {
        TestModels.directory(this.directory, config());
        Path weights = this.directory.resolve("model.safetensors");
        new SafetensorsWriter().add("fc.weight", TensorType.F32, new long[] { 1 }, new float[1]).write(weights);
        assertRefused(this.directory, "EAGLE draft heads");
    }

    @Test
    void headsOfMedusaAreNamedByTheirTensors() {
        TestModels.directory(this.directory, config());
        Path weights = this.directory.resolve("model.safetensors");
        new SafetensorsWriter().add("0.0.linear.weight", TensorType.F32, new long[] { 1 }, new float[1]).write(weights);
        assertRefused(this.directory, "Medusa heads");
    }

    @ParameterizedTest
    @CsvSource({ "model.onnx, is an ONNX model", "pytorch_model.bin, is a pickle", "model.safetensors, weights alone",
            "model.tar.gz, is an archive" })
    void filesOfOtherKindsAreNamed(String name, String expected) throws IOException {
        assertRefused(write(name, "content"), expected);
    }

    @ParameterizedTest
    @CsvSource({ "model.onnx, holds an ONNX model", "onnx/model.onnx, holds an ONNX model",
            "pytorch_model.bin, only as a pickle", "consolidated.00.pth, only as a pickle" })
    void directoriesOfOtherFormatsAreNamed(String name, String expected) throws IOException {
        write("config.json", config().toString());
        write(name, "content");
        assertRefused(this.directory, expected);
    }

    @Test
    void cachesAreNamed() throws IOException {
        Path repository = this.directory.resolve("home/hub/models--org--tiny");
        Files.createDirectories(repository.resolve("snapshots/abc"));
        assertRefused(this.directory.resolve("home/hub"), "root of a cache", "hf://org/tiny");
        assertRefused(this.directory.resolve("home"), "home of a cache", "hf://ORG/NAME");
        assertRefused(repository, "folder of a repository within a cache", "use hf://org/tiny");
    }

    @Test
    void danglingLinksAreNamed() throws IOException {
        Path link = Files.createSymbolicLink(this.directory.resolve("link"), Path.of("nowhere"));
        assertRefused(link, "is a link to nowhere, which does not exist");
        Path model = TestModels.directory(Files.createDirectory(this.directory.resolve("model")), config());
        Files.delete(model.resolve("model.safetensors"));
        Files.createSymbolicLink(model.resolve("model.safetensors"), Path.of("../../blobs/abc"));
        assertRefused(model, "model.safetensors: is a link to ../../blobs/abc");
    }

    @Test
    void namesOnAHubAreNamed() {
        assertRefused(Path.of("some-org/some-model"), "looks like the name of a model on a hub",
                "cerberus pull some-org/some-model", "hf://some-org/some-model");
    }

    @Test
    void modelInAFolderBelowIsNamed() throws IOException {
        write("inner/config.json", "{}");
        assertRefused(this.directory, "no config.json, but folders in it have", "inner");
    }

    @Test
    void modelsThemselvesArePossible() {
        LocationDetector.requirePossible(TestModels.directory(this.directory, config()));
    }

}
