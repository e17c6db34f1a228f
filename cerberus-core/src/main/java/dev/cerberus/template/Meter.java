package dev.cerberus.template;

/**
 * Counts what a rendering uses against its budget. One per rendering; not thread-safe.
 *
 * <p>
 * Callers charge before they allocate, so that what is over the budget is never made.
 */
final class Meter {

    /*
     * Weights keep memory within the budget too: a text costs its characters and its
     * header, an entry of a dictionary as much as its objects.
     */
    private static final int TEXT_HEADER = 16;

    private static final int SCANNED_PER_OPERATION = 16;

    private static final int CLOCK_EVERY = 4096;

    private final TemplateBudget budget;

    private final long start = System.nanoTime();

    private final long nanos;

    private long operations;

    private long characters;

    private long nextLook = CLOCK_EVERY;

    private int depth;

    Meter(TemplateBudget budget) {
        this.budget = budget;
        long seconds = budget.time().toSeconds();
        this.nanos = (seconds > Integer.MAX_VALUE) ? Long.MAX_VALUE : budget.time().toNanos();
    }

    /** Charges steps or elements; never negative. */
    void work(long steps) {
        this.operations += Math.max(1, steps);
        if (this.operations > this.budget.operations() || this.operations < 0) {
            throw new Exceeded("needs more than " + this.budget.operations() + " operations");
        }
        if (this.operations >= this.nextLook) {
            this.nextLook = this.operations + CLOCK_EVERY;
            if (System.nanoTime() - this.start > this.nanos) {
                throw new Exceeded("takes longer than " + this.budget.time().toMillis() + " ms");
            }
        }
    }

    /** Charges looking at characters. */
    void scan(long length) {
        work(length / SCANNED_PER_OPERATION);
    }

    /** Charges a text that is about to be made. */
    void text(long length) {
        this.characters += length + TEXT_HEADER;
        if (this.characters > this.budget.characters() || this.characters < 0) {
            throw new Exceeded("produces more than " + this.budget.characters() + " characters");
        }
        scan(length);
    }

    void enter() {
        if (++this.depth > this.budget.depth()) {
            throw tooDeep();
        }
    }

    void leave() {
        this.depth--;
    }

    Exceeded tooDeep() {
        return new Exceeded("is nested more than " + this.budget.depth() + " levels deep");
    }

    /** Thrown when the budget is spent. */
    static final class Exceeded extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Exceeded(String message) {
            super(message);
        }

    }

}
