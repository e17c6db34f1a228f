package dev.cerberus.text;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tokens at the beginning and end of a text, as the settings of a tokenizer want
 * them. Immutable and thread-safe.
 */
final class TextEnds {

    private final TokenizerSettings settings;

    private final OptionalInt bos;

    private final Optional<String> eosToken;

    private final OptionalInt eos;

    /**
     * Creates the rule of a tokenizer.
     * @param settings what is wanted
     * @param file the vocabulary
     */
    TextEnds(TokenizerSettings settings, TokenizerFile file) {
        this.settings = settings;
        this.bos = id(settings.bosToken(), file);
        this.eosToken = settings.eosToken();
        this.eos = id(this.eosToken, file);
    }

    private static OptionalInt id(Optional<String> token, TokenizerFile file) {
        Integer id = token.map(file.ids()::get).orElse(null);
        return (id != null) ? OptionalInt.of(id) : OptionalInt.empty();
    }

    TokenizerSettings settings() {
        return this.settings;
    }

    /**
     * Returns whether the settings decide alone, whatever the post-processor would add.
     */
    boolean replacePostProcessor() {
        return this.bos.isPresent() && this.settings.addBosToken().isPresent();
    }

    /**
     * Adds what the settings say, and takes away what a post-processor should not have
     * added at the end; what the text itself begins or ends with stays.
     */
    int[] apply(int[] ids, String text) {
        int[] result = ids;
        if (replacePostProcessor() && this.settings.addBosToken().get()) {
            boolean there = result.length > 0 && result[0] == this.bos.getAsInt();
            if (!there) {
                int[] longer = new int[result.length + 1];
                longer[0] = this.bos.getAsInt();
                System.arraycopy(result, 0, longer, 1, result.length);
                result = longer;
            }
        }
        if (this.eos.isPresent() && this.settings.addEosToken().isPresent()) {
            boolean there = result.length > 0 && result[result.length - 1] == this.eos.getAsInt();
            if (this.settings.addEosToken().get() && !there) {
                result = Arrays.copyOf(result, result.length + 1);
                result[result.length - 1] = this.eos.getAsInt();
            }
            else if (!this.settings.addEosToken().get() && there && !text.endsWith(this.eosToken.orElse(""))) {
                result = Arrays.copyOf(result, result.length - 1);
            }
        }
        return result;
    }

}
