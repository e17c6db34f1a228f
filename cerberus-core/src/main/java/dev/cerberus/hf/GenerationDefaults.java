package dev.cerberus.hf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.DoublePredicate;

/**
 * What {@code generation_config.json} recommends for decoding; each value may be absent.
 * Immutable.
 *
 * <p>
 * A recommendation that makes no sense is left out, with a note: it is no reason not to
 * load a model. A wrong end-of-sequence token is one.
 *
 * @param eosTokenIds tokens that end an answer; empty if the file names none
 * @param bosTokenId token that begins a text, 0 or more
 * @param padTokenId token that fills a batch, 0 or more
 * @param doSample whether to sample rather than to take the most likely token
 * @param temperature sampling temperature, in 0..100
 * @param topK number of most likely tokens to sample from, at least 1
 * @param topP probability mass to sample from, in (0, 1]
 * @param minP least share of the most likely token's probability, in 0..1
 * @param repetitionPenalty penalty of tokens that the text holds already, in (0, 10]
 * @param notes what a user should know, one sentence each
 */
public record GenerationDefaults(List<Integer> eosTokenIds, OptionalInt bosTokenId, OptionalInt padTokenId,
        Optional<Boolean> doSample, OptionalDouble temperature, OptionalInt topK, OptionalDouble topP,
        OptionalDouble minP, OptionalDouble repetitionPenalty, List<String> notes) {

    /** The file in a model directory that this is read from. */
    public static final String FILE_NAME = "generation_config.json";

    public GenerationDefaults {
        eosTokenIds = List.copyOf(eosTokenIds);
        notes = List.copyOf(notes);
        for (int token : eosTokenIds) {
            if (token < 0) {
                throw new IllegalArgumentException("eos_token_id must be 0 or more, was " + token);
            }
        }
    }

    /** No recommendation at all. */
    public static GenerationDefaults none() {
        return new GenerationDefaults(List.of(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(),
                OptionalDouble.empty(), OptionalInt.empty(), OptionalDouble.empty(), OptionalDouble.empty(),
                OptionalDouble.empty(), List.of());
    }

    /**
     * Reads {@code generation_config.json} of a model directory.
     * @param directory the model directory
     * @return what the file recommends, or {@link #none()} if there is no such file
     * @throws ModelFileException if the file is damaged or its end-of-sequence tokens are
     * out of range
     */
    public static GenerationDefaults read(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        return Files.exists(file) ? read(JsonFile.read(file)) : none();
    }

    /** Reads fields in the form of {@code generation_config.json}. */
    static GenerationDefaults read(JsonFile json) {
        return new Reader(json).read();
    }

    /**
     * Whether the authors want answers to be sampled.
     * @return {@code false} also where the file does not say
     */
    public boolean sampled() {
        return this.doSample.orElse(false) && this.temperature.orElse(1) > 0;
    }

    /** Reads one file and collects what is odd. */
    private static final class Reader {

        private final JsonFile json;

        private final List<String> notes = new ArrayList<>();

        Reader(JsonFile json) {
            this.json = json;
        }

        GenerationDefaults read() {
            Optional<Boolean> doSample = flag("do_sample");
            // published files write 0 or -1 for "all tokens" and -1 for "no padding"
            OptionalInt topK = token("top_k", 1);
            OptionalDouble temperature = number("temperature", "in 0..100", (value) -> value >= 0 && value <= 100);
            OptionalDouble topP = number("top_p", "in (0, 1]", (value) -> value > 0 && value <= 1);
            OptionalDouble repetitionPenalty = number("repetition_penalty", "in (0, 10]",
                    (value) -> value > 0 && value <= 10);
            OptionalDouble minP = number("min_p", "in 0..1", (value) -> value >= 0 && value <= 1);
            try {
                return new GenerationDefaults(this.json.integers("eos_token_id"), token("bos_token_id", 0),
                        token("pad_token_id", 0), doSample, temperature, topK, topP, minP, repetitionPenalty,
                        this.notes);
            }
            catch (IllegalArgumentException ex) {
                throw this.json.invalid(String.valueOf(ex.getMessage()), ex);
            }
        }

        private Optional<Boolean> flag(String field) {
            try {
                return this.json.has(field) ? Optional.of(this.json.bool(field, false)) : Optional.empty();
            }
            catch (ModelFileException ex) {
                ignored(ex.problem());
                return Optional.empty();
            }
        }

        private OptionalInt token(String field, int least) {
            try {
                OptionalInt value = this.json.integer(field);
                return (value.orElse(least) < least) ? OptionalInt.empty() : value;
            }
            catch (ModelFileException ex) {
                ignored(ex.problem());
                return OptionalInt.empty();
            }
        }

        private OptionalDouble number(String field, String range, DoublePredicate allowed) {
            try {
                OptionalDouble value = this.json.number(field);
                if (value.isEmpty() || allowed.test(value.getAsDouble())) {
                    return value;
                }
                ignored("the field " + field + " must be " + range + ", was " + value.getAsDouble());
            }
            catch (ModelFileException ex) {
                ignored(ex.problem());
            }
            return OptionalDouble.empty();
        }

        private void ignored(String problem) {
            this.notes.add("A recommendation in " + this.json.file() + " is ignored: " + problem);
        }

    }

}
