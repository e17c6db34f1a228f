package dev.cerberus.training;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * A count of what a training has done, told on standard error. Not thread-safe.
 */
final class Progress {

    private final ProgressNotes notes;

    private final long total;

    private long done;

    private String message = "";

    Progress(String task, long total, long done, String unit) {
        this.total = total;
        this.done = done;
        this.notes = new ProgressNotes(task, unit, done, total, new PrintWriter(
                new OutputStreamWriter(new FileOutputStream(FileDescriptor.err), StandardCharsets.UTF_8), true));
    }

    void step(long by) {
        reach(this.done + by);
    }

    void reach(long now) {
        this.done = now;
        this.notes.advanced(this.done, this.total, this.message);
    }

    void message(String text) {
        this.message = text;
    }

}
