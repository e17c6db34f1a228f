package dev.cerberus.langchain4j;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.cerberus.engine.TokenProbability;
import dev.cerberus.text.AnswerSyntax;

/**
 * A counter of the tokens that an answer's thoughts take.
 */
/*
 * A token may hold a part of a character or of a mark, so that the marks are looked for
 * among bytes, each of them written as the character of its number.
 */
final class ThoughtTokens {

    private ThoughtTokens() {
    }

    /**
     * Counts them.
     * @param tokens all tokens of an answer
     * @param syntax how the answer marks its thoughts
     * @return how many tokens come before the first of text or of a call
     */
    static int count(List<TokenProbability> tokens, AnswerSyntax syntax) {
        StringBuilder bytes = new StringBuilder();
        tokens.forEach((token) -> token.bytes().forEach((value) -> bytes.append((char) value.intValue())));
        String answer = bytes.toString();
        if (!syntax.beginsWithThoughts() && !answer.stripLeading().startsWith(bytes(syntax.thoughtsStart()))) {
            return 0;
        }
        String mark = bytes(syntax.thoughtsEnd());
        int end = answer.indexOf(mark);
        return (end >= 0) ? before(blanksEnd(answer, end + mark.length()), tokens) : tokens.size();
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** What is between thoughts and text is neither. */
    private static int blanksEnd(String answer, int from) {
        int at = from;
        while (at < answer.length() && Character.isWhitespace(answer.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Returns how many tokens end before a place or at it. */
    private static int before(int place, List<TokenProbability> tokens) {
        int count = 0;
        int end = 0;
        for (TokenProbability token : tokens) {
            end += token.bytes().size();
            if (end > place) {
                return count;
            }
            count++;
        }
        return count;
    }

}
