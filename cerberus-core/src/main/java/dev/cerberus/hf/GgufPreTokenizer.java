package dev.cerberus.hf;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a byte-level BPE tokenizer cuts a text into words before it merges bytes, by the
 * names that GGUF files use.
 */
// the collections are those of Set.of and List.of
@SuppressWarnings("ImmutableEnumChecker")
enum GgufPreTokenizer {

    /*
     * The patterns are those of the models' own tokenizer.json where they are known, and
     * else those that llama.cpp uses for the name.
     */

    /** GPT-2's words, which the byte-level step knows by itself. */
    GPT2(Set.of("gpt-2", "gpt2", "phi-2"), List.of(), true),
    /** GPT-2's words after each digit stands alone. */
    SINGLE_DIGITS(Set.of("smollm", "starcoder", "refact", "codeshell", "command-r"), List.of("\\p{N}"), true),
    /** Llama 3. */
    LLAMA3(Set.of("llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral"),
            List.of(Patterns.CONTRACTIONS + "|\\p{N}{1,3}" + Patterns.REST), false),
    /** Llama 3's without a BOS before a text: what SmolLM3's files say. */
    SMAUG(Set.of("smaug-bpe"), List.of(Patterns.CONTRACTIONS + "|\\p{N}{1,3}" + Patterns.REST), false),
    /** OpenAI's cl100k, in OLMo 2 and Granite 4. */
    CL100K(Set.of("dbrx"), List.of(Patterns.CONTRACTIONS + "|\\p{N}{1,3}" + Patterns.REST), false),
    /** OpenAI's o200k, in Phi-4-mini. */
    O200K(Set.of("gpt-4o"),
            List.of(Patterns.LOWER + Patterns.ENDING + "|" + Patterns.UPPER + Patterns.ENDING + "|\\p{N}{1,3}"
                    + Patterns.REST_WITH_SLASH),
            false),
    /** Qwen 2 to 3. */
    QWEN2(Set.of("qwen2", "deepseek-r1-qwen"), List.of(Patterns.CONTRACTIONS + "|\\p{N}" + Patterns.REST), false),
    /** Mistral Nemo and later. */
    TEKKEN(Set.of("tekken"), List.of(Patterns.CASES), false),
    /** What llama.cpp does with files that do not say what they need. */
    DEFAULT(Set.of("default"), List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Patterns.GPT2, "\\p{N}+", "[0-9][0-9][0-9]"),
            false);

    private final Set<String> names;

    private final List<String> splits;

    private final boolean gpt2Words;

    GgufPreTokenizer(Set<String> names, List<String> splits, boolean gpt2Words) {
        this.names = names;
        this.splits = splits;
        this.gpt2Words = gpt2Words;
    }

    static Optional<GgufPreTokenizer> of(String name) {
        return Arrays.stream(values())
            .filter((value) -> value.names.contains(name.toLowerCase(Locale.ROOT)))
            .findFirst();
    }

    static String known() {
        Set<String> names = new TreeSet<>();
        Arrays.stream(values()).forEach((value) -> names.addAll(value.names));
        return String.join(", ", names);
    }

    /** Patterns whose matches become words of their own, applied one after another. */
    List<String> splits() {
        return this.splits;
    }

    /** Whether GPT-2's words are cut in the end. */
    boolean gpt2Words() {
        return this.gpt2Words;
    }

    /** Whether a word that is in the vocabulary is taken without merging. */
    boolean ignoresMerges() {
        return this == LLAMA3 || this == SMAUG || this == TEKKEN;
    }

    /** Whether the text is brought into Unicode's composed form first. */
    boolean composes() {
        return this == QWEN2;
    }

    /** Whether a text begins with BOS unless the file says otherwise. */
    boolean beginsWithBos() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /** The pieces of patterns, in a holder because enum constants come first. */
    private static final class Patterns {

        static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";

        static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

        static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";

        static final String LOWER = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
                + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+";

        static final String UPPER = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
                + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*";

        static final String ENDING = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

        static final String REST_WITH_SLASH = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

        static final String CASES = LOWER + "|" + UPPER + "|\\p{N}" + REST_WITH_SLASH;

        private Patterns() {
        }

    }

}
