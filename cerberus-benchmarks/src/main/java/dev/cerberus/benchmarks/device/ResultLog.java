package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * Results as a table on the console and as JSON lines in a file, both written at once, so
 * that what was measured stays when the run is cut off. Not thread-safe.
 */
final class ResultLog implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintWriter out;

    private final @Nullable Writer file;

    private final Map<String, Object> common = new LinkedHashMap<>();

    private boolean begun;

    /**
     * Creates a log.
     * @param out takes the table
     * @param file takes a line per result, behind those that it holds; none if null
     */
    ResultLog(PrintWriter out, @Nullable Path file) throws IOException {
        this.out = out;
        this.file = (file != null) ? Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : null;
    }

    /** Sets a field of every line to come. */
    ResultLog common(String name, Object value) {
        this.common.put(name, value);
        return this;
    }

    /**
     * Takes a row of times.
     * @param row what was measured
     */
    void times(Row row) {
        if (!this.begun) {
            this.begun = true;
            this.out.println(line("measure", "rows", "seqs", "context", "n", "median ms", "p99 ms", "max ms", "p99/med",
                    "tokens/s", "floor ms", "med/floor"));
        }
        Times times = row.times();
        double perSecond = row.tokens() / times.median() * 1e3;
        this.out.println(line(row.measure(), row.rows(), row.sequences(), row.context(), times.count(),
                number(times.median(), 3), number(times.p99(), 3), number(times.max(), 3),
                number(times.p99() / times.median(), 2), number(perSecond, 0),
                (row.floor() > 0) ? number(row.floor(), 3) : "-",
                (row.floor() > 0) ? number(times.median() / row.floor(), 2) : "-"));
        this.out.flush();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rows", row.rows());
        fields.put("sequences", row.sequences());
        fields.put("context", row.context());
        fields.put("n", times.count());
        fields.put("median_ms", times.median());
        fields.put("p99_ms", times.p99());
        fields.put("max_ms", times.max());
        fields.put("tokens_per_second", perSecond);
        if (row.floor() > 0) {
            fields.put("floor_ms", row.floor());
        }
        write(row.measure(), fields);
    }

    /** Takes a result of another kind: a sentence, and fields for the file. */
    void say(String measure, String sentence, Map<String, ?> fields) {
        this.out.println(measure + ": " + sentence);
        this.out.flush();
        write(measure, fields);
    }

    private void write(String measure, Map<String, ?> fields) {
        if (this.file == null) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("measure", measure);
        line.putAll(this.common);
        line.putAll(fields);
        try {
            this.file.write(JSON.writeValueAsString(line) + "\n");
            this.file.flush();
        }
        catch (IOException ex) {
            throw new UncheckedIOException("The results can not be written", ex);
        }
    }

    private static String line(Object... cells) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-14s", cells[0]));
        for (int i = 1; i < cells.length; i++) {
            text.append(String.format(Locale.ROOT, (i < 5) ? "%8s" : "%11s", cells[i]));
        }
        return text.toString();
    }

    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    @Override
    public void close() throws IOException {
        if (this.file != null) {
            this.file.close();
        }
    }

    /**
     * Times of one thing.
     *
     * @param measure what was done
     * @param rows rows of each sequence
     * @param sequences sequences of a forward
     * @param context tokens before the rows, at the first run
     * @param times what the runs took
     * @param tokens tokens that count as done in a run
     * @param floor milliseconds in which the weights can be read once; 0 if unknown
     */
    record Row(String measure, int rows, int sequences, int context, Times times, double tokens, double floor) {
    }

}
