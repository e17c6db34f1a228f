package dev.cerberus.examples.spark;

import java.time.Duration;

import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the executor's log how far a task is, every ten seconds and at its end.
 */
final class Progress {

    private static final Logger LOGGER = LoggerFactory.getLogger(Progress.class);

    private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

    private final String task;

    private final long began = System.nanoTime();

    private long told = this.began;

    private long rows;

    private long errors;

    private long tokens;

    Progress(String job) {
        TaskContext context = TaskContext.get();
        this.task = job + ", partition " + context.partitionId() + ", attempt " + context.attemptNumber();
    }

    void row(int length, boolean failed) {
        this.rows++;
        this.errors += failed ? 1 : 0;
        this.tokens += length;
        if (System.nanoTime() - this.told > INTERVAL) {
            tell("so far");
        }
    }

    void end() {
        tell("at its end");
    }

    private void tell(String when) {
        this.told = System.nanoTime();
        double seconds = (this.told - this.began) / 1e9;
        LOGGER.info("{}: {} rows {}, {} of them with an error, {} tokens/s", this.task, this.rows, when, this.errors,
                Math.round(this.tokens / seconds));
    }

}
