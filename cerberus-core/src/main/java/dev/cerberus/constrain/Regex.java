package dev.cerberus.constrain;

import java.util.List;

/**
 * A parsed regular expression.
 */
sealed interface Regex {

    /** One character of a set. */
    record Characters(CodePoints set) implements Regex {
    }

    /** One after the other; none is the empty text. */
    record Sequence(List<Regex> parts) implements Regex {
    }

    /** One of several. */
    record Choice(List<Regex> options) implements Regex {
    }

    /** One several times. */
    record Repeat(Regex part, int least, int most) implements Regex {

        static final int UNLIMITED = Integer.MAX_VALUE;

    }

    /** The beginning of the text. */
    record Begin() implements Regex {
    }

    /** The end of the text. */
    record End() implements Regex {
    }

}
