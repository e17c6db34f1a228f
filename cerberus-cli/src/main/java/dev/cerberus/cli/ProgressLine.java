package dev.cerberus.cli;

import java.io.PrintWriter;
import java.util.Locale;

import dev.cerberus.training.evaluation.Bench;

/**
 * A note on standard error, now and then, of how far a command has come.
 */
final class ProgressLine implements Bench.Progress {

    private static final double EVERY_SECONDS = 10;

    private final String name;

    private final PrintWriter err;

    private final long start = System.nanoTime();

    private double nextNote = EVERY_SECONDS;

    ProgressLine(String name, PrintWriter err) {
        this.name = name;
        this.err = err;
    }

    @Override
    public void advanced(int done, int total) {
        double seconds = (System.nanoTime() - this.start) * 1e-9;
        if (seconds >= this.nextNote && done < total) {
            this.nextNote = seconds + EVERY_SECONDS;
            this.err.println(String.format(Locale.ROOT, "%s: %d of %d answers, about %.0f s left", this.name, done,
                    total, seconds / done * (total - done)));
            this.err.flush();
        }
    }

}
