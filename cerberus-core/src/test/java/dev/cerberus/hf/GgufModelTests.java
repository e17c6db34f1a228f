package dev.cerberus.hf;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cerberus.testing.GgufBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GgufModelTests {

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private Path file() {
        return this.directory.resolve("tiny.gguf");
    }

    private void assertRefused(GgufBuilder builder, String... parts) {
        Path file = builder.write(file());
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> {
            ModelDirectory.open(file).openCheckpoint().close();
        }).withMessageContaining("tiny.gguf").withMessageContainingAll(parts);
    }

    @Test
    void configurationComesFromTheMetadata() {
        ModelConfig config = GgufModel.open(GgufBuilder.model("llama").write(file())).config();
        assertThat(config.architecture()).isEqualTo(Architecture.LLAMA);
        assertThat(config.hiddenSize()).isEqualTo(8);
        assertThat(config.intermediateSize()).isEqualTo(12);
        assertThat(config.layers()).isEqualTo(2);
        assertThat(config.heads()).isEqualTo(4);
        assertThat(config.keyValueHeads()).isEqualTo(2);
        assertThat(config.headDim()).isEqualTo(2);
        assertThat(config.vocabularySize()).isEqualTo(16);
        assertThat(config.maxPositions()).isEqualTo(32);
        assertThat(config.rmsNormEps()).isEqualTo(1e-5);
        assertThat(config.layerKinds().get(0).rotary().theta()).isEqualTo(10_000);
        assertThat(config.tieWordEmbeddings()).isTrue();
        assertThat(config.attentionBias()).isFalse();
        assertThat(config.bosTokenId()).hasValue(0);
        assertThat(config.eosTokenIds()).containsExactly(1);
    }

    @Test
    void outputTensorMeansThatEmbeddingsAreNotTied() {
        GgufModel model = GgufModel.open(GgufBuilder.model("llama").floats("output.weight", 8, 16).write(file()));
        assertThat(model.config().tieWordEmbeddings()).isFalse();
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            assertThat(checkpoint.info("lm_head.weight").shape()).containsExactly(16L, 8L);
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows shortens no file that is mapped")
    void tensorIsRefusedOnceTheFileBecameShorter() throws IOException {
        GgufModel model = GgufModel.open(GgufBuilder.model("llama").write(file()));
        try (Checkpoint checkpoint = model.openCheckpoint();
                FileChannel writing = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            writing.truncate(writing.size() / 2);
            assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> checkpoint.names().forEach(checkpoint::data))
                .withMessageStartingWith(file() + ": tensor ")
                .withMessageEndingWith(
                        " ends behind the file, which became shorter while it was read; fetch the file again");
        }
    }

    @Test
    void missingEntriesTakeTheirDefaults() {
        ModelConfig config = GgufModel
            .open(GgufBuilder.model("llama")
                .remove("llama.attention.head_count_kv")
                .remove("llama.rope.freq_base")
                .remove("tokenizer.ggml.bos_token_id")
                .put("tokenizer.ggml.eos_token_id", -1)
                .write(file()))
            .config();
        assertThat(config.keyValueHeads()).isEqualTo(4);
        assertThat(config.layerKinds().get(0).rotary().theta()).isEqualTo(10_000);
        assertThat(config.bosTokenId()).isEmpty();
        assertThat(config.eosTokenIds()).isEmpty();
    }

    @Test
    void endsOfAnswersAreCollected() {
        assertThat(GgufModel
            .open(GgufBuilder.model("llama")
                .put("tokenizer.ggml.eot_token_id", 3)
                .put("tokenizer.ggml.eom_token_id", 4)
                .write(file()))
            .config()
            .eosTokenIds()).containsExactly(1, 3, 4);
        List<String> tokens = List.of("<s>", "</s>", "<|eot_id|>", "<|im_end|>");
        assertThat(GgufModel
            .open(GgufBuilder.model("llama")
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", new int[] { 3, 3, 3, 1 })
                .write(file()))
            .config()
            .eosTokenIds()).as("only control tokens").containsExactly(1, 2);
    }

    /* What generation_config.json of Qwen2.5, Llama 3.2 and Phi-4-mini lists. */
    @ParameterizedTest
    @CsvSource({ "<|endoftext|> <|im_end|>, 1, 1 0", "<|end_of_text|> <|eom_id|> <|eot_id|>, 2, 2 0 1",
            "<|endoftext|> <|end|>, 0, 0 1" })
    void answersEndAtEveryEndOfATextOrATurn(String tokens, int eos, String expected) {
        List<String> names = List.of(tokens.split(" "));
        int[] types = new int[names.size()];
        Arrays.fill(types, 3);
        for (boolean turn : new boolean[] { false, true }) {
            GgufBuilder builder = GgufBuilder.model("llama")
                .put("tokenizer.ggml.tokens", names)
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.bos_token_id", -1)
                .put("tokenizer.ggml.eos_token_id", eos);
            if (turn) {
                builder.put("tokenizer.ggml.eot_token_id", eos);
            }
            assertThat(GgufModel.open(builder.write(file())).config().eosTokenIds().stream().map(String::valueOf))
                .containsExactly(expected.split(" "));
        }
    }

    @Test
    void mistralIsALlamaWithAWindow() {
        ModelConfig config = GgufModel
            .open(GgufBuilder.model("llama").put("llama.attention.sliding_window", 16).write(file()))
            .config();
        assertThat(config.architecture()).isEqualTo(Architecture.MISTRAL);
        assertThat(config.slidingWindow()).hasValue(16);
    }

    @Test
    void windowsAreThoseOfTheLayersThatThePatternNames() {
        assertThat(windows("gemma3", 6)).as("stated nowhere: none").containsOnly(false);
        assertThat(windows("gemma3", 6, 16)).containsExactly(true, true, true, true, true, false);
        assertThat(windows("gemma3", 4, 16, 2)).containsExactly(true, false, true, false);
        assertThat(windows("gemma2", 4, 16)).containsExactly(true, false, true, false);
        assertThat(windows("olmo2", 4)).containsOnly(false);
        assertThat(windows("olmo2", 4, 16)).containsExactly(true, true, true, false);
        assertThat(windows("phi3", 2, 0)).as("Phi-4").containsOnly(false);
        assertThat(windows("phi3", 2, 16)).containsOnly(true);
        assertThat(windows("qwen2", 2, 16)).as("not switched on").containsOnly(false);
    }

    /** Which layers have a window, by number of layers, window and period. */
    private List<Boolean> windows(String architecture, int layers, int... windowAndPeriod) {
        GgufBuilder builder = GgufBuilder.model(architecture).put(architecture + ".block_count", layers);
        if (windowAndPeriod.length > 0) {
            builder.put(architecture + ".attention.sliding_window", windowAndPeriod[0]);
        }
        if (windowAndPeriod.length > 1) {
            builder.put(architecture + ".attention.sliding_window_pattern", windowAndPeriod[1]);
        }
        return GgufModel.open(builder.write(file()))
            .config()
            .layerKinds()
            .stream()
            .map((kind) -> kind.slidingWindow().isPresent())
            .toList();
    }

    @Test
    void largestGemmaDividesByTheWidthOfAQuery() {
        assertThat(attentionScale("gemma2", 42)).isEqualTo(1 / Math.sqrt(4));
        assertThat(attentionScale("gemma2", 46)).isEqualTo(1 / Math.sqrt(2));
        assertThat(attentionScale("gemma3", 62)).isEqualTo(1 / Math.sqrt(2));
    }

    private double attentionScale(String architecture, int layers) {
        return GgufModel
            .open(GgufBuilder.model(architecture)
                .put(architecture + ".block_count", layers)
                .put(architecture + ".attention.key_length", 4)
                .put(architecture + ".attention.value_length", 4)
                .write(file()))
            .config()
            .variant()
            .attentionScale();
    }

    @Test
    void scalesOfMiniCpmHaveTheDefaultsOfOlderFiles() {
        ModelVariant variant = GgufModel.open(GgufBuilder.model("minicpm").write(file())).config().variant();
        assertThat(variant.embeddingScale()).isEqualTo(12);
        assertThat(variant.residualScale()).isEqualTo(1.4 / Math.sqrt(2));
        assertThat(variant.logitScale()).isEqualTo(256 / 8.0);
    }

    @Test
    void ropeScalingIsRead() {
        assertThat(GgufModel
            .open(GgufBuilder.model("llama")
                .put("llama.rope.scaling.type", "linear")
                .put("llama.rope.scaling.factor", 4f)
                .write(file()))
            .config()
            .layerKinds()
            .get(0)
            .rotary()
            .scaling()).isEqualTo(new RopeScaling.Linear(4));
        GgufBuilder yarn = GgufBuilder.model("llama")
            .put("llama.rope.scaling.type", "yarn")
            .put("llama.rope.scaling.factor", 4f)
            .put("llama.rope.scaling.original_context_length", 8)
            .put("llama.rope.scaling.yarn_beta_fast", 16f)
            .put("llama.rope.scaling.yarn_attn_factor", 1.5f);
        assertThat(GgufModel.open(yarn.write(file())).config().layerKinds().get(0).rotary().scaling())
            .isEqualTo(new RopeScaling.Yarn(4, 8, 16, 1, true, 1.5));
        assertRefused(GgufBuilder.model("llama").put("llama.rope.scaling.type", "spiral"), "rope_type spiral");
    }

    @Test
    void factorsOfFrequenciesAreRecognisedAsThoseOfLlama3() {
        // 64 wide heads of theta 500000, factor 32: what Llama 3.2 has
        RopeScaling.Llama3 scaling = new RopeScaling.Llama3(32, 1, 4, 8192);
        float[] factors = new float[32];
        for (int i = 0; i < factors.length; i++) {
            float frequency = (float) (1 / Math.pow(500_000, i / 32.0));
            factors[i] = frequency / scaling.scale(frequency);
        }
        GgufBuilder model = new GgufBuilder().put("general.architecture", "llama")
            .put("llama.block_count", 1)
            .put("llama.context_length", 131072)
            .put("llama.embedding_length", 64)
            .put("llama.feed_forward_length", 12)
            .put("llama.attention.head_count", 1)
            .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .put("llama.rope.freq_base", 500000f)
            .floats("token_embd.weight", 64, 4)
            .tensor("rope_freqs.weight", 0, bytes(factors), 32);
        assertThat(GgufModel.open(model.write(file())).config().layerKinds().get(0).rotary().scaling())
            .isEqualTo(scaling);
        factors[20] *= 1.1f;
        assertRefused(model.removeTensor("rope_freqs.weight").tensor("rope_freqs.weight", 0, bytes(factors), 32),
                "rope_freqs.weight", "not that of Llama 3");
    }

    private static byte[] bytes(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    @Test
    void queryAndKeyRowsOfTheLlamaFamilyAreTakenApart() {
        // 2 heads of 4 rows; a row holds its own number
        GgufBuilder file = new GgufBuilder().put("general.architecture", "llama")
            .put("llama.attention.head_count", 2)
            .put("llama.attention.head_count_kv", 1)
            .tensor("blk.3.attn_q.weight", 0, bytes(0, 1, 2, 3, 4, 5, 6, 7), 1, 8)
            .tensor("blk.3.attn_q.bias", 0, bytes(0, 1, 2, 3, 4, 5, 6, 7), 8)
            .tensor("blk.3.attn_k.weight", 0, bytes(0, 1, 2, 3), 1, 4)
            .tensor("blk.3.attn_v.weight", 0, bytes(0, 1, 2, 3), 1, 4);
        try (GgufTensors tensors = GgufTensors.open(GgufFile.open(file.write(file())))) {
            assertThat(tensors.floats("model.layers.3.self_attn.q_proj.weight")).containsExactly(0, 2, 1, 3, 4, 6, 5,
                    7);
            assertThat(tensors.floats("model.layers.3.self_attn.q_proj.bias")).containsExactly(0, 2, 1, 3, 4, 6, 5, 7);
            assertThat(tensors.floats("model.layers.3.self_attn.k_proj.weight")).containsExactly(0, 2, 1, 3);
            assertThat(tensors.floats("model.layers.3.self_attn.v_proj.weight")).containsExactly(0, 1, 2, 3);
            float[] part = new float[3];
            tensors.rows("model.layers.3.self_attn.q_proj.weight", 3, 3).asFloatBuffer().get(part);
            assertThat(part).containsExactly(3, 4, 6);
        }
        file.put("general.architecture", "qwen2").put("qwen2.attention.head_count", 2);
        try (GgufTensors tensors = GgufTensors.open(GgufFile.open(file.write(file())))) {
            assertThat(tensors.floats("model.layers.3.self_attn.q_proj.weight")).containsExactly(0, 1, 2, 3, 4, 5, 6,
                    7);
        }
    }

    @Test
    void qwenModelsAreRead() {
        GgufBuilder qwen2 = GgufBuilder.model("qwen2");
        GgufBuilder qwen3 = GgufBuilder.model("qwen3");
        for (int layer = 0; layer < 2; layer++) {
            qwen2.floats("blk." + layer + ".attn_q.bias", 8)
                .floats("blk." + layer + ".attn_k.bias", 4)
                .floats("blk." + layer + ".attn_v.bias", 4);
            qwen3.floats("blk." + layer + ".attn_q_norm.weight", 2).floats("blk." + layer + ".attn_k_norm.weight", 2);
        }
        ModelDirectory second = ModelDirectory.open(qwen2.write(this.directory.resolve("q2.gguf")));
        assertThat(second.config().architecture()).isEqualTo(Architecture.QWEN2);
        try (Checkpoint checkpoint = second.openCheckpoint()) {
            assertThat(checkpoint.names()).contains("model.layers.1.self_attn.k_proj.bias");
        }
        ModelDirectory third = ModelDirectory.open(qwen3.write(this.directory.resolve("q3.gguf")));
        assertThat(third.config().variant().qkNorm()).isEqualTo(ModelVariant.QkNorm.HEAD);
        try (Checkpoint checkpoint = third.openCheckpoint()) {
            assertThat(checkpoint.info("model.layers.0.self_attn.q_norm.weight").shape()).containsExactly(2L);
        }
    }

    @Test
    void whatIsDecodedIntoOneBufferIsWhatIsDecodedAfresh() {
        DecodingBuffer buffer = new DecodingBuffer();
        try (Checkpoint checkpoint = GgufModel.open(GgufBuilder.model("llama").write(file())).openCheckpoint()) {
            String large = "model.layers.0.self_attn.q_proj.weight";
            String small = "model.layers.1.self_attn.k_proj.weight";
            ByteBuffer first = checkpoint.data(large, buffer);
            assertThat(first).isEqualTo(checkpoint.data(large));
            assertThat(checkpoint.data(small, buffer)).isEqualTo(checkpoint.data(small));
            assertThat(first).as("overwritten").isNotEqualTo(checkpoint.data(large));
            assertThat(checkpoint.rows(large, 2, 4, buffer)).isEqualTo(checkpoint.rows(large, 2, 4));
        }
    }

    @Test
    void whatIsNotSupportedIsRefused() {
        assertRefused(GgufBuilder.model("gptneox"), "architecture gptneox", "gemma3, granite, llama, minicpm");
        assertRefused(GgufBuilder.model("llama").put("general.type", "adapter"), "a LoRA adapter, not a model");
        assertRefused(GgufBuilder.model("llama").put("split.count", 3).put("split.no", 1), "part 2", "split into 3");
        assertRefused(GgufBuilder.model("llama").put("llama.expert_count", 8), "mixture of experts");
        assertRefused(GgufBuilder.model("llama").put("llama.logit_scale", 2f), "llama.logit_scale");
        assertRefused(GgufBuilder.model("llama").put("llama.rope.dimension_count", 1),
                "llama.rope.dimension_count = 1, which must be the width of a head (2)");
        assertRefused(GgufBuilder.model("llama").remove("llama.block_count"), "lacks llama.block_count");
        assertRefused(GgufBuilder.model("llama").put("llama.block_count", "two"), "llama.block_count = two");
        assertRefused(GgufBuilder.model("llama").put("llama.block_count", 3), "lack the tensor model.layers.2.");
        assertRefused(GgufBuilder.model("llama").remove("general.architecture"), "lacks general.architecture");
        assertRefused(GgufBuilder.model("llama").removeTensor("blk.0.ffn_up.weight"), "mlp.up_proj.weight");
        assertRefused(GgufBuilder.model("llama").floats("blk.0.ffn_gate_inp.weight", 8), "ffn_gate_inp.weight");
        assertRefused(
                GgufBuilder.model("llama")
                    .removeTensor("output_norm.weight")
                    .tensor("output_norm.weight", 24, new byte[8], 8),
                "tensor output_norm.weight is of type I8, which is not read", "Q4_K");
    }

    @Test
    void ggufIsFoundByFileDirectoryAndClassPath() throws IOException {
        GgufBuilder.model("llama").write(file());
        TestModels.write(this.directory.resolve("cerberus-heads.safetensors"), "");
        for (String location : List.of(file().toString(), file().toUri().toString(), this.directory.toString())) {
            ModelDirectory model = ModelDirectory.open(location);
            assertThat(model.gguf()).as(location).isPresent();
            assertThat(model.path()).isEqualTo(this.directory);
            assertThat(model.heads()).isPresent();
        }
        assertThat(ModelDirectory.open(file()).name()).isEqualTo("tiny");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() }, before)) {
            thread.setContextClassLoader(loader);
            ModelDirectory model = ModelDirectory.open("classpath:tiny.gguf");
            assertThat(model.name()).isEqualTo("tiny");
            assertThat(model.heads()).isPresent();
            assertThat(ModelDirectory.open("classpath:/tiny.gguf").path()).isEqualTo(model.path());
            assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ModelDirectory.open("classpath:none/other.gguf"))
                .withMessageContaining("no such file");
        }
        finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void whatTheFileRecommendsForSamplingCountsWhereNothingStandsBesideIt() throws IOException {
        GgufBuilder.model("llama")
            .put("general.sampling.temp", 0.6f)
            .put("general.sampling.top_k", 20)
            .put("general.sampling.top_p", 0.95f)
            .write(file());
        GenerationDefaults stated = ModelDirectory.open(file()).generation();
        assertThat(stated.sampled()).isTrue();
        assertThat(stated.temperature()).hasValue(0.6);
        assertThat(stated.topK()).hasValue(20);
        assertThat(stated.topP()).hasValue(0.95);
        assertThat(stated.notes()).isEmpty();
        TestModels.write(this.directory.resolve("generation_config.json"), "{\"top_k\":7}");
        GenerationDefaults beside = ModelDirectory.open(file()).generation();
        assertThat(beside.topK()).hasValue(7);
        assertThat(beside.temperature()).isEmpty();
        GgufBuilder.model("llama").write(file());
        Files.delete(this.directory.resolve("generation_config.json"));
        assertThat(ModelDirectory.open(file()).generation()).isEqualTo(GenerationDefaults.none());
    }

    @Test
    void fileWithAnotherNameIsKnownByItsFirstBytes() {
        Path blob = GgufBuilder.model("llama").write(this.directory.resolve("b179c9523d0e"));
        assertThat(ModelDirectory.open(blob).gguf()).isPresent();
    }

    @Test
    void directoryWithSeveralFilesAsksForOne() {
        GgufBuilder.model("llama").write(file());
        GgufBuilder.model("llama").write(this.directory.resolve("other.gguf"));
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> ModelDirectory.open(this.directory))
            .withMessageContaining("several GGUF files: [other.gguf, tiny.gguf]");
    }

    @Test
    void safetensorsBesideAGgufFileWin() throws IOException {
        TestModels.directory(this.directory, TestModels.config(Architecture.LLAMA));
        GgufBuilder.model("llama").write(file());
        assertThat(ModelDirectory.open(this.directory).gguf()).isEmpty();
        assertThat(ModelDirectory.open(file()).gguf()).isPresent();
        TestModels.write(this.directory.resolve("generation_config.json"), "{\"eos_token_id\":5}");
        assertThat(ModelDirectory.open(file()).eosTokenIds()).as("of the model beside it").containsExactly(1);
        Files.delete(this.directory.resolve("config.json"));
        assertThat(ModelDirectory.open(file()).eosTokenIds()).containsExactly(5);
    }

    @Test
    void hashIsThatOfTheFile() throws Exception {
        Path file = GgufBuilder.model("llama").write(file());
        byte[] expected = java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        try (Checkpoint checkpoint = GgufModel.open(file).openCheckpoint()) {
            assertThat(checkpoint.sha256()).isEqualTo(java.util.HexFormat.of().formatHex(expected));
            assertThat(checkpoint.files()).containsExactly(file);
            assertThat(Arrays.asList(checkpoint.directory())).containsExactly(file);
        }
    }

}
