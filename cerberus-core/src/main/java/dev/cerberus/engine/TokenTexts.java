package dev.cerberus.engine;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cerberus.text.TextTokenizer;

/**
 * The texts of single tokens, read from the tokenizer when they are first asked for.
 * Thread-safe.
 */
final class TokenTexts {

    private final TextTokenizer tokenizer;

    private byte @Nullable [][] pieces; // guarded by this

    private boolean read; // guarded by this

    TokenTexts(TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Returns the bytes that each token adds to a text, if tokens are pieces of it. */
    synchronized Optional<byte[][]> pieces() {
        if (!this.read) {
            this.pieces = this.tokenizer.pieces().orElse(null);
            this.read = true;
        }
        return Optional.ofNullable(this.pieces);
    }

    /** Returns the bytes of a token; of a special one its name. */
    byte[] of(int token) {
        Optional<String> special = this.tokenizer.specialToken(token);
        if (special.isPresent()) {
            return special.get().getBytes(StandardCharsets.UTF_8);
        }
        return pieces().map((all) -> (token < all.length) ? all[token] : new byte[0])
            .orElseGet(() -> this.tokenizer.decode(new int[] { token }).getBytes(StandardCharsets.UTF_8));
    }

}
