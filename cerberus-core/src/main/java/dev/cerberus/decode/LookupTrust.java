package dev.cerberus.decode;

import dev.cerberus.tree.Recollection;

/**
 * How far to believe that a text goes on as it did before, by kind of match. Learned by
 * all requests that share it; confined to the engine thread.
 */
/*
 * What matters is how many of the last tokens match, and whether the matches agree on
 * what comes next: on the demo model a match of one token is right three times in four
 * where it is the only one and the heads have no idea, and once in three where there are
 * several. Each kind has log-odds of its own, moved by the gradient of the logarithmic
 * loss. Matches in the text at hand, in stored texts and in those of late are different
 * kinds.
 */
public final class LookupTrust {

    /** Longer matches in the text at hand say no more. */
    static final int MAX_MATCH = 4;

    /** How many different continuations of each source are guessed. */
    static final int MAX_GUESSES = 2;

    static final int MAX_RIVALS = 3;

    private static final double RATE = 0.2;

    private static final double LARGEST = 6;

    /** Chances by match length before anything is learned: of the only continuation, … */
    private static final double[] ONLY = { 0.5, 0.75, 0.8, 0.9 };

    /** … of the best of several, … */
    private static final double[] BEST = { 0.3, 0.5, 0.6, 0.75 };

    /** … and of one of the others. */
    private static final double[] OTHER = { 0.25, 0.3, 0.35, 0.4 };

    private static final int TEXT_KINDS = MAX_GUESSES * MAX_MATCH * MAX_RIVALS;

    /** Shares of the occurrences in memory that agree: all of several, all, most, few. */
    private static final int AGREEMENTS = 4;

    private static final double[] REMEMBERED = { 0.8, 0.6, 0.5, 0.2 };

    private static final int KINDS_OF_RECOLLECTION = (Recollection.MAX_MATCH + 1) * AGREEMENTS;

    private final double[] logOdds = new double[TEXT_KINDS + Recollection.Kind.values().length * KINDS_OF_RECOLLECTION];

    /**
     * Creates what is believed before anything was seen.
     */
    public LookupTrust() {
        for (int rank = 0; rank < MAX_GUESSES; rank++) {
            for (int match = 1; match <= MAX_MATCH; match++) {
                for (int rivals = 1; rivals <= MAX_RIVALS; rivals++) {
                    double[] prior = (rank > 0) ? OTHER : (rivals > 1) ? BEST : ONLY;
                    this.logOdds[kind(rank, match, rivals)] = logOdds(prior[match - 1]);
                }
            }
        }
        for (int kind = TEXT_KINDS; kind < this.logOdds.length; kind++) {
            this.logOdds[kind] = logOdds(REMEMBERED[(kind - TEXT_KINDS) % AGREEMENTS]);
        }
    }

    private static double logOdds(double chance) {
        return Math.log(chance / (1 - chance));
    }

    /**
     * Returns the kind of a guess from the text at hand.
     * @param rank 0 for the best guess, below {@link #MAX_GUESSES}
     * @param match how many tokens match, 1 or more
     * @param rivals how many different continuations there are, 1 or more
     * @return the kind
     */
    int kind(int rank, int match, int rivals) {
        return (rank * MAX_MATCH + Math.min(match, MAX_MATCH) - 1) * MAX_RIVALS + Math.min(rivals, MAX_RIVALS) - 1;
    }

    /**
     * Returns the kind of a guess from other texts.
     * @param source where they come from
     * @param match how many tokens match, at most {@link Recollection#MAX_MATCH}
     * @param count how many of the occurrences go on so, 1 or more
     * @param occurrences number of occurrences
     * @return the kind
     */
    int rememberedKind(Recollection.Kind source, int match, int count, int occurrences) {
        int agreement;
        if (count == occurrences) {
            agreement = (count > 1) ? 0 : 1;
        }
        else {
            agreement = (2 * count > occurrences) ? 2 : 3;
        }
        int first = switch (source) {
            case STORED -> TEXT_KINDS;
            case LIVE -> TEXT_KINDS + KINDS_OF_RECOLLECTION;
        };
        return first + match * AGREEMENTS + agreement;
    }

    /**
     * Returns the odds of a guess where the heads have no opinion.
     * @param kind the guess's kind
     * @return right to wrong, positive
     */
    double odds(int kind) {
        return Math.exp(this.logOdds[kind]);
    }

    /**
     * Learns from a guess that turned out right or wrong.
     * @param kind the guess's kind
     * @param probability how likely it was said to be right
     * @param right whether it was
     */
    void learn(int kind, double probability, boolean right) {
        double moved = this.logOdds[kind] + RATE * ((right ? 1 : 0) - probability);
        this.logOdds[kind] = Math.max(-LARGEST, Math.min(LARGEST, moved));
    }

}
