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
    SINGLE_DIGITS(Set.of("smollm", "starcoder", "refact", "codeshell"), List.of("\\p{N}"), true),
    /** The same words of a composed text, in Command R. */
    COMMAND_R(Set.of("command-r"), List.of("\\p{N}"), true),
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
    /** DeepSeek Coder, the first one. */
    DEEPSEEK_CODER(Set.of("deepseek-coder"),
            List.of(Patterns.LINE_END, "\\s?\\p{L}+", "\\s?\\p{P}+", Patterns.CHINESE_OR_KOREAN, "\\p{N}"), false),
    /** DeepSeek LLM, the first one. */
    DEEPSEEK_LLM(Set.of("deepseek-llm"),
            List.of(Patterns.LINE_END, "\\s?[" + Patterns.CASED + "]+",
                    "\\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+", "\\s+$",
                    Patterns.CHINESE_OR_KOREAN, "\\p{N}"),
            false),
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
        return this == QWEN2 || this == COMMAND_R;
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

        static final String LINE_END = "[\\r\\n]";

        /** Letters of some scripts, as the file of DeepSeek LLM lists them. */
        static final String CASED = "A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293"
                + "\u0295-\u02AF\u0370-\u0373\u0376\u0377\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C"
                + "\u038E-\u03A1\u03A3-\u03F5\u03F7-\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5"
                + "\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77"
                + "\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59"
                + "\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC"
                + "\u1FD0-\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107"
                + "\u210A-\u2113\u2115\u2119-\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139"
                + "\u213C-\u213F\u2145-\u2149\u214E\u2183\u2184\u2C00-\u2C7B\u2C7E-\u2CE4\u2CEB-\u2CEE"
                + "\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E"
                + "\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A\uFF41-\uFF5A"
                + "\uD801\uDC00-\uD801\uDC4F\uD801\uDCB0-\uD801\uDCD3\uD801\uDCD8-\uD801\uDCFB"
                + "\uD803\uDC80-\uD803\uDCB2\uD803\uDCC0-\uD803\uDCF2\uD806\uDCA0-\uD806\uDCDF"
                + "\uD83A\uDD00-\uD83A\uDD43";

        static final String CHINESE_OR_KOREAN = "[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+";

        private Patterns() {
        }

    }

}
