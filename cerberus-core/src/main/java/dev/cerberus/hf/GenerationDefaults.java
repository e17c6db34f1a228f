package dev.cerberus.hf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What {@code generation_config.json} recommends for decoding; each value may be absent.
 * Immutable.
 *
 * @param eosTokenIds tokens that end an answer; empty if the file names none
 * @param bosTokenId token that begins a text
 * @param padTokenId token that fills a batch
 * @param doSample whether to sample rather than to take the most likely token
 * @param temperature sampling temperature, at least 0
 * @param topK number of most likely tokens to sample from, at least 1
 * @param topP probability mass to sample from, in (0, 1]
 */
public record GenerationDefaults(List<Integer> eosTokenIds, OptionalInt bosTokenId, OptionalInt padTokenId,
        Optional<Boolean> doSample, OptionalDouble temperature, OptionalInt topK, OptionalDouble topP) {

    /** The file in a model directory that this is read from. */
    public static final String FILE_NAME = "generation_config.json";

    public GenerationDefaults {
        eosTokenIds = List.copyOf(eosTokenIds);
        for (int token : eosTokenIds) {
            requireToken("eos_token_id", token);
        }
        if (bosTokenId.isPresent()) {
            requireToken("bos_token_id", bosTokenId.getAsInt());
        }
        if (padTokenId.isPresent()) {
            requireToken("pad_token_id", padTokenId.getAsInt());
        }
        if (temperature.isPresent() && !(temperature.getAsDouble() >= 0 && temperature.getAsDouble() < 1000)) {
            throw new IllegalArgumentException("temperature must be in [0, 1000), was " + temperature.getAsDouble());
        }
        if (topK.isPresent() && topK.getAsInt() < 1) {
            throw new IllegalArgumentException("top_k must be at least 1, was " + topK.getAsInt());
        }
        if (topP.isPresent() && !(topP.getAsDouble() > 0 && topP.getAsDouble() <= 1)) {
            throw new IllegalArgumentException("top_p must be in (0, 1], was " + topP.getAsDouble());
        }
    }

    private static void requireToken(String field, int token) {
        if (token < 0) {
            throw new IllegalArgumentException(field + " must be 0 or more, was " + token);
        }
    }

    /** No recommendation at all. */
    public static GenerationDefaults none() {
        return new GenerationDefaults(List.of(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(),
                OptionalDouble.empty(), OptionalInt.empty(), OptionalDouble.empty());
    }

    /**
     * Reads {@code generation_config.json} of a model directory.
     * @param directory the model directory
     * @return what the file recommends, or {@link #none()} if there is no such file
     * @throws ModelFileException if the file is damaged or a value is out of range
     */
    public static GenerationDefaults read(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return none();
        }
        JsonFile json = JsonFile.read(file);
        // published files write 0 or -1 for "all tokens" and -1 for "no padding"
        OptionalInt topK = json.integer("top_k");
        OptionalInt pad = json.integer("pad_token_id");
        try {
            return new GenerationDefaults(json.integers("eos_token_id"), json.integer("bos_token_id"),
                    (pad.orElse(0) < 0) ? OptionalInt.empty() : pad,
                    json.has("do_sample") ? Optional.of(json.bool("do_sample", false)) : Optional.empty(),
                    json.number("temperature"), (topK.orElse(1) < 1) ? OptionalInt.empty() : topK,
                    json.number("top_p"));
        }
        catch (IllegalArgumentException ex) {
            throw json.invalid(String.valueOf(ex.getMessage()), ex);
        }
    }

}
