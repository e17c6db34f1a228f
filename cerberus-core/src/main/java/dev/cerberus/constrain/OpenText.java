package dev.cerberus.constrain;

/**
 * An automaton of any text, provided that it does not begin, after blanks, with a bracket
 * of JSON. Immutable and thread-safe.
 */
final class OpenText extends ByteAutomaton {

    private static final int BLANKS = 0;

    private static final int TEXT = 1;

    @Override
    int start() {
        return BLANKS;
    }

    @Override
    int next(int state, int symbol) {
        if (state == TEXT) {
            return TEXT;
        }
        return switch (symbol) {
            case '{', '[' -> NONE;
            case ' ', '\t', '\r', '\n', ';', TokenVocabulary.MARK -> BLANKS;
            default -> TEXT;
        };
    }

    @Override
    int label(int state) {
        return NONE;
    }

    @Override
    boolean isLast(int state) {
        return false;
    }

    @Override
    boolean isFreeText() {
        return true;
    }

    @Override
    boolean isOpen() {
        return true;
    }

}
