package dev.cerberus.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;

/**
 * Small models that write a given text, whatever they are asked: each token has one
 * successor. Written as Hugging Face directories with a tokenizer of single characters
 * and a ChatML template.
 *
 * <p>
 * Not thread-safe: one builder per model.
 */
public final class ChainModels {

    /** Tokens of the vocabulary, special ones included. */
    public static final int VOCABULARY = 104;

    /** Special tokens beyond {@code <unk>}, {@code <s>} and {@code </s>}. */
    public static final List<String> SPECIAL = List.of("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool_call>");

    /** Id of the first of {@link #SPECIAL}, {@code <|im_start|>}. */
    public static final int IM_START = 98;

    /** Id of {@code <|im_end|>}. */
    public static final int IM_END = 99;

    /** Id of {@code <|endoftext|>}. */
    public static final int END_OF_TEXT = 100;

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final int FIRST_CHARACTER = 3;

    private static final String TEMPLATE = "{% for m in messages %}<|im_start|>{{ m['role'] }}:{{ m['content'] }}"
            + "<|im_end|>{% endfor %}{% if add_generation_prompt %}<|im_start|>~{% endif %}";

    private final Path directory;

    private final float[][] output = new float[VOCABULARY][VOCABULARY]; // [vocab, hidden]

    private final ObjectNode config;

    private final ObjectNode tokenizer = MAPPER.createObjectNode();

    private final ObjectNode tokenizerConfig = MAPPER.createObjectNode();

    private String outputName = "lm_head.weight";

    private String prefix = "model.";

    private ChainModels(Path directory) {
        this.directory = directory;
        this.config = MAPPER.createObjectNode()
            .put("model_type", "llama")
            .put("hidden_size", VOCABULARY)
            .put("intermediate_size", 4)
            .put("num_hidden_layers", 1)
            .put("num_attention_heads", 4)
            .put("num_key_value_heads", 2)
            .put("vocab_size", VOCABULARY)
            .put("max_position_embeddings", 256)
            .put("rms_norm_eps", 1e-5)
            .put("eos_token_id", END_OF_TEXT);
        this.tokenizerConfig.put("chat_template", TEMPLATE);
        for (int token = 0; token < VOCABULARY; token++) {
            this.output[END_OF_TEXT][token] = 1; // where nothing else follows
        }
        writeTokenizer();
    }

    /**
     * Begins a model.
     * @param directory where it is written, an existing directory
     * @return the builder; a model of no text ends at once
     */
    public static ChainModels in(Path directory) {
        return new ChainModels(directory);
    }

    /**
     * Returns the id of a character or special token.
     * @param token the text of one token
     * @return its id
     */
    public static int id(String token) {
        int special = SPECIAL.indexOf(token);
        return (special >= 0) ? IM_START + special : token.charAt(0) - ' ' + FIRST_CHARACTER;
    }

    /**
     * Lets one token follow another.
     * @param before the token before
     * @param after the token after
     * @param score how much it is preferred; 10 unless several compete
     * @return this builder
     */
    public ChainModels follow(int before, int after, float score) {
        this.output[after][before] = score;
        return this;
    }

    /**
     * Lets the model answer a conversation with these tokens.
     * @param tokens characters and special tokens, none twice
     * @return this builder
     */
    public ChainModels answers(String... tokens) {
        int before = id("~"); // ends the generation prompt
        for (String token : tokens) {
            follow(before, id(token), 10);
            before = id(token);
        }
        return this;
    }

    /**
     * Returns {@code config.json}, to be changed.
     * @return the configuration
     */
    public ObjectNode config() {
        return this.config;
    }

    /**
     * Returns {@code tokenizer.json}, to be changed.
     * @return the tokenizer
     */
    public ObjectNode tokenizer() {
        return this.tokenizer;
    }

    /**
     * Returns {@code tokenizer_config.json}, to be changed.
     * @return the settings
     */
    public ObjectNode tokenizerConfig() {
        return this.tokenizerConfig;
    }

    /**
     * Returns the output projection, to be changed.
     * @return [vocab, hidden]
     */
    public float[][] output() {
        return this.output;
    }

    /**
     * Sets how tensors are named.
     * @param newPrefix what stands before the names, {@code model.} by default
     * @param newOutputName the name of the output projection
     * @return this builder
     */
    public ChainModels named(String newPrefix, String newOutputName) {
        this.prefix = newPrefix;
        this.outputName = newOutputName;
        return this;
    }

    /**
     * Adds a file.
     * @param name its name
     * @param content its text
     * @return this builder
     */
    public ChainModels file(String name, String content) {
        try {
            Files.writeString(this.directory.resolve(name), content);
            return this;
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void writeTokenizer() {
        ArrayNode added = this.tokenizer.put("version", "1.0").putArray("added_tokens");
        Map<String, Integer> vocabulary = new LinkedHashMap<>(Map.of("<unk>", 0, "<s>", 1, "</s>", 2));
        for (char c = ' '; c <= '}'; c++) {
            vocabulary.put(String.valueOf(c), c - ' ' + FIRST_CHARACTER);
        }
        vocabulary.put("~", id("~"));
        List<String> special = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        SPECIAL.forEach((token) -> vocabulary.put(token, id(token)));
        special.addAll(SPECIAL);
        special.forEach((token) -> added.addObject()
            .put("id", vocabulary.get(token))
            .put("content", token)
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", !token.equals("<tool_call>")));
        this.tokenizer.putObject("decoder").put("type", "Fuse");
        ObjectNode model = this.tokenizer.putObject("model").put("type", "BPE").put("unk_token", "<unk>");
        model.putArray("merges");
        ObjectNode ids = model.putObject("vocab");
        vocabulary.forEach(ids::put);
    }

    /**
     * Writes the model.
     * @return the directory
     */
    public Path write() {
        file("config.json", this.config.toString());
        file("tokenizer.json", this.tokenizer.toString());
        file("tokenizer_config.json", this.tokenizerConfig.toString());
        int hidden = VOCABULARY;
        int keys = hidden / 2;
        SafetensorsWriter weights = new SafetensorsWriter();
        String layer = this.prefix + "layers.0.";
        boolean tied = this.config.path("tie_word_embeddings").asBoolean();
        if (!tied) {
            float[] identity = new float[VOCABULARY * hidden];
            for (int i = 0; i < VOCABULARY; i++) {
                identity[i * hidden + i] = 1;
            }
            weights.add(this.prefix + "embed_tokens.weight", TensorType.F32, new long[] { VOCABULARY, hidden },
                    identity);
        }
        float[] rows = new float[VOCABULARY * hidden];
        for (int i = 0; i < VOCABULARY; i++) {
            System.arraycopy(this.output[i], 0, rows, i * hidden, hidden);
        }
        weights.add(this.outputName, TensorType.F32, new long[] { VOCABULARY, hidden }, rows);
        for (String norm : List.of("layers.0.input_layernorm", "layers.0.post_attention_layernorm", "norm")) {
            float[] ones = new float[hidden];
            Arrays.fill(ones, 1);
            weights.add(this.prefix + norm + ".weight", TensorType.F32, new long[] { hidden }, ones);
        }
        Map<String, int[]> zeros = new LinkedHashMap<>();
        zeros.put("self_attn.q_proj", new int[] { hidden, hidden });
        zeros.put("self_attn.k_proj", new int[] { keys, hidden });
        zeros.put("self_attn.v_proj", new int[] { keys, hidden });
        zeros.put("self_attn.o_proj", new int[] { hidden, hidden });
        zeros.put("mlp.gate_proj", new int[] { 4, hidden });
        zeros.put("mlp.up_proj", new int[] { 4, hidden });
        zeros.put("mlp.down_proj", new int[] { hidden, 4 });
        zeros.forEach((name, shape) -> weights.add(layer + name + ".weight", TensorType.F32,
                new long[] { shape[0], shape[1] }, new float[shape[0] * shape[1]]));
        weights.write(this.directory.resolve("model.safetensors"));
        return this.directory;
    }

}
