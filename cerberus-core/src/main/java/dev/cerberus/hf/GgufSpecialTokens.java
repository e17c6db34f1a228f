package dev.cerberus.hf;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokens that the metadata of a GGUF file gives a meaning. Immutable.
 *
 * @param bos token that begins a text, if there is one
 * @param eos token that ends a text, if there is one
 * @param unknown token for what is not in the vocabulary, if there is one
 * @param padding token that fills a batch, if there is one
 * @param ends all tokens that end an answer, none twice
 */
record GgufSpecialTokens(OptionalInt bos, OptionalInt eos, OptionalInt unknown, OptionalInt padding,
        List<Integer> ends) {

    /** The key of all tokens' texts. */
    static final String TOKENS = "tokenizer.ggml.tokens";

    /** The key of all tokens' types. */
    static final String TYPES = "tokenizer.ggml.token_type";

    /** The type of tokens that steer and are never text. */
    static final int CONTROL = 3;

    private static final String PREFIX = "tokenizer.ggml.";

    /**
     * Ends of turns and of texts by their usual names. The keys name three at most, and
     * the converter of llama.cpp writes that of the end of a text alone; llama.cpp ends
     * an answer at all of these.
     */
    private static final Set<String> ENDS = Set.of("<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<end_of_turn>",
            "<|endoftext|>", "<|end_of_text|>");

    GgufSpecialTokens {
        ends = List.copyOf(ends);
    }

    static GgufSpecialTokens of(GgufMetadata metadata) {
        List<String> tokens = metadata.texts(TOKENS);
        OptionalInt eos = token(metadata, "eos_token_id", tokens.size());
        Set<Integer> ends = new LinkedHashSet<>();
        eos.ifPresent(ends::add);
        token(metadata, "eot_token_id", tokens.size()).ifPresent(ends::add);
        token(metadata, "eom_token_id", tokens.size()).ifPresent(ends::add);
        int[] types = metadata.integers(TYPES);
        for (int id = 0; id < Math.min(types.length, tokens.size()); id++) {
            if (types[id] == CONTROL && ENDS.contains(tokens.get(id))) {
                ends.add(id);
            }
        }
        return new GgufSpecialTokens(token(metadata, "bos_token_id", tokens.size()), eos,
                token(metadata, "unknown_token_id", tokens.size()), token(metadata, "padding_token_id", tokens.size()),
                new ArrayList<>(ends));
    }

    // files write all ones where there is no such token
    private static OptionalInt token(GgufMetadata metadata, String key, int size) {
        long id = metadata.longInteger(PREFIX + key).orElse(-1);
        return (id >= 0 && id < size) ? OptionalInt.of((int) id) : OptionalInt.empty();
    }

}
