package dev.cerberus.text;

/**
 * A check that matching a regular expression costs at most a few operations per character
 * of text.
 *
 * <p>
 * The native matcher gives up after ten million attempts, and does that by ending the
 * process. Not thread-safe: one per pattern.
 */
/*
 * What can make a match expensive is a repetition that can be left in several places and
 * whose continuation may fail: then every place is tried. Along one alternative such
 * repetitions multiply. The last repetition of an alternative does not count, since
 * nothing that follows can fail, nor does one that never gives back (possessive).
 *
 * \s*[\r\n]+ the second one ends the alternative: cost n
 *
 * \s+(?!\S) what follows can fail: cost n
 *
 * \s*\s*x both: cost n * n, refused
 *
 * (\s+)+ a repetition of something that itself has several lengths: refused
 */
final class PatternCheck {

    private static final int LONGEST_PATTERN = 10_000;

    private static final int DEEPEST_GROUP = 20;

    // A repetition allowed more often than this costs as much as one without bound.
    private static final int FEW = 16;

    private final String pattern;

    private int at;

    private int depth;

    private PatternCheck(String pattern) {
        this.pattern = pattern;
    }

    /**
     * Checks a pattern.
     * @param pattern a regular expression in Oniguruma's syntax
     * @throws IllegalArgumentException if it is too long, too deep, or can be expensive;
     * the message says which
     */
    static void check(String pattern) {
        if (pattern.length() > LONGEST_PATTERN) {
            throw new IllegalArgumentException("a regular expression of " + pattern.length()
                    + " characters is longer than the " + LONGEST_PATTERN + " allowed");
        }
        PatternCheck check = new PatternCheck(pattern);
        Cost cost = check.alternatives();
        if (check.at < pattern.length()) {
            throw new IllegalArgumentException("a regular expression closes a group that it did not open");
        }
        check.requireCheap(cost.exponent());
    }

    /**
     * What an expression costs.
     *
     * @param exponent power of the text's length that a failing match may cost
     * @param loose repetitions at its end, which cost only if what follows can fail
     * @param canFail whether it may not match at a place
     * @param lengths whether one place may have matches of several lengths
     */
    private record Cost(int exponent, int loose, boolean canFail, boolean lengths) {

        static final Cost NOTHING = new Cost(0, 0, false, false);

    }

    private Cost alternatives() {
        if (++this.depth > DEEPEST_GROUP) {
            throw new IllegalArgumentException("a regular expression nests groups deeper than " + DEEPEST_GROUP);
        }
        Cost all = sequence();
        boolean several = false;
        while (peek('|')) {
            this.at++;
            Cost next = sequence();
            several = true;
            all = new Cost(Math.max(all.exponent(), next.exponent()), Math.max(all.loose(), next.loose()),
                    all.canFail() && next.canFail(), true);
        }
        this.depth--;
        return several ? new Cost(all.exponent(), all.loose(), all.canFail(), true) : all;
    }

    private Cost sequence() {
        int exponent = 0;
        int loose = 0;
        boolean canFail = false;
        boolean lengths = false;
        while (this.at < this.pattern.length() && !peek('|') && !peek(')')) {
            Cost element = quantified();
            if (element.canFail()) {
                exponent += loose;
                loose = 0;
            }
            exponent += element.exponent();
            loose += element.loose();
            canFail |= element.canFail();
            lengths |= element.lengths();
        }
        return new Cost(exponent, loose, canFail, lengths);
    }

    private Cost quantified() {
        Cost atom = atom();
        while (this.at < this.pattern.length()) {
            int most;
            boolean optional;
            char c = this.pattern.charAt(this.at);
            if (c == '?' || c == '*' || c == '+') {
                this.at++;
                most = (c == '?') ? 1 : Integer.MAX_VALUE;
                optional = c != '+';
            }
            else if (c == '{' && this.pattern.substring(this.at).matches("(?s)\\{\\d*(,\\d*)?\\}.*")
                    && !this.pattern.startsWith("{}", this.at) && !this.pattern.startsWith("{,}", this.at)) {
                int end = this.pattern.indexOf('}', this.at);
                String[] bounds = this.pattern.substring(this.at + 1, end).split(",", -1);
                optional = bounds[0].isEmpty() || bounds[0].matches("0+");
                String last = bounds[bounds.length - 1];
                most = last.isEmpty() ? Integer.MAX_VALUE : bound(last);
                this.at = end + 1;
            }
            else {
                return atom;
            }
            boolean possessive = peek('+');
            if (possessive || peek('?')) {
                this.at++;
            }
            atom = repeated(atom, most, optional, possessive);
        }
        return atom;
    }

    private static int bound(String digits) {
        return (digits.length() > 9) ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    private Cost repeated(Cost atom, int most, boolean optional, boolean possessive) {
        boolean canFail = atom.canFail() && !optional;
        if (most <= 1) {
            return new Cost(atom.exponent(), atom.loose(), canFail, atom.lengths() || optional);
        }
        if (atom.lengths()) {
            throw new IllegalArgumentException(
                    "a regular expression repeats something that can match in several ways, which may take for ever");
        }
        requireCheap(atom.exponent());
        int loose = (most > FEW && !possessive) ? 1 : 0;
        return new Cost(atom.exponent(), loose, canFail, true);
    }

    private Cost atom() {
        char c = this.pattern.charAt(this.at++);
        if (c == '(') {
            return group();
        }
        if (c == '[') {
            skipClass();
            return new Cost(0, 0, true, false);
        }
        if (c == '\\') {
            return escape();
        }
        return new Cost(0, 0, true, false);
    }

    private Cost group() {
        boolean atomic = false;
        boolean look = false;
        if (peek('?')) {
            int start = this.at;
            while (this.at < this.pattern.length() && "?<=!>:imsxaudlP-".indexOf(this.pattern.charAt(this.at)) >= 0) {
                this.at++;
                char c = this.pattern.charAt(this.at - 1);
                if (c == ':' || c == '>' || c == '!' || c == '=') {
                    break;
                }
            }
            String kind = this.pattern.substring(start, this.at);
            if (peek(')')) { // (?i): switches only
                this.at++;
                return Cost.NOTHING;
            }
            atomic = kind.equals("?>");
            look = kind.endsWith("=") || kind.endsWith("!");
            if (!atomic && !look && !kind.endsWith(":")) {
                throw new IllegalArgumentException(
                        "a regular expression has a group (" + kind + "…) of an unknown kind");
            }
        }
        Cost inner = alternatives();
        if (!peek(')')) {
            throw new IllegalArgumentException("a regular expression does not close a group");
        }
        this.at++;
        if (look) {
            return new Cost(inner.exponent(), 0, true, false);
        }
        return atomic ? new Cost(inner.exponent(), 0, inner.canFail(), false) : inner;
    }

    private Cost escape() {
        if (this.at == this.pattern.length()) {
            throw new IllegalArgumentException("a regular expression ends with a backslash");
        }
        char c = this.pattern.charAt(this.at++);
        if ((c >= '1' && c <= '9') || c == 'k' || c == 'g') {
            throw new IllegalArgumentException("a regular expression refers back to a group, which may take for ever");
        }
        if ((c == 'p' || c == 'P' || c == 'x' || c == 'u') && peek('{')) {
            int end = this.pattern.indexOf('}', this.at);
            if (end < 0) {
                throw new IllegalArgumentException("a regular expression does not close a brace");
            }
            this.at = end + 1;
        }
        return new Cost(0, 0, true, c == 'R' || c == 'X');
    }

    private void skipClass() {
        int open = 1;
        boolean first = true;
        if (peek('^')) {
            this.at++;
        }
        while (open > 0) {
            if (this.at == this.pattern.length()) {
                throw new IllegalArgumentException("a regular expression does not close a character class");
            }
            char c = this.pattern.charAt(this.at++);
            if (c == '\\') {
                this.at = Math.min(this.at + 1, this.pattern.length());
            }
            else if (c == '[' && open < DEEPEST_GROUP) {
                open++;
            }
            else if (c == '[') {
                throw new IllegalArgumentException("a regular expression nests classes deeper than " + DEEPEST_GROUP);
            }
            else if (c == ']' && !first) {
                open--;
            }
            first = false;
        }
    }

    private boolean peek(char c) {
        return this.at < this.pattern.length() && this.pattern.charAt(this.at) == c;
    }

    private void requireCheap(int exponent) {
        if (exponent > 1) {
            throw new IllegalArgumentException("a regular expression may take time that grows with the power "
                    + exponent + " of the text's length");
        }
    }

}
