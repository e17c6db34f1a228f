package dev.cerberus.djl;

import java.util.List;
import java.util.Optional;

/**
 * To how many rows a product with weights in 16 bits is filled up, so that no row's bits
 * depend on how many there are. Immutable and thread-safe.
 *
 * @param period rows after which the rule begins anew, 1 or more
 * @param fewest least number of rows behind a multiple of the period, if any
 */
/*
 * FBGEMM takes a few rows at a time and has a kernel for each number of them. Those for
 * the fewest rows add in another order than the others, and they are what is left over of
 * some numbers of rows. Which, depends on the CPU's instructions, so it is tried.
 */
record FilledRows(int period, int fewest) {

    /** That of CPUs with AVX2 comes first, then what wastes least. */
    private static final List<FilledRows> RULES = List.of(new FilledRows(6, 3), new FilledRows(14, 3),
            new FilledRows(6, 6), new FilledRows(14, 14), new FilledRows(12, 12), new FilledRows(8, 8));

    /** FBGEMM begins anew after 120 rows. */
    private static final int TRIED_ROWS = 144;

    /**
     * Returns the rule of this machine.
     * @return empty if products depend on the number of rows whatever is done, or
     * libtorch has none with such weights
     */
    static Optional<FilledRows> found() {
        return Found.RULE;
    }

    /** Adds the rule to a program. */
    ProgramSource addTo(ProgramSource source) {
        return source.constant("PERIOD", this.period).constant("FEWEST", this.fewest);
    }

    /** Returns whether rows have the same bits in any number here. */
    private boolean holds() {
        ProgramSource source = addTo(new ProgramSource().packing(LinearKernel.FP16_WEIGHTS));
        return Probe.holds(source.constant("MOST", TRIED_ROWS).files("fp16_products.py", "fp16_probe.py"),
                "independent");
    }

    /** Found once a process. */
    private static final class Found {

        private static final Optional<FilledRows> RULE = RULES.stream().filter(FilledRows::holds).findFirst();

    }

}
