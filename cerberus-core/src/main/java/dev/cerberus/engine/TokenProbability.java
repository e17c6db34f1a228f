package dev.cerberus.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

import dev.cerberus.decode.TokenLogprobs;

/**
 * A token of an answer and how probable the model found it, by its own scores, whatever
 * temperature, filters, penalties, bias and format made of them. Immutable and
 * thread-safe.
 *
 * @param token the token id
 * @param bytes its text, unsigned bytes of UTF-8; may hold half a character
 * @param logprob natural logarithm of its probability
 * @param alternatives the most probable tokens at its place, as many as were asked for;
 * these have none themselves
 */
public record TokenProbability(int token, List<Integer> bytes, double logprob, List<TokenProbability> alternatives) {

    /**
     * Copies the lists.
     */
    public TokenProbability {
        bytes = List.copyOf(bytes);
        alternatives = List.copyOf(alternatives);
    }

    static TokenProbability of(TokenLogprobs known, TokenTexts texts) {
        List<TokenProbability> top = IntStream.range(0, known.topTokens().length)
            .mapToObj((i) -> new TokenProbability(known.topTokens()[i], bytes(known.topTokens()[i], texts),
                    known.topLogprobs()[i], List.of()))
            .toList();
        return new TokenProbability(known.token(), bytes(known.token(), texts), known.logprob(), top);
    }

    private static List<Integer> bytes(int token, TokenTexts texts) {
        byte[] text = texts.of(token);
        return IntStream.range(0, text.length).mapToObj((i) -> text[i] & 0xFF).toList();
    }

    /**
     * Returns the token's text.
     * @return the text, with U+FFFD in place of half a character
     */
    public String text() {
        byte[] text = new byte[this.bytes.size()];
        for (int i = 0; i < text.length; i++) {
            text[i] = this.bytes.get(i).byteValue();
        }
        return new String(text, StandardCharsets.UTF_8);
    }

}
