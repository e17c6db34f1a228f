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

    private static RotaryEmbedding rotary(ModelConfig config) {
        return config.layerKinds().get(0).rotary();
    }

    private static float[] frequencies(ModelConfig config) {
        return rotary(config).inverseFrequencies(config.contextTokens());
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
        assertThat(rotary(config).theta()).isEqualTo(10000);
        assertThat(rotary(config).scaling()).isEqualTo(new RopeScaling.None());
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
        assertThat(rotary(config).theta()).isEqualTo(10000);
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
        assertThat(config.variant().qkNorm() == ModelVariant.QkNorm.HEAD).isEqualTo(architecture == Architecture.QWEN3);
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
            "{\"model_type\":\"mamba2\"} | the model_type mamba2 is not supported",
            "{\"model_type\":null} | without architectures and model_type is not supported",
            "{\"architectures\":\"LlamaForCausalLM\"} | the field architectures must be a list of strings" })
    void readWhenArchitectureIsUnknownIsRefused(String fields, String expected) {
        assertRefused(with(llama(), fields), expected);
    }

    @Test
    void readWhenArchitectureIsUnknownListsTheSupportedOnes() {
        assertRefused(llama().put("model_type", "mamba2"), "LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM",
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
        float[] plain = frequencies(parse(json));
        float[] scaled = frequencies(parse(with(json, fields)));
        for (int i = 0; i < plain.length; i++) {
            assertThat(scaled[i]).isEqualTo(plain[i] / 4);
        }
    }

    @Test
    void frequenciesAreRoundedTo32Bits() {
        // 10000^(-2i/8) = 1, 0.1, 0.01, 0.001, each as the nearest float
        assertThat(frequencies(parse(llama().put("head_dim", 8)))).containsExactly(1f, 0.1f, 0.01f, 0.001f);
    }

    @Test
    void llama3ScalingKeepsHighFrequenciesAndStretchesLowOnes() {
        ModelConfig config = parse(with(llama().put("head_dim", 128).put("rope_theta", 500000.0), """
                {"rope_scaling":{"factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,
                 "original_max_position_embeddings":8192,"rope_type":"llama3"}}"""));
        float[] frequencies = frequencies(config);
        assertThat(frequencies).hasSize(64);
        // computed apart from this code, in 32-bit steps; pair 28 turns once in 1957
        // tokens, pair 35 once in 8219:
        // below 8192 / 4 tokens nothing changes, above 8192 / 1 all is divided by 8
        assertThat(frequencies[1]).isEqualTo((float) 0.8146172165870667);
        assertThat(frequencies[28]).isEqualTo((float) 0.0032114461064338684);
        assertThat(frequencies[29]).isEqualTo(0.0021665706f);
        assertThat(frequencies[33]).isEqualTo(0.00031269365f);
        assertThat(frequencies[34]).isEqualTo(0.00017850779f);
        assertThat(frequencies[35]).isEqualTo((float) 9.556212171446532e-05);
        assertThat(frequencies[63]).isEqualTo((float) 3.068925877869333e-07);
    }

    @Test
    void ropeParametersOfTransformers5AreRead() {
        ObjectNode json = llama();
        json.remove("rope_theta");
        ModelConfig config = parse(
                with(json, "{\"rope_parameters\":{\"rope_theta\":1000000.0,\"rope_type\":\"default\"}}"));
        assertThat(rotary(config).theta()).isEqualTo(1e6);
        assertThat(rotary(config).scaling()).isEqualTo(new RopeScaling.None());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"type\":\"spiral\",\"factor\":2.0} | the rope_type spiral is not supported",
            "{\"rope_type\":\"yarn\",\"factor\":-4.0} | factor must be positive and finite, was -4.0",
            "{\"rope_type\":\"yarn\",\"factor\":4.0,\"beta_slow\":0} | beta_slow must be positive and finite, was 0.0",
            "{\"rope_type\":\"longrope\"} | the field rope_scaling.short_factor is missing",
            "{\"rope_type\":\"longrope\",\"short_factor\":[1],\"long_factor\":[1,2]} | for each of the 1 rotated pairs of a head, had 1 and 2",
            "{\"rope_type\":\"longrope\",\"short_factor\":[0],\"long_factor\":[1]} | short_factor must be positive and finite",
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
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = { "MISTRAL | {\"sliding_window\":null} | 0",
            "MISTRAL | {\"sliding_window\":8000} | 0", "MISTRAL | {\"sliding_window\":100} | 100",
            "MISTRAL | {} | 4096", "LLAMA | {\"sliding_window\":100} | 0",
            "QWEN2 | {\"sliding_window\":100,\"use_sliding_window\":false} | 0", "QWEN2 | {\"sliding_window\":100} | 0",
            "QWEN2 | {\"sliding_window\":100,\"use_sliding_window\":true} | 0",
            "QWEN2 | {\"sliding_window\":100,\"use_sliding_window\":true,\"max_window_layers\":2} | 0",
            "QWEN2 | {\"sliding_window\":100,\"use_sliding_window\":true,\"max_window_layers\":1} | 100",
            "QWEN3 | {\"use_sliding_window\":true,\"max_window_layers\":0} | 4096",
            "QWEN3 | {\"sliding_window\":100,\"use_sliding_window\":true,\"layer_types\":[\"full_attention\",\"full_attention\"],\"max_window_layers\":0} | 0",
            "QWEN3 | {\"sliding_window\":100,\"use_sliding_window\":true,\"layer_types\":[\"full_attention\",\"sliding_attention\"]} | 100" })
    void slidingWindowIsReadWhereItIsUsed(Architecture architecture, String fields, int window) {
        ModelConfig config = parse(with(TestModels.config(architecture).put("max_position_embeddings", 8000), fields));
        assertThat(config.slidingWindow().orElse(0)).isEqualTo(window);
        assertThat(config.contextTokens()).isEqualTo(8000);
        assertThat(config.notes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "GEMMA2", "OLMO3", "QWEN3" })
    void layersAreOfTheTypesThatAreListed(Architecture architecture) {
        ModelConfig config = parse(with(TestModels.config(architecture),
                """
                        {"layer_types":["full_attention","sliding_attention"],"sliding_window":4,"use_sliding_window":true}"""));
        assertThat(config.layerKinds()).extracting((kind) -> kind.slidingWindow().orElse(0)).containsExactly(0, 4);
        assertRefused(with(TestModels.config(architecture), """
                {"layer_types":["full_attention","linear_attention"],"use_sliding_window":true}"""),
                "a layer of the type linear_attention in layer_types is not supported");
        assertRefused(with(TestModels.config(architecture), """
                {"layer_types":["full_attention"],"use_sliding_window":true}"""),
                "layer_types must name 2 layers, named 1");
    }

    @Test
    void longFactorsBelongToContextsBeyondTheOriginalOne() {
        ModelConfig config = parse(with(TestModels.config(Architecture.PHI3), """
                {"head_dim":8,"original_max_position_embeddings":16,"partial_rotary_factor":0.5,
                 "rope_scaling":{"type":"longrope","short_factor":[1,2],"long_factor":[1,4]}}"""));
        assertThat(rotary(config).dims()).isEqualTo(4);
        assertThat(rotary(config).inverseFrequencies(16)).containsExactly(1f, 0.005f);
        assertThat(rotary(config).inverseFrequencies(17)).containsExactly(1f, 0.0025f);
        assertThat(config.contextRotatedLike(17, 5)).isEqualTo(17);
        assertThat(config.contextRotatedLike(32, 20)).isEqualTo(20);
        assertThat(config.contextRotatedLike(16, 5)).isEqualTo(5);
        assertThat(parse(TestModels.config(Architecture.PHI3)).contextRotatedLike(32, 5)).isEqualTo(5);
        // sqrt(1 + ln(32 / 16) / ln(16)) = sqrt(1 + 1 / 4)
        assertThat(rotary(config).scaling().magnitude()).isEqualTo(Math.sqrt(1.25));
        assertThat(config.notes()).singleElement()
            .satisfies((note) -> assertThat(note.problem()).contains("more than 16 tokens"));
    }

    @Test
    void granite4IsReadWhereItIsDense() {
        ModelConfig config = parse(with(TestModels.config(Architecture.GRANITE_HYBRID), """
                {"intermediate_size":77,"position_embedding_type":"rope","attention_multiplier":0.5}"""));
        assertThat(config.intermediateSize()).isEqualTo(12);
        assertThat(config.variant().attentionScale()).isEqualTo(0.5);
        assertThat(rotary(config).dims()).isEqualTo(2);
        assertThat(rotary(parse(TestModels.config(Architecture.GRANITE_HYBRID)))).isEqualTo(RotaryEmbedding.none());
        assertRefused(with(TestModels.config(Architecture.GRANITE_HYBRID), "{\"num_local_experts\":64}"),
                "a mixture of experts is not supported");
        assertRefused(
                with(TestModels.config(Architecture.GRANITE_HYBRID), "{\"layer_types\":[\"attention\",\"mamba\"]}"),
                "a layer of the type mamba in layer_types is not supported");
        assertRefused(with(TestModels.config(Architecture.GRANITE_HYBRID), "{\"layer_types\":null}"),
                "a layer of the type mamba in layer_types is not supported");
    }

    /* Qwen's and SmolLM's documentation adds rope_scaling and leaves the rest. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "QWEN2 | {\"type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":32} | 128",
            "QWEN2 | {\"type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":8} | 32",
            "QWEN2 | {\"type\":\"yarn\",\"factor\":0.5,\"original_max_position_embeddings\":32} | 32",
            "QWEN2 | {\"type\":\"yarn\",\"factor\":4.0} | 32",
            "QWEN2 | {\"type\":\"linear\",\"factor\":4.0,\"original_max_position_embeddings\":32} | 32",
            "OLMO3 | {\"type\":\"yarn\",\"factor\":3.0,\"original_max_position_embeddings\":32} | 96",
            "QWEN3 | {\"type\":\"yarn\",\"factor\":1e30,\"original_max_position_embeddings\":32} | 2147483647" })
    void yarnReachesAsFarAsItStretchesTheOriginalContext(Architecture architecture, String scaling, int context) {
        ModelConfig config = parse(
                with(TestModels.config(architecture), "{\"sliding_window\":40,\"rope_scaling\":" + scaling + "}"));
        assertThat(config.contextTokens()).isEqualTo(context);
        assertThat(config.slidingWindow().orElse(0)).isEqualTo((architecture == Architecture.OLMO3) ? 40 : 0);
    }

    @Test
    void queriesOfMinistral3GrowInSteps() {
        ModelConfig config = parse(with(TestModels.config(Architecture.MINISTRAL3), """
                {"rope_parameters":{"type":"yarn","rope_theta":1000000.0,"factor":2.0,
                 "original_max_position_embeddings":16,"mscale":1.0,"mscale_all_dim":1.0,
                 "llama_4_scaling_beta":0.1}}"""));
        RotaryEmbedding.QueryGrowth growth = rotary(config).queryGrowth().orElseThrow();
        assertThat(growth.at(15)).isEqualTo(1);
        assertThat(growth.at(16)).isEqualTo((float) (1 + 0.1 * Math.log(2)));
        assertThat(growth.at(31)).isEqualTo(growth.at(16));
        assertThat(rotary(config).scaling().magnitude()).isEqualTo(1);
    }

    @Test
    void thePartForTextOfAModelForImagesIsRead() {
        ModelConfig config = parse(TestModels.object("""
                {"architectures":["Gemma3ForConditionalGeneration"],"model_type":"gemma3","eos_token_id":[1,106],
                 "torch_dtype":"bfloat16","text_config":{"model_type":"gemma3_text","hidden_size":2560,
                 "intermediate_size":10240,"num_hidden_layers":34,"sliding_window":1024,
                 "rope_scaling":{"factor":8.0,"rope_type":"linear"}},"vision_config":{"hidden_size":1152}}"""));
        assertThat(config.architecture()).isEqualTo(Architecture.GEMMA3);
        assertThat(config.heads()).isEqualTo(8);
        assertThat(config.keyValueHeads()).isEqualTo(4);
        assertThat(config.headDim()).isEqualTo(256);
        assertThat(config.vocabularySize()).isEqualTo(262_208);
        assertThat(config.maxPositions()).isEqualTo(131_072);
        assertThat(config.tieWordEmbeddings()).isTrue();
        assertThat(config.bosTokenId()).hasValue(2);
        assertThat(config.eosTokenIds()).containsExactly(1, 106);
        assertThat(config.dtype()).hasValue(TensorType.BF16);
        assertThat(config.layerKinds().get(5).rotary())
            .isEqualTo(new RotaryEmbedding(1_000_000, 256, new RopeScaling.Linear(8)));
        assertThat(config.layerKinds().get(4))
            .isEqualTo(new LayerKind(new RotaryEmbedding(10_000, 256, new RopeScaling.None()), OptionalInt.of(1024)));
        assertRefused(TestModels.object("""
                {"architectures":["Gemma3ForConditionalGeneration"],"text_config":{"model_type":"mamba2"}}"""),
                "the model_type mamba2 is not supported");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "GRANITE | {\"logits_scaling\":0} | the scale of logits must be positive and finite",
            "GRANITE | {\"attention_multiplier\":-1} | the scale of attention must be positive and finite, was -1.0",
            "MINICPM | {\"dim_model_base\":0} | dim_model_base must be at least 1, was 0",
            "SMOLLM3 | {\"no_rope_layer_interval\":0} | no_rope_layer_interval must be at least 1, was 0",
            "SMOLLM3 | {\"no_rope_layers\":[1]} | no_rope_layers must have a number for each of 2 layers, had 1",
            "PHI3 | {\"partial_rotary_factor\":0.75,\"head_dim\":4} | the rotated part of a head must be even",
            "GEMMA2 | {\"final_logit_softcapping\":-30} | final_logit_softcapping must be positive and finite",
            "GEMMA2 | {\"hidden_activation\":\"gelu\"} | hidden_activation gelu is not supported",
            "GEMMA3 | {\"sliding_window_pattern\":0} | sliding_window_pattern must be at least 1, was 0",
            "GEMMA3 | {\"use_bidirectional_attention\":true} | use_bidirectional_attention true is not supported",
            "MISTRAL | {\"sliding_window\":0} | sliding_window must be at least 1, was 0" })
    void readWhenAFieldOfAFamilyIsWrongNamesIt(Architecture architecture, String fields, String expected) {
        assertRefused(with(TestModels.config(architecture), fields), expected);
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
