package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A model in one GGUF file: configuration, tokenizer, chat template and weights. Holds no
 * open file. Immutable and thread-safe.
 */
public final class GgufModel {

    /** What the names of such files end with. */
    public static final String SUFFIX = GgufFile.SUFFIX;

    private static final String TEMPLATE = "tokenizer.chat_template";

    private static final String TOOL_TEMPLATE = TEMPLATE + ".tool_use";

    private static final String SAMPLING = "general.sampling.";

    /** What the keys are called in generation_config.json. */
    private static final Map<String, String> RECOMMENDED = Map.of("temp", "temperature", "top_k", "top_k", "top_p",
            "top_p", "min_p", "min_p", "penalty_repeat", "repetition_penalty");

    private final GgufFile file;

    private final ModelConfig config;

    private final GgufSpecialTokens special;

    private GgufModel(GgufFile file, ModelConfig config) {
        this.file = file;
        this.config = config;
        this.special = GgufSpecialTokens.of(file.metadata());
    }

    /**
     * Reads the header of a file.
     * @param file the GGUF file, of version 2 or 3
     * @return the model
     * @throws ModelFileException if the file is missing, damaged, a part of a split file,
     * or holds something else than a model of a supported architecture
     */
    public static GgufModel open(Path file) {
        GgufFile gguf = GgufFile.open(file);
        return new GgufModel(gguf, GgufConfig.of(gguf).read());
    }

    /** The file this was read from. */
    public Path file() {
        return this.file.file();
    }

    /** The model's configuration. */
    public ModelConfig config() {
        return this.config;
    }

    /**
     * Writes the tokenizer as a Hugging Face {@code tokenizer.json}.
     * @return the text in UTF-8, a fresh array
     * @throws ModelFileException if the file holds no tokenizer, a damaged one, or one of
     * a kind that is not supported
     */
    public byte[] tokenizerJson() {
        return GgufTokenizer.json(this.file.metadata());
    }

    /** The kind of tokenizer as the file names it; empty if it holds none. */
    public Optional<String> tokenizerKind() {
        return Optional.of(GgufTokenizer.kind(this.file.metadata())).filter((kind) -> !kind.isEmpty());
    }

    /**
     * What the model's authors recommend for decoding, as far as the file says so.
     * Whether they want answers to be sampled has no key; they do where they say how.
     */
    GenerationDefaults generation() {
        ObjectNode json = JsonFile.MAPPER.createObjectNode();
        RECOMMENDED.forEach((key, field) -> {
            if (key.equals("top_k")) {
                this.file.metadata().integer(SAMPLING + key).ifPresent((value) -> json.put(field, value));
            }
            else {
                // what was meant where a number was rounded to 32 bits
                this.file.metadata()
                    .number(SAMPLING + key)
                    .ifPresent((value) -> json.put(field, Double.parseDouble(Float.toString((float) value))));
            }
        });
        if (json.has("temperature") || json.has("top_k") || json.has("top_p") || json.has("min_p")) {
            json.put("do_sample", true);
        }
        return GenerationDefaults.read(JsonFile.parse(file(), json.toString()));
    }

    /** The chat template, as Jinja. */
    public Optional<String> chatTemplate() {
        return this.file.metadata().text(TEMPLATE);
    }

    /** The chat template for conversations with tools, if that is another one. */
    public Optional<String> toolTemplate() {
        return this.file.metadata().text(TOOL_TEMPLATE);
    }

    /** The text of the token that begins a text. */
    public Optional<String> bosToken() {
        return token(this.special.bos());
    }

    /** The text of the token that ends a text. */
    public Optional<String> eosToken() {
        return token(this.special.eos());
    }

    private Optional<String> token(OptionalInt id) {
        return id.isEmpty() ? Optional.empty()
                : Optional.of(this.file.metadata().texts(GgufSpecialTokens.TOKENS).get(id.getAsInt()));
    }

    /**
     * Opens the weights, without checking that they fit the configuration.
     * @return the open checkpoint; the caller closes it
     * @throws ModelFileException if a tensor is of a type that is not read
     */
    public Checkpoint openCheckpoint() {
        return Checkpoint.open(this.file);
    }

}
