package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ModelConfigTests {

    private static final Path FILE = Path.of("model", "config.json");

    private static ModelConfig parse(ObjectNode json) {
        return ModelConfig.parse(json.toString(), FILE);
    }

    private static ObjectNode llama() {
        return TestModels.config(Architecture.LLAMA);
    }

    private static void assertRefused(ObjectNode json, String... parts) {
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> parse(json))
            .withMessageStartingWith(FILE + ": ")
            .withMessageContainingAll(parts);
    }

    /** The valid configuration with the fields of another object put over it. */
    private static ObjectNode with(ObjectNode json, String fields) {
        json.setAll(TestModels.object(fields));
        return json;
    }

    @Test
    void readTakesEveryField() {
        ModelConfig config = parse(with(llama(), """
                {"architectures":["LlamaForCausalLM"],"tie_word_embeddings":true,"bos_token_id":3,
                 "eos_token_id":[4,5],"torch_dtype":"bfloat16","hidden_act":"silu","mlp_bias":false}"""));
        assertThat(config.architecture()).isEqualTo(Architecture.LLAMA);
        assertThat(config.hiddenSize()).isEqualTo(8);
        assertThat(config.intermediateSize()).isEqualTo(12);
        assertThat(config.layers()).isEqualTo(2);
        assertThat(config.heads()).isEqualTo(4);
        assertThat(config.keyValueHeads()).isEqualTo(2);
        assertThat(config.headDim()).isEqualTo(2);
        assertThat(config.querySize()).isEqualTo(8);
        assertThat(config.keyValueSize()).isEqualTo(4);
        assertThat(config.vocabularySize()).isEqualTo(16);
        assertThat(config.maxPositions()).isEqualTo(32);
        assertThat(config.rmsNormEps()).isEqualTo(1e-5);
        assertThat(config.ropeTheta()).isEqualTo(10000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.None());
        assertThat(config.tieWordEmbeddings()).isTrue();
        assertThat(config.bosTokenId()).hasValue(3);
        assertThat(config.eosTokenIds()).containsExactly(4, 5);
        assertThat(config.dtype()).hasValue(TensorType.BF16);
        assertThat(config.contextTokens()).isEqualTo(32);
        assertThat(config.notes()).isEmpty();
    }

    @Test
    void readWhenFieldsAreAbsentTakesTheDefaultsOfTransformers() {
        ObjectNode json = llama();
        json.remove(List.of("num_key_value_heads", "head_dim", "rms_norm_eps", "rope_theta"));
        ModelConfig config = parse(json.putNull("num_key_value_heads").putNull("rope_scaling"));
        assertThat(config.keyValueHeads()).isEqualTo(4);
        assertThat(config.headDim()).isEqualTo(2);
        assertThat(config.rmsNormEps()).isEqualTo(1e-6);
        assertThat(config.ropeTheta()).isEqualTo(10000);
        assertThat(config.tieWordEmbeddings()).isFalse();
        assertThat(config.attentionBias()).isFalse();
        assertThat(config.bosTokenId()).hasValue(1);
        assertThat(config.eosTokenIds()).containsExactly(2);
        assertThat(config.dtype()).isEmpty();
    }

    @Test
    void readWhenTokensAreNullOrTheArchitectureHasNoneLeavesThemOut() {
        ModelConfig llama = parse(llama().putNull("bos_token_id").putNull("eos_token_id"));
        assertThat(llama.bosTokenId()).isEqualTo(OptionalInt.empty());
        assertThat(llama.eosTokenIds()).isEmpty();
        ModelConfig qwen = parse(TestModels.config(Architecture.QWEN2));
        assertThat(qwen.bosTokenId()).isEqualTo(OptionalInt.empty());
        assertThat(qwen.eosTokenIds()).isEmpty();
    }

    @Test
    void readWhenQwen3StatesNoHeadDimTakesItsOwnDefault() {
        ObjectNode json = TestModels.config(Architecture.QWEN3);
        json.remove("head_dim");
        assertThat(parse(json).headDim()).isEqualTo(128);
    }

    @ParameterizedTest
    @EnumSource
    void readRecognisesTheArchitectureByClassAndByType(Architecture architecture) {
        assertThat(parse(TestModels.config(architecture)).architecture()).isEqualTo(architecture);
        ObjectNode json = TestModels.config(architecture);
        json.remove("model_type");
        json.putArray("architectures").add(architecture.className());
        assertThat(parse(json).architecture()).isEqualTo(architecture);
    }

    @ParameterizedTest
    @CsvSource({ "LLAMA, false, false", "MISTRAL, false, false", "QWEN2, true, false", "QWEN3, false, false" })
    void biasesFollowTheArchitecture(Architecture architecture, boolean bias, boolean outputBias) {
        ModelConfig config = parse(TestModels.config(architecture));
        assertThat(config.attentionBias()).isEqualTo(bias);
        assertThat(config.attentionOutputBias()).isEqualTo(outputBias);
        assertThat(config.qkNorm()).isEqualTo(architecture == Architecture.QWEN3);
    }

    @ParameterizedTest
    @EnumSource(names = { "LLAMA", "QWEN3" })
    void attentionBiasMeansTheOutputToo(Architecture architecture) {
        ModelConfig config = parse(TestModels.config(architecture).put("attention_bias", true));
        assertThat(config.attentionBias()).isTrue();
        assertThat(config.attentionOutputBias()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"architectures\":[\"GPT2LMHeadModel\"]} | the architecture GPT2LMHeadModel is not supported",
            "{\"architectures\":[\"LlamaForSequenceClassification\"]} | LlamaForSequenceClassification is not supported",
            "{\"model_type\":\"gemma2\"} | the model_type gemma2 is not supported",
            "{\"model_type\":null} | without architectures and model_type is not supported",
            "{\"architectures\":\"LlamaForCausalLM\"} | the field architectures must be a list of strings" })
    void readWhenArchitectureIsUnknownIsRefused(String fields, String expected) {
        assertRefused(with(llama(), fields), expected);
    }

    @Test
    void readWhenArchitectureIsUnknownListsTheSupportedOnes() {
        assertRefused(llama().put("model_type", "gemma2"), "LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM",
                "Qwen3ForCausalLM");
    }

    @ParameterizedTest
    @ValueSource(strings = { "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "vocab_size", "max_position_embeddings" })
    void readWhenSizeIsMissingOrNotPositiveNamesTheField(String field) {
        ObjectNode missing = llama();
        missing.remove(field);
        assertRefused(missing, "the field " + field + " is missing");
        assertRefused(llama().put(field, 0), field + " must be at least 1, was 0");
        assertRefused(llama().put(field, -3), field + " must be at least 1, was -3");
        assertRefused(llama().put(field, "8"), "the field " + field + " must be a 32-bit integer, was \"8\"");
        assertRefused(llama().put(field, 8.5), "the field " + field + " must be a 32-bit integer, was 8.5");
        assertRefused(llama().put(field, 1L << 40), "the field " + field + " must be a 32-bit integer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"num_attention_heads\":3,\"head_dim\":null} | hidden_size (8) must be a multiple of num_attention_heads (3)",
            "{\"num_key_value_heads\":3} | num_attention_heads (4) must be a multiple of num_key_value_heads (3)",
            "{\"num_key_value_heads\":0} | num_key_value_heads must be at least 1, was 0",
            "{\"head_dim\":3} | head_dim must be even",
            "{\"head_dim\":1073741824} | num_attention_heads (4) times head_dim (1073741824) is too large",
            "{\"num_hidden_layers\":10001} | num_hidden_layers must be at most 10000, was 10001",
            "{\"rms_norm_eps\":0} | rms_norm_eps must be in (0, 1), was 0.0",
            "{\"rms_norm_eps\":\"1e-5\"} | the field rms_norm_eps must be a number",
            "{\"rope_theta\":-1} | rope_theta must be positive and finite, was -1.0",
            "{\"tie_word_embeddings\":\"yes\"} | the field tie_word_embeddings must be true or false, was \"yes\"",
            "{\"bos_token_id\":16} | bos_token_id must be in [0, 16), the range of the vocabulary, was 16",
            "{\"eos_token_id\":[1,-1]} | eos_token_id must be in [0, 16), the range of the vocabulary, was -1",
            "{\"hidden_act\":\"gelu\"} | hidden_act gelu is not supported",
            "{\"mlp_bias\":true} | mlp_bias true is not supported",
            "{\"partial_rotary_factor\":0.5} | partial_rotary_factor 0.5 is not supported",
            "{\"quantization_config\":{\"bits\":4}} | a quantization_config is not supported" })
    void readWhenFieldsAreWrongNamesFieldAndValue(String fields, String expected) {
        assertRefused(with(llama(), fields), expected);
    }

    @Test
    void readWhenFileIsMissingOrNotJsonNamesIt(@TempDir Path directory) {
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> ModelConfig.read(directory))
            .withMessageContaining("config.json: does not exist");
        TestModels.write(directory.resolve("config.json"), "{\"hidden_size\": 8,");
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> ModelConfig.read(directory))
            .withMessageContaining("config.json: is not valid JSON")
            .withMessageContaining("line 1");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"rope_scaling\":{\"type\":\"linear\",\"factor\":4.0}}",
            "{\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":4}}",
            "{\"rope_theta\":null,\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":4.0,\"rope_theta\":10000.0}}" })
    void linearScalingDividesEveryFrequency(String fields) {
        ObjectNode json = llama().put("head_dim", 8);
        double[] plain = parse(json).inverseFrequencies();
        double[] scaled = parse(with(json, fields)).inverseFrequencies();
        for (int i = 0; i < plain.length; i++) {
            assertThat(scaled[i]).isEqualTo(plain[i] / 4);
        }
    }

    @Test
    void frequenciesAreRoundedTo32Bits() {
        // 10000^(-2i/8) = 1, 0.1, 0.01, 0.001, each as the nearest float
        assertThat(parse(llama().put("head_dim", 8)).inverseFrequencies()).containsExactly(1, 0.1f, 0.01f, 0.001f);
    }

    @Test
    void llama3ScalingKeepsHighFrequenciesAndStretchesLowOnes() {
        ModelConfig config = parse(with(llama().put("head_dim", 128).put("rope_theta", 500000.0), """
                {"rope_scaling":{"factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,
                 "original_max_position_embeddings":8192,"rope_type":"llama3"}}"""));
        double[] frequencies = config.inverseFrequencies();
        assertThat(frequencies).hasSize(64);
        // computed apart from this code, in 32-bit steps; pair 28 turns once in 1957
        // tokens, pair 35 once in 8219:
        // below 8192 / 4 tokens nothing changes, above 8192 / 1 all is divided by 8
        assertThat(frequencies[1]).isEqualTo(0.8146172165870667);
        assertThat(frequencies[28]).isEqualTo(0.0032114461064338684);
        assertThat((float) frequencies[29]).isEqualTo(0.0021665706f);
        assertThat((float) frequencies[33]).isEqualTo(0.00031269365f);
        assertThat((float) frequencies[34]).isEqualTo(0.00017850779f);
        assertThat(frequencies[35]).isEqualTo(9.556212171446532e-05);
        assertThat(frequencies[63]).isEqualTo(3.068925877869333e-07);
    }

    @Test
    void ropeParametersOfTransformers5AreRead() {
        ObjectNode json = llama();
        json.remove("rope_theta");
        ModelConfig config = parse(
                with(json, "{\"rope_parameters\":{\"rope_theta\":1000000.0,\"rope_type\":\"default\"}}"));
        assertThat(config.ropeTheta()).isEqualTo(1e6);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.None());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"type\":\"dynamic\",\"factor\":2.0} | the rope_type dynamic is not supported",
            "{\"rope_type\":\"yarn\",\"factor\":4.0} | the rope_type yarn is not supported",
            "{\"rope_type\":\"longrope\"} | the rope_type longrope is not supported",
            "{\"type\":\"linear\"} | the field rope_scaling.factor is missing",
            "{\"type\":\"linear\",\"factor\":\"2\"} | the field rope_scaling.factor must be a number",
            "{\"type\":\"linear\",\"factor\":0} | factor must be positive and finite, was 0.0",
            "{\"type\":7} | the field rope_scaling.type must be a string, was 7",
            "{\"type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":4,\"original_max_position_embeddings\":8192} | high_freq_factor must be above low_freq_factor (4.0), was 4.0",
            "{\"type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4} | rope_scaling.original_max_position_embeddings is missing",
            "{\"full_attention\":{\"rope_type\":\"default\"}} | rope_parameters that differ by layer is not supported",
            "[1] | the field rope_scaling must be an object" })
    void readWhenRopeScalingIsWrongIsRefused(String scaling, String expected) {
        assertRefused(with(llama(), "{\"rope_scaling\":" + scaling + "}"), expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = { "MISTRAL | {\"sliding_window\":null} | 8000",
            "MISTRAL | {\"sliding_window\":8000} | 8000", "MISTRAL | {\"sliding_window\":100} | 100",
            "MISTRAL | {} | 4096", "LLAMA | {\"sliding_window\":100} | 8000",
            "QWEN2 | {\"sliding_window\":100,\"use_sliding_window\":false} | 8000",
            "QWEN2 | {\"sliding_window\":100} | 8000",
            "QWEN2 | {\"sliding_window\":100,\"use_sliding_window\":true} | 8000",
            "QWEN2 | {\"sliding_window\":100,\"use_sliding_window\":true,\"max_window_layers\":2} | 8000",
            "QWEN2 | {\"sliding_window\":100,\"use_sliding_window\":true,\"max_window_layers\":1} | 100",
            "QWEN3 | {\"use_sliding_window\":true,\"max_window_layers\":0} | 4096",
            "QWEN3 | {\"sliding_window\":100,\"use_sliding_window\":true,\"layer_types\":[\"full_attention\",\"full_attention\"],\"max_window_layers\":0} | 8000",
            "QWEN3 | {\"sliding_window\":100,\"use_sliding_window\":true,\"layer_types\":[\"full_attention\",\"sliding_attention\"]} | 100" })
    void slidingWindowLimitsTheContextWhereItIsUsed(Architecture architecture, String fields, int contextTokens) {
        ModelConfig config = parse(with(TestModels.config(architecture).put("max_position_embeddings", 8000), fields));
        assertThat(config.contextTokens()).isEqualTo(contextTokens);
        assertThat(config.notes()).hasSize((contextTokens < 8000) ? 1 : 0)
            .allSatisfy((note) -> assertThat(note).contains("sliding window of " + contextTokens + " tokens"));
    }

    @Test
    void readWhenTextIsMutatedEitherReadsOrRefuses() {
        String valid = with(llama(), """
                {"rope_scaling":{"type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,
                 "original_max_position_embeddings":16},"eos_token_id":[1,2]}""").toString();
        String alphabet = "{}[]\",:0123456789-.eE";
        SplittableRandom random = new SplittableRandom(2);
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder(valid);
            for (int i = random.nextInt(1, 3); i > 0; i--) {
                text.setCharAt(random.nextInt(text.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                ModelConfig config = ModelConfig.parse(text.toString(), FILE);
                assertThat(config.contextTokens()).isPositive();
                assertThat(config.keyValueSize()).isPositive();
            }
            catch (ModelFileException ex) {
                assertThat(ex).hasMessageStartingWith(FILE.toString());
                refused++;
            }
        }
        assertThat(refused).isBetween(500, 2000);
    }

}
