package dev.cerberus.constrain;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of a range, or multiples of one, as automata over their digits.
 */
/*
 * A number that has bounds is written without exponent, so that comparing it is comparing
 * digits: first how many there are before the point, then one by one. Each bound is a
 * regular expression; what fulfils all is their intersection.
 */
final class Numbers {

    /** As many digits as a long keeps. */
    private static final int DIGITS = 18;

    private static final int FRACTION_DIGITS = 17;

    private static final int LARGEST_BOUND_DIGITS = 60;

    private static final int LARGEST_MULTIPLE = 10_000;

    private static final String FRACTION = "(\\.[0-9]+)?";

    private static final String ANY = "[0-9]+" + FRACTION;

    static final ByteAutomaton INTEGER = utf8(integers(DIGITS), new CompileBudget());

    static final ByteAutomaton NUMBER = utf8(
            "-?(0|[1-9][0-9]{0," + (DIGITS - 1) + "})(\\.[0-9]{1," + FRACTION_DIGITS + "})?([eE][+-]?[0-9]{1,2})?",
            new CompileBudget());

    private Numbers() {
    }

    /**
     * A bound.
     *
     * @param value the bound
     * @param strict whether the value itself is out of bounds
     */
    record Bound(BigDecimal value, boolean strict) {
    }

    /**
     * Returns the automaton of some numbers.
     * @param integer whether they are integers
     * @param least lower bounds
     * @param most upper bounds
     * @param multiples what they are multiples of
     * @param where what messages call the place of the schema
     * @param budget what compiling may take
     */
    static CharacterAutomaton automaton(boolean integer, List<Bound> least, List<Bound> most,
            List<BigDecimal> multiples, String where, CompileBudget budget) {
        int digits = DIGITS;
        for (Bound bound : concat(least, most)) {
            BigDecimal value = bound.value();
            if (value.precision() + Math.abs((long) value.scale()) > LARGEST_BOUND_DIGITS) {
                throw new ConstraintException("the bound " + value + " at " + where + " has more than "
                        + LARGEST_BOUND_DIGITS + " digits; use a rounder one or none");
            }
            digits = Math.max(digits, value.precision() - value.scale() + 1);
        }
        CharacterAutomaton result = compile(integer ? integers(digits) : decimals(digits), budget);
        for (Bound bound : least) {
            result = result.and(compile(atLeast(bound), budget), budget);
        }
        for (Bound bound : most) {
            result = result.and(compile(atMost(bound), budget), budget);
        }
        for (BigDecimal multiple : multiples) {
            result = result.and(multiples(multiple, where, budget), budget);
        }
        return result;
    }

    private static List<Bound> concat(List<Bound> one, List<Bound> other) {
        List<Bound> all = new ArrayList<>(one);
        all.addAll(other);
        return all;
    }

    private static String integers(int digits) {
        return "0|-?[1-9][0-9]{0," + (digits - 1) + "}";
    }

    private static String decimals(int digits) {
        String fraction = "(\\.[0-9]{1," + FRACTION_DIGITS + "})?";
        return "(0|[1-9][0-9]{0," + (digits - 1) + "})" + fraction + "|-[1-9][0-9]{0," + (digits - 1) + "}" + fraction
                + "|-0\\.0{0," + (FRACTION_DIGITS - 1) + "}[1-9][0-9]{0," + (FRACTION_DIGITS - 1) + "}";
    }

    private static ByteAutomaton utf8(String regex, CompileBudget budget) {
        return ByteCompiler.utf8(compile(regex, budget), budget);
    }

    private static CharacterAutomaton compile(String regex, CompileBudget budget) {
        return RegexNfa.compile(RegexParser.parse(regex, budget), false, "a numeric bound", budget);
    }

    private static String atLeast(Bound bound) {
        if (bound.value().signum() >= 0) {
            return notBelow(bound.value(), bound.strict());
        }
        return ANY + "|-(" + notAbove(bound.value().negate(), bound.strict()) + ")";
    }

    private static String atMost(Bound bound) {
        if (bound.value().signum() < 0) {
            return "-(" + notBelow(bound.value().negate(), bound.strict()) + ")";
        }
        return "-" + ANY + "|" + notAbove(bound.value(), bound.strict());
    }

    /** Returns the numbers without sign that are not below one that is not negative. */
    private static String notBelow(BigDecimal value, boolean strict) {
        String whole = whole(value);
        List<String> options = new ArrayList<>();
        options.add("[1-9][0-9]{" + whole.length() + ",}" + FRACTION);
        for (int i = 0; i < whole.length(); i++) {
            if (whole.charAt(i) < '9') {
                options.add(whole.substring(0, i) + "[" + (char) (whole.charAt(i) + 1) + "-9][0-9]{"
                        + (whole.length() - i - 1) + "}" + FRACTION);
            }
        }
        String fraction = fraction(value);
        String above = "0*[1-9][0-9]*";
        if (fraction.isEmpty()) {
            options.add(whole + (strict ? "\\." + above : FRACTION));
        }
        else {
            List<String> fractions = new ArrayList<>();
            for (int i = 0; i < fraction.length(); i++) {
                if (fraction.charAt(i) < '9') {
                    fractions.add(fraction.substring(0, i) + "[" + (char) (fraction.charAt(i) + 1) + "-9][0-9]*");
                }
            }
            fractions.add(fraction + (strict ? above : "[0-9]*"));
            options.add(whole + "\\.(" + String.join("|", fractions) + ")");
        }
        return String.join("|", options);
    }

    /** Returns the numbers without sign that are not above one that is not negative. */
    private static String notAbove(BigDecimal value, boolean strict) {
        String whole = whole(value);
        List<String> options = new ArrayList<>();
        if (whole.length() > 1) {
            options.add("(0|[1-9][0-9]{0," + (whole.length() - 2) + "})" + FRACTION);
        }
        for (int i = 0; i < whole.length(); i++) {
            char lowest = (i == 0 && whole.length() > 1) ? '1' : '0';
            if (whole.charAt(i) > lowest) {
                options.add(whole.substring(0, i) + "[" + lowest + "-" + (char) (whole.charAt(i) - 1) + "][0-9]{"
                        + (whole.length() - i - 1) + "}" + FRACTION);
            }
        }
        String fraction = fraction(value);
        if (!fraction.isEmpty()) {
            List<String> fractions = new ArrayList<>(List.of("0+"));
            for (int i = 0; i < fraction.length(); i++) {
                if (fraction.charAt(i) > '0') {
                    fractions.add(fraction.substring(0, i) + "[0-" + (char) (fraction.charAt(i) - 1) + "][0-9]*");
                }
                if (i > 0) {
                    fractions.add(fraction.substring(0, i) + "0*");
                }
            }
            if (!strict) {
                fractions.add(fraction + "0*");
            }
            options.add(whole + "(\\.(" + String.join("|", fractions) + "))?");
        }
        else if (!strict) {
            options.add(whole + "(\\.0+)?");
        }
        // A bound of nothing at all is a set of characters without any.
        return options.isEmpty() ? "[]" : String.join("|", options);
    }

    private static String whole(BigDecimal value) {
        return value.toBigInteger().toString();
    }

    private static String fraction(BigDecimal value) {
        BigDecimal fraction = value.remainder(BigDecimal.ONE);
        return (fraction.signum() == 0) ? "" : fraction.stripTrailingZeros().toPlainString().substring(2);
    }

    /*
     * Long division: the remainder of the digits so far, and behind the point how many
     * digits there are. A number is a multiple of m = k / 10^d if it has at most d digits
     * that count and, filled up to d, is a multiple of k.
     */
    private static CharacterAutomaton multiples(BigDecimal multiple, String where, CompileBudget budget) {
        BigDecimal shortest = multiple.stripTrailingZeros();
        int places = Math.max(0, shortest.scale());
        // still with its exponent: written out, 1e999999999 fills the memory
        BigDecimal units = shortest.scaleByPowerOfTen(places);
        if (multiple.signum() <= 0 || places > FRACTION_DIGITS || units.multiply(BigDecimal.valueOf(places + 2L))
            .compareTo(BigDecimal.valueOf(LARGEST_MULTIPLE)) > 0) {
            throw new ConstraintException("multipleOf " + multiple + " at " + where
                    + " can not be enforced; use a positive number with fewer digits");
        }
        int k = units.intValueExact();
        // State 0: nothing yet; 1: sign; 2 + r: before the point; then p after it.
        List<CharacterAutomaton.Row> rows = new ArrayList<>();
        List<Boolean> accepting = new ArrayList<>();
        int[] power = new int[places + 1];
        power[0] = 1 % k;
        for (int i = 1; i <= places; i++) {
            power[i] = (int) (10L * power[i - 1] % k);
        }
        for (int i = 0; i < 2; i++) {
            CharacterAutomaton.Row row = new CharacterAutomaton.Row();
            if (i == 0) {
                row.add('-', '-', 1);
            }
            digits(row, 0, k, 2);
            rows.add(row);
            accepting.add(false);
        }
        for (int place = 0; place <= places + 1; place++) {
            for (int remainder = 0; remainder < k; remainder++) {
                budget.spend();
                CharacterAutomaton.Row row = new CharacterAutomaton.Row();
                int base = 2 + place * k;
                if (place == 0) {
                    row.add('.', '.', 2 + k + remainder);
                    digits(row, remainder, k, base);
                }
                else if (place <= places) {
                    digits(row, remainder, k, base + k);
                }
                else {
                    row.add('0', '0', base + remainder);
                }
                rows.add(row);
                int missing = (place == 0) ? places : places - (place - 1);
                accepting.add((long) remainder * power[Math.max(0, missing)] % k == 0);
            }
        }
        return CharacterAutomaton.of(rows, accepting, budget).trimmed();
    }

    private static void digits(CharacterAutomaton.Row row, int remainder, int k, int base) {
        for (int digit = 0; digit <= 9; digit++) {
            row.add('0' + digit, '0' + digit, base + (10 * remainder + digit) % k);
        }
    }

}
