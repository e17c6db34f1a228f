package dev.cerberus.training;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A line of text now and then of how far a long task has come: one as it begins, then
 * ever more seldom, down to one in ten seconds.
 *
 * <p>
 * The time left is told from the speed of the last minute, and in the first one from that
 * since the task first came on, which leaves out what it did to get going; not before
 * there is something to tell it from. Lines stay readable in a file. Not thread-safe.
 */
public final class ProgressNotes {

    private static final long FIRST_NANOS = Duration.ofSeconds(2).toNanos();

    private static final long LONGEST_NANOS = Duration.ofSeconds(10).toNanos();

    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

    private static final long TELLING_NANOS = Duration.ofSeconds(10).toNanos();

    private static final double TELLING_SHARE = 0.02;

    private final String task;

    private final String unit;

    private final PrintWriter err;

    private final LongSupplier clock;

    private final Deque<Mark> marks = new ArrayDeque<>();

    private final Mark begun;

    private long pause = FIRST_NANOS;

    private long next;

    private @Nullable Mark going;

    private record Mark(long nanos, long done) {
    }

    /**
     * Creates notes and writes the first one.
     * @param task what is done, such as {@code bench}
     * @param unit what is counted, such as {@code answers}
     * @param done how many are done already
     * @param total how many there will be, at least 1
     * @param err takes the lines
     */
    public ProgressNotes(String task, String unit, long done, long total, PrintWriter err) {
        this(task, unit, done, total, err, System::nanoTime);
    }

    ProgressNotes(String task, String unit, long done, long total, PrintWriter err, LongSupplier clock) {
        this.task = task;
        this.unit = unit;
        this.err = err;
        this.clock = clock;
        long now = clock.getAsLong();
        this.begun = new Mark(now, done);
        this.marks.add(this.begun);
        this.next = now + this.pause;
        print(String.format(Locale.ROOT, "%s: %d of %d %s", task, done, total, unit));
    }

    /**
     * Tells how far the task has come, if it is time to.
     * @param done how many are done
     * @param total how many there will be
     * @param remark what else is worth knowing, or nothing
     */
    public void advanced(long done, long total, String remark) {
        long now = this.clock.getAsLong();
        if (this.going == null && done > this.begun.done()) {
            this.going = new Mark(now, done);
        }
        if (now < this.next) {
            return;
        }
        this.pause = Math.min(2 * this.pause, LONGEST_NANOS);
        this.next = now + this.pause;
        while (this.marks.size() > 1 && now - this.marks.getFirst().nanos() > WINDOW_NANOS) {
            this.marks.removeFirst();
        }
        Mark first = since(now);
        this.marks.add(new Mark(now, done));
        boolean telling = !first.equals(this.begun) || done - first.done() >= TELLING_SHARE * (total - first.done());
        double perSecond = telling ? (done - first.done()) / ((now - first.nanos()) * 1e-9) : 0;
        print(String.format(Locale.ROOT, "%s: %d of %d %s, %s%s", this.task, done, total, this.unit,
                left(total - done, perSecond), remark.isEmpty() ? "" : "; " + remark));
    }

    private Mark since(long now) {
        Mark first = this.marks.getFirst();
        Mark under = this.going;
        return (first.equals(this.begun) && under != null && now - under.nanos() >= TELLING_NANOS) ? under : first;
    }

    private static String left(long count, double perSecond) {
        if (count <= 0) {
            return "the last ones are being finished";
        }
        return (perSecond > 0) ? "about " + words(count / perSecond) + " left" : "time left not known yet";
    }

    /**
     * Returns a time in words.
     * @param seconds 0 or more
     * @return such as {@code 40 s}, {@code 5 min} or {@code 2 h 10 min}
     */
    static String words(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 120) {
            return Math.max(1, whole) + " s";
        }
        long minutes = Math.round(seconds / 60);
        return (minutes < 120) ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }

    private void print(String line) {
        this.err.println(line);
        this.err.flush();
    }

}
