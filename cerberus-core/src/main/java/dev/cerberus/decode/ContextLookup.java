package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

import dev.cerberus.tree.DraftSource;
import dev.cerberus.tree.PathLookup;
import dev.cerberus.tree.Ranking;
import dev.cerberus.tree.Recollection;

/**
 * Looks up how the text went on where its last tokens stood before: names, numbers and
 * phrases of the prompt come back in the answer, and phrases of earlier answers.
 *
 * <p>
 * Confined to the engine thread.
 */
/*
 * Prompt lookup decoding [1], as a second opinion beside the draft heads: heads see one
 * hidden state and have no way to copy a word they never met; the text has. It is asked
 * below every node of a draft, since what is copied may begin after a word that the heads
 * have guessed. Other texts are looked up likewise.
 *
 * [1] A. Saxena, Prompt Lookup Decoding, 2023,
 * https://github.com/apoorvumang/prompt-lookup-decoding
 */
final class ContextLookup implements PathLookup {

    /** Older occurrences are not looked at. */
    private static final int MAX_OCCURRENCES = 100;

    /** Continuations at most of which it is asked whether they may follow. */
    private static final int MOST_ASKED = 16;

    private static final double LARGEST_PROBABILITY = 0.9999;

    private static final Comparator<Guess> BEST_FIRST = Comparator.comparingDouble(Guess::probability).reversed();

    private final LookupTrust trust;

    private final List<Recollection> others;

    // by token, its last index
    private final Map<Integer, Integer> last = new HashMap<>();

    private int[] text;

    // by index, where the same token stood before it; -1 for nowhere
    private int[] before;

    private int length;

    private final List<Asked> asked = new ArrayList<>();

    private int root; // tokens of the text when the open questions were asked

    /**
     * Creates a lookup.
     * @param prompt the tokens before the answer
     * @param others other texts of the model
     * @param trust what is known about guesses; learns from this text
     */
    ContextLookup(int[] prompt, List<Recollection> others, LookupTrust trust) {
        this.others = others;
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
        int followed = this.length - this.root;
        for (Asked question : this.asked) {
            if (question.path().length == followed && isAtEnd(question.path())) {
                question.guesses().forEach((guess) -> guess.learn(this.trust, token));
            }
        }
        add(token);
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

    /**
     * Returns how likely the best guess of the next token from the text at hand is right,
     * heads and other texts unasked.
     * @return in 0..1
     */
    double promise() {
        return promise((token) -> true);
    }

    /**
     * Returns how likely the best guess of the next token is right, of those that may
     * come.
     * @param allowed tells which may
     * @return in 0..1
     */
    double promise(IntPredicate allowed) {
        List<Guess> guesses = guesses(new int[0], Ranking.NOTHING, List.of(), allowed);
        return guesses.isEmpty() ? 0 : guesses.get(0).probability();
    }

    /*
     * Two opinions about one token: the heads give p to their best other token and q to
     * the guessed one, each source that guesses it has odds o for it. Taken as
     * independent evidence, of which at most one is right, the guess has the odds o'(1 -
     * p), where 1/(1 + o') = (1 - q) times 1/(1 + o) for every source.
     */
    @Override
    public List<Guess> after(int[] path, Ranking heads) {
        return after(path, heads, (token) -> true);
    }

    /**
     * Guesses the token after a path, of those that may follow: what is out of the
     * question is no guess, and shows nothing of how far to believe others.
     * @param allowed tells which may
     */
    List<Guess> after(int[] path, Ranking heads, IntPredicate allowed) {
        return guesses(path, heads, this.others, allowed);
    }

    private List<Guess> guesses(int[] path, Ranking heads, List<Recollection> asked, IntPredicate allowed) {
        // below a root that is known for certain nobody asks about it
        if (path.length == 0 || this.root != this.length) {
            this.asked.clear();
            this.root = this.length;
        }
        List<Candidate> candidates = candidates(path, asked, allowed);
        if (candidates.isEmpty()) {
            return List.of();
        }
        double unclaimed = 1 - bestOther(heads, candidates);
        double[] odds = new double[candidates.size()];
        double total = 1;
        for (int i = 0; i < odds.length; i++) {
            Candidate candidate = candidates.get(i);
            double wrong = (1 - heads.probabilityOf(candidate.token)) * candidate.doubt;
            double right = Math.min(1 - wrong, LARGEST_PROBABILITY);
            odds[i] = unclaimed * right / (1 - right);
            total += odds[i];
        }
        List<Guess> guesses = new ArrayList<>(odds.length);
        List<Open> open = new ArrayList<>(odds.length);
        for (int i = 0; i < odds.length; i++) {
            Guess guess = new Guess(candidates.get(i).token, odds[i] / total,
                    candidates.get(i).source(heads.probabilityOf(candidates.get(i).token)));
            guesses.add(guess);
            open.add(new Open(guess, candidates.get(i).kinds));
        }
        guesses.sort(BEST_FIRST);
        this.asked.add(new Asked(path, open));
        return guesses;
    }

    private List<Candidate> candidates(int[] path, List<Recollection> others, IntPredicate allowed) {
        List<Candidate> candidates = new ArrayList<>(2 * LookupTrust.MAX_GUESSES);
        List<Match> matches = allowed(matches(path), allowed);
        for (int i = 0; i < Math.min(matches.size(), LookupTrust.MAX_GUESSES); i++) {
            Match match = matches.get(i);
            support(candidates, match.next(), this.trust.kind(i, match.length(), matches.size()), DraftSource.LOOKUP);
        }
        if (!others.isEmpty()) {
            int[] recent = recent(path);
            others.forEach(
                    (texts) -> texts.after(recent).ifPresent((found) -> support(candidates, texts, found, allowed)));
        }
        return candidates;
    }

    /**
     * Returns the best of those that may follow, as many as make a difference: a state of
     * a format that is asked for many tokens looks for all that it allows.
     */
    private static List<Match> allowed(List<Match> matches, IntPredicate allowed) {
        List<Match> kept = new ArrayList<>(LookupTrust.MAX_RIVALS);
        for (int i = 0; i < Math.min(matches.size(), MOST_ASKED) && kept.size() < LookupTrust.MAX_RIVALS; i++) {
            if (allowed.test(matches.get(i).next())) {
                kept.add(matches.get(i));
            }
        }
        return kept;
    }

    private void support(List<Candidate> candidates, Recollection texts, Recollection.Continuation found,
            IntPredicate allowed) {
        for (int i = 0; i < found.tokens().length; i++) {
            if (allowed.test(found.tokens()[i])) {
                support(candidates, found.tokens()[i],
                        this.trust.rememberedKind(texts.kind(), found.match(), found.counts()[i], found.occurrences()),
                        DraftSource.MEMORY);
            }
        }
    }

    private void support(List<Candidate> candidates, int token, int kind, DraftSource source) {
        int index = 0;
        while (index < candidates.size() && candidates.get(index).token != token) {
            index++;
        }
        if (index == candidates.size()) {
            candidates.add(new Candidate(token));
        }
        candidates.get(index).add(kind, this.trust.odds(kind), source);
    }

    /** Returns the last tokens of the text as a path extends it. */
    private int[] recent(int[] path) {
        int end = this.length + path.length;
        int[] recent = new int[Math.min(Recollection.MAX_MATCH, end)];
        for (int i = 0; i < recent.length; i++) {
            recent[i] = token(end - recent.length + i, path);
        }
        return recent;
    }

    private static double bestOther(Ranking heads, List<Candidate> candidates) {
        for (int rank = 0; rank < heads.size(); rank++) {
            int token = heads.token(rank);
            boolean other = true;
            for (Candidate candidate : candidates) {
                other &= candidate.token != token;
            }
            if (other) {
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

    /** A token that some source guesses. */
    private static final class Candidate {

        private final int token;

        private final List<Integer> kinds = new ArrayList<>(2);

        private double doubt = 1;

        private double largestOdds;

        private DraftSource surest = DraftSource.LOOKUP;

        Candidate(int token) {
            this.token = token;
        }

        void add(int kind, double odds, DraftSource source) {
            this.kinds.add(kind);
            this.doubt /= 1 + odds;
            if (odds > this.largestOdds) {
                this.largestOdds = odds;
                this.surest = source;
            }
        }

        /** Returns who is surest, the heads giving the token a probability of theirs. */
        DraftSource source(double heads) {
            return (heads > this.largestOdds / (1 + this.largestOdds)) ? DraftSource.HEADS : this.surest;
        }

    }

    /** A guess of which it is not known yet whether it is right. */
    private record Open(Guess guess, List<Integer> kinds) {

        void learn(LookupTrust trust, int token) {
            this.kinds.forEach((kind) -> trust.learn(kind, this.guess.probability(), this.guess.token() == token));
        }

    }

}
