package dev.cerberus.recipe.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The variables of one conversation: drawn from one half of the fill lists and put into
 * texts.
 *
 * <p>
 * In a text <code>{name}</code> stands for the variable, <code>{c:name}</code> for its
 * capitalised form, <code>{a:name}</code> for the form with its indefinite article and
 * <code>{A:name}</code> for that form capitalised. Not thread-safe.
 */
public final class Fills {

    private static final Pattern VARIABLE = Pattern.compile("\\{(?:([acA]):)?([a-z][A-Za-z0-9]*)}");

    private static final int ATTEMPTS = 200;

    // below this, training would never see some of the numbers at all
    private static final int FEWEST_COMBINATIONS = 100;

    private final RandomGenerator random;

    private final Split split;

    private final FillLists lists;

    private final Map<String, String> values = new LinkedHashMap<>();

    private boolean open;

    Fills(RandomGenerator random, Split split, FillLists lists) {
        this.random = random;
        this.split = split;
        this.lists = lists;
    }

    /**
     * Draws variables from a list, all different and all from this half of it.
     */
    public Fills pick(String list, String... variables) {
        List<String> entries = new ArrayList<>(this.lists.list(list, this.split));
        for (String variable : variables) {
            this.values.put(variable, entries.remove(this.random.nextInt(entries.size())));
        }
        this.open = true;
        return this;
    }

    /**
     * Draws a variable from a few fixed options, which both halves share.
     */
    public Fills any(String variable, String... options) {
        this.values.put(variable, options[this.random.nextInt(options.length)]);
        return this;
    }

    /**
     * Draws a row of a table, which both halves share, and binds its columns as prefix
     * and column name.
     * @param prefix first part of the variable names, may be empty; the column name
     * follows, capitalised
     */
    public Fills row(String table, String prefix) {
        return bind(prefix, one(this.lists.table(table)));
    }

    /**
     * Draws two different rows of a table.
     */
    public Fills rows(String table, String firstPrefix, String secondPrefix) {
        List<Map<String, String>> rows = this.lists.table(table);
        int first = this.random.nextInt(rows.size());
        int second = (first + 1 + this.random.nextInt(rows.size() - 1)) % rows.size();
        return bind(firstPrefix, rows.get(first)).bind(secondPrefix, rows.get(second));
    }

    /**
     * Draws whole numbers that both halves share, for example to compute others from
     * them.
     * @param low smallest number, inclusive
     * @param high largest number, inclusive
     */
    public Fills shared(int low, int high, String... variables) {
        for (String variable : variables) {
            this.values.put(variable, Integer.toString(low + this.random.nextInt(high - low + 1)));
        }
        return this;
    }

    /**
     * Divides conversations by the values of some variables: starts again unless they
     * belong to this half.
     */
    public Fills divide(String... variables) {
        StringBuilder key = new StringBuilder("divide");
        for (String variable : variables) {
            key.append(' ').append(get(variable));
        }
        if (Split.of(key.toString()) != this.split) {
            throw new RetryException();
        }
        this.open = true;
        return this;
    }

    /**
     * Draws whole numbers that together belong to this half; too few combinations to
     * divide are shared by both.
     * @param low smallest number, inclusive
     * @param high largest number, inclusive
     */
    public Fills numbers(int low, int high, String... variables) {
        if (Math.pow(high - low + 1.0, variables.length) < FEWEST_COMBINATIONS) {
            return shared(low, high, variables);
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            StringBuilder key = new StringBuilder("numbers");
            for (String variable : variables) {
                String number = Integer.toString(low + this.random.nextInt(high - low + 1));
                this.values.put(variable, number);
                key.append(' ').append(number);
            }
            if (Split.of(key.toString()) == this.split) {
                this.open = true;
                return this;
            }
        }
        throw new IllegalStateException("No numbers from " + low + " to " + high + " belong to " + this.split);
    }

    /**
     * Returns the half that fills are drawn from.
     */
    public Split split() {
        return this.split;
    }

    /**
     * Says that a request may show two drawn numbers in either order: then both orders
     * have to be held out.
     */
    public Fills swappable(String first, String second) {
        if (this.split == Split.HELD_OUT && Split.of("numbers " + get(second) + " " + get(first)) != Split.HELD_OUT) {
            throw new RetryException();
        }
        return this;
    }

    /**
     * Binds a variable to a value that follows from others.
     */
    public Fills set(String variable, Object value) {
        this.values.put(variable, value.toString());
        return this;
    }

    /**
     * Returns the value of a variable.
     */
    public String get(String variable) {
        String value = this.values.get(variable);
        if (value == null) {
            throw new IllegalArgumentException(
                    "The variable " + variable + " is not bound; bound are " + this.values.keySet());
        }
        return value;
    }

    /**
     * Returns the value of a variable as a number.
     */
    public int number(String variable) {
        return Integer.parseInt(get(variable));
    }

    /**
     * Returns a number that depends on nothing but chance.
     * @param bound exclusive upper bound
     */
    public int chance(int bound) {
        return this.random.nextInt(bound);
    }

    /**
     * Returns the text with every variable put in, also those inside the values of
     * variables.
     */
    public String text(String pattern) {
        String text = pattern;
        for (int depth = 0; depth < 3 && text.indexOf('{') >= 0; depth++) {
            text = VARIABLE.matcher(text)
                .replaceAll((match) -> Matcher.quoteReplacement(form(match.group(1), match.group(2))));
        }
        return text;
    }

    /**
     * Starts the conversation with one of several phrasings of the user's request.
     *
     * <p>
     * Where nothing was drawn from a divided list, the phrasing decides the half: a fact
     * that is known to both halves is asked for in words that only one of them uses for
     * it.
     */
    public Dialogue ask(String... phrasings) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String request = text(phrasings[this.random.nextInt(phrasings.length)]);
            if (this.open || Split.of(request) == this.split) {
                return new Dialogue(this, request);
            }
        }
        throw new RetryException();
    }

    /**
     * Returns a word in its capitalised form.
     */
    public static String capitalise(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /**
     * Returns a noun with its indefinite article.
     */
    public static String withArticle(String noun) {
        String lower = noun.toLowerCase(Locale.ROOT);
        boolean vowel = "aeiou".indexOf(lower.charAt(0)) >= 0 && !lower.startsWith("uni") && !lower.startsWith("use")
                && !lower.startsWith("eu") && !lower.startsWith("one");
        return (vowel ? "an " : "a ") + noun;
    }

    private String form(@Nullable String kind, String variable) {
        String value = get(variable);
        if (kind == null) {
            return value;
        }
        return switch (kind) {
            case "a" -> withArticle(value);
            case "A" -> capitalise(withArticle(value));
            default -> capitalise(value);
        };
    }

    private Fills bind(String prefix, Map<String, String> row) {
        row.forEach((column, value) -> this.values.put(prefix.isEmpty() ? column : prefix + capitalise(column), value));
        return this;
    }

    private <T> T one(List<T> entries) {
        return entries.get(this.random.nextInt(entries.size()));
    }

    /**
     * Tells that no phrasing of the drawn facts belongs to this half, so other facts are
     * to be drawn.
     */
    static final class RetryException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        RetryException() {
            super("No phrasing of these facts belongs to this half of the fills");
        }

    }

}
