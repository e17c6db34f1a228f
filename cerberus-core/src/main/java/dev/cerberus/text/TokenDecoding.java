package dev.cerberus.text;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * How tokens stand for bytes, by the decoder of a {@code tokenizer.json}. Immutable and
 * thread-safe.
 *
 * @param byteLevel whether every character of a token is a byte
 * @param byteFallback whether tokens such as {@code <0x0A>} are bytes
 * @param lowBlank whether U+2581 stands for a blank
 * @param blankFirst whether a text loses the blank that it begins with
 * @param joined whether a text is what its tokens stand for, one after the other
 * @param sentencePiece whether the text is that of SentencePiece, but for invalid bytes
 */
record TokenDecoding(boolean byteLevel, boolean byteFallback, boolean lowBlank, boolean blankFirst, boolean joined,
        boolean sentencePiece) {

    private static final String LOW_BLANK = "\u2581";

    // Those of Llama 2 and, without the last, of Gemma.
    private static final List<String> SENTENCE_PIECE = List.of("Replace", "ByteFallback", "Fuse", "Strip");

    /**
     * Returns whether tokens are bytes of UTF-8, and the text is these, but for a blank
     * that it begins with.
     */
    boolean bytesOnly() {
        return this.sentencePiece
                || (this.byteLevel && this.joined && !this.byteFallback && !this.lowBlank && !this.blankFirst);
    }

    /**
     * Reads the decoder.
     * @param decoder its JSON, {@code null} if there is none
     * @return what it does
     */
    static TokenDecoding of(@Nullable JsonNode decoder) {
        if (decoder == null) {
            return new TokenDecoding(false, false, false, false, false, false);
        }
        String type = decoder.path("type").asText();
        boolean byteLevel = type.equals("ByteLevel");
        boolean byteFallback = type.equals("ByteFallback");
        boolean metaspace = type.equals("Metaspace");
        boolean replaced = type.equals("Replace") && decoder.path("pattern").path("String").asText().equals(LOW_BLANK)
                && decoder.path("content").asText().equals(" ");
        boolean lowBlank = metaspace || replaced;
        boolean stripped = type.equals("Strip") && decoder.path("content").asText().equals(" ")
                && decoder.path("stop").asInt() == 0;
        boolean blankFirst = (metaspace && !decoder.path("prepend_scheme").asText().equals("never"))
                || (stripped && decoder.path("start").asInt() > 0);
        boolean joined = byteLevel || byteFallback || lowBlank || stripped || type.equals("Fuse");
        if (type.equals("Sequence")) {
            joined = !decoder.path("decoders").isEmpty();
        }
        for (JsonNode part : decoder.path("decoders")) {
            TokenDecoding inner = of(part);
            byteLevel |= inner.byteLevel();
            byteFallback |= inner.byteFallback();
            lowBlank |= inner.lowBlank();
            blankFirst |= inner.blankFirst();
            joined &= inner.joined();
        }
        return new TokenDecoding(byteLevel, byteFallback, lowBlank, blankFirst, joined,
                lowBlank && sentencePiece(decoder));
    }

    private static boolean sentencePiece(JsonNode decoder) {
        List<String> types = new ArrayList<>();
        decoder.path("decoders").forEach((part) -> types.add(part.path("type").asText()));
        boolean strips = types.size() == SENTENCE_PIECE.size();
        return types.equals(SENTENCE_PIECE.subList(0, strips ? 4 : 3))
                && (!strips || stripsOne(decoder.path("decoders").path(3)));
    }

    private static boolean stripsOne(JsonNode strip) {
        return strip.path("content").asText().equals(" ") && strip.path("start").asInt() == 1
                && strip.path("stop").asInt() == 0;
    }

}
