package dev.cerberus.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The text of every token as bytes.
 */
final class TokenPieces {

    private static final byte[] NONE = {};

    private TokenPieces() {
    }

    /** Returns the texts by id, if the tokens of a tokenizer have texts of their own. */
    static Optional<byte[][]> of(TokenizerFile file) {
        TokenizerFile.Decoding decoding = file.decoding();
        if (!decoding.joined()) {
            return Optional.empty();
        }
        int size = 1 + file.ids().values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        byte[][] pieces = new byte[size][];
        Arrays.fill(pieces, NONE);
        TokenBytes bytes = new TokenBytes(file);
        for (Map.Entry<String, Integer> token : file.ids().entrySet()) {
            int id = token.getValue();
            boolean single = decoding.byteFallback() && token.getKey().matches("<0x[0-9A-F]{2}>");
            pieces[id] = (decoding.byteLevel() || single) ? bytes.of(id)
                    : text(token.getKey(), decoding).getBytes(StandardCharsets.UTF_8);
        }
        file.addedTokens().forEach((token) -> {
            pieces[token.id()] = token.special() ? NONE : token.content().getBytes(StandardCharsets.UTF_8);
        });
        return Optional.of(pieces);
    }

    private static String text(String token, TokenizerFile.Decoding decoding) {
        return decoding.lowBlank() ? token.replace('\u2581', ' ') : token;
    }

}
