package dev.cerberus.cli;

import java.io.PrintWriter;

import org.jspecify.annotations.Nullable;

import dev.cerberus.training.ProgressNotes;
import dev.cerberus.training.evaluation.Bench;

/**
 * A note on standard error, now and then, of how many answers a command has.
 */
final class ProgressLine implements Bench.Progress {

    private final String name;

    private final PrintWriter err;

    private @Nullable ProgressNotes notes;

    ProgressLine(String name, PrintWriter err) {
        this.name = name;
        this.err = err;
    }

    @Override
    public void advanced(int done, int total) {
        if (this.notes == null) {
            this.notes = new ProgressNotes(this.name, "answers", done, total, this.err);
        }
        else if (done < total) {
            this.notes.advanced(done, total, "");
        }
    }

}
