package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.cerberus.tree.PathLookup;
import dev.cerberus.tree.Ranking;

/**
 * Looks up how the text went on where its last tokens stood before: names, numbers and
 * phrases of a prompt that an answer repeats.
 *
 * <p>
 * One per request. Confined to the engine thread.
 */
/*
 * Prompt lookup decoding [1], as a second opinion beside the draft heads: heads see one
 * hidden state and have no way to copy a word they never met; the text has. It is asked
 * below every node of a draft, since what is copied may begin after a word that the heads
 * have guessed.
 *
 * [1] A. Saxena, Prompt Lookup Decoding, 2023,
 * https://github.com/apoorvumang/prompt-lookup-decoding
 */
final class ContextLookup implements PathLookup {

    /** Older occurrences are not looked at. */
    private static final int MAX_OCCURRENCES = 100;

    private static final double LARGEST_PROBABILITY = 0.9999;

    private final LookupTrust trust;

    private final Map<Integer, Integer> last = new HashMap<>(); // by token, its last
                                                                // index

    private int[] text;

    private int[] before; // by index, where the same token stood before it; -1 for
                          // nowhere

    private int length;

    private final List<Asked> asked = new ArrayList<>();

    private int followed; // tokens since the root was asked about

    /**
     * Creates a lookup.
     * @param prompt the tokens before the answer
     * @param trust what is known about guesses; learns from this text
     */
    ContextLookup(int[] prompt, LookupTrust trust) {
        this.trust = trust;
        this.text = new int[prompt.length + 64];
        this.before = new int[prompt.length + 64];
        for (int token : prompt) {
            add(token);
        }
    }

    /**
     * Follows the answer by one token, which shows whether what was guessed is right.
     */
    void append(int token) {
        for (Asked question : this.asked) {
            if (question.path().length == this.followed && isAtEnd(question.path())) {
                question.guesses().forEach((guess) -> guess.learn(this.trust, token));
            }
        }
        add(token);
        this.followed++;
    }

    private boolean isAtEnd(int[] path) {
        return Arrays.equals(this.text, this.length - path.length, this.length, path, 0, path.length);
    }

    private void add(int token) {
        if (this.length == this.text.length) {
            this.text = Arrays.copyOf(this.text, 2 * this.length);
            this.before = Arrays.copyOf(this.before, 2 * this.length);
        }
        this.text[this.length] = token;
        Integer earlier = this.last.put(token, this.length);
        this.before[this.length] = (earlier == null) ? -1 : earlier;
        this.length++;
    }

    /*
     * Two opinions about one token: the heads give p to their best other token and q to
     * the guessed one, the text has the odds o for it. Taken as independent evidence, of
     * which at most one is right, the guess has the odds o'(1 - p), where 1/(1 + o') = (1
     * - q)/(1 + o).
     */
    @Override
    public List<Guess> after(int[] path, Ranking heads) {
        if (path.length == 0) {
            this.asked.clear();
            this.followed = 0;
        }
        List<Match> matches = matches(path);
        int count = Math.min(matches.size(), LookupTrust.MAX_GUESSES);
        if (count == 0) {
            return List.of();
        }
        double unclaimed = 1 - bestOther(heads, matches.subList(0, count));
        double[] odds = new double[count];
        int[] kinds = new int[count];
        double total = 1;
        for (int i = 0; i < count; i++) {
            kinds[i] = this.trust.kind(i, matches.get(i).length(), matches.size());
            double wrong = (1 - heads.probabilityOf(matches.get(i).next())) / (1 + this.trust.odds(kinds[i]));
            double right = Math.min(1 - wrong, LARGEST_PROBABILITY);
            odds[i] = unclaimed * right / (1 - right);
            total += odds[i];
        }
        List<Guess> guesses = new ArrayList<>(count);
        List<Open> open = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            guesses.add(new Guess(matches.get(i).next(), odds[i] / total));
            open.add(new Open(guesses.get(i), kinds[i]));
        }
        this.asked.add(new Asked(path, open));
        return guesses;
    }

    private static double bestOther(Ranking heads, List<Match> matches) {
        for (int rank = 0; rank < heads.size(); rank++) {
            if (indexOf(heads.token(rank), matches) == matches.size()) {
                return heads.probability(rank);
            }
        }
        return 0;
    }

    /** Returns the index of the match that goes on with a token, or else their number. */
    private static int indexOf(int token, List<Match> matches) {
        int index = 0;
        while (index < matches.size() && matches.get(index).next() != token) {
            index++;
        }
        return index;
    }

    /**
     * Returns what followed earlier occurrences of the last tokens: the longest match
     * first, of equally long ones the latest.
     */
    private List<Match> matches(int[] path) {
        List<Match> matches = new ArrayList<>();
        int end = this.length + path.length - 1;
        int at = (path.length == 0) ? this.length - 1 : this.last.getOrDefault(path[path.length - 1], -1);
        if (at == this.length - 1) {
            at = this.before[at]; // nothing follows the last token yet
        }
        for (int seen = 0; at >= 0 && seen < MAX_OCCURRENCES; seen++) {
            Match match = new Match(matchLength(at, end, path), this.text[at + 1]);
            int known = indexOf(match.next(), matches);
            if (known == matches.size() || matches.get(known).length() < match.length()) {
                if (known < matches.size()) {
                    matches.remove(known);
                }
                int place = 0;
                while (place < matches.size() && matches.get(place).length() >= match.length()) {
                    place++;
                }
                matches.add(place, match);
            }
            at = this.before[at];
        }
        return matches;
    }

    private int matchLength(int at, int end, int[] path) {
        int match = 1;
        while (match < LookupTrust.MAX_MATCH && match <= at && this.text[at - match] == token(end - match, path)) {
            match++;
        }
        return match;
    }

    private int token(int index, int[] path) {
        return (index < this.length) ? this.text[index] : path[index - this.length];
    }

    /** How many of the last tokens match, and what followed. */
    private record Match(int length, int next) {
    }

    /** What was guessed below a path. */
    private record Asked(int[] path, List<Open> guesses) {
    }

    /** A guess of which it is not known yet whether it is right. */
    private record Open(Guess guess, int kind) {

        void learn(LookupTrust trust, int token) {
            trust.learn(this.kind, this.guess.probability(), this.guess.token() == token);
        }

    }

}
