package dev.cerberus.gate;

/**
 * Whether drafts pay where several sequences share a forward, found out by leaving all of
 * them out now and then. Confined to the engine thread.
 *
 * <p>
 * Prices say what the next node costs. What they do not say is what it costs to ask: the
 * time in which heads run, trees grow and paths are committed, while everybody waits.
 * That is seen in what all write in a second, with drafts and without.
 */
final class CompanyWorth {

    /**
     * Forwards with drafts, where those without are the rule, and the other way round.
     */
    private static final int DRAFTS_TRIED = 8;

    private static final int RESTS_TRIED = 6;

    /** The first forward after a change is planned in the state of the other way. */
    private static final int SETTLING = 1;

    private static final int SHORTEST = 32;

    private static final int LONGEST = 512;

    /** From here a difference is more than the noise of a machine, in logarithms. */
    private static final double CLEAR = 0.05;

    /** What drafts must bring to be worth that all the others wait for them. */
    private static final double LEAST = 0.03;

    private static final double WEIGHT = 0.4;

    private boolean drafting; // as a rule

    private boolean trying; // the other way

    private int forwards; // in this way, without a break

    private int span = SHORTEST; // forwards from one trial to the next

    private double progress; // of those that count, in plain steps' worth of time

    private double seconds;

    private double asARule; // progress a second, before the present trial

    private double advantage; // of drafts, a logarithm

    private int trials;

    /**
     * Creates what has seen nothing yet.
     * @param drafting whether drafts are the rule until trials tell
     */
    CompanyWorth(boolean drafting) {
        this.drafting = drafting;
    }

    /** Returns whether the next forward is one without drafts. */
    boolean rests() {
        return this.drafting == this.trying;
    }

    /**
     * Follows a forward that was made the way that {@link #rests} said.
     * @param progress tokens written by each sequence on average, times the seconds of a
     * plain forward
     * @param seconds what it took, with planning it and applying it
     */
    void observe(double progress, double seconds) {
        if (progress == 0) {
            return; // answers that ended at once; nothing to compare
        }
        this.forwards++;
        if (this.forwards > SETTLING) {
            this.progress += progress;
            this.seconds += seconds;
        }
        if (this.trying) {
            if (this.forwards >= SETTLING + (this.drafting ? RESTS_TRIED : DRAFTS_TRIED)) {
                compare();
                this.trying = false;
                begin();
            }
        }
        else if (this.forwards >= SETTLING + this.span) {
            this.asARule = this.progress / this.seconds;
            this.trying = true;
            begin();
        }
    }

    private void begin() {
        this.forwards = 0;
        this.progress = 0;
        this.seconds = 0;
    }

    private void compare() {
        double other = this.progress / this.seconds;
        double found = Math.log(this.drafting ? this.asARule / other : other / this.asARule);
        this.trials++;
        this.advantage += Math.max(WEIGHT, 1.0 / this.trials) * (found - this.advantage);
        boolean better = this.advantage >= LEAST;
        boolean clear = Math.abs(this.advantage) > CLEAR && better == this.drafting;
        this.span = clear ? Math.min(2 * this.span, LONGEST) : SHORTEST;
        this.drafting = better;
    }

}
