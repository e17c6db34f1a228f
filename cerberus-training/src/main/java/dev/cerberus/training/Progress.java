package dev.cerberus.training;

import java.time.Duration;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar with rate and time left, on standard error.
 */
final class Progress implements AutoCloseable {

    private static final int UPDATE_MILLIS = 1000;

    private final ProgressBar bar;

    Progress(String task, long total, long done, String unit) {
        this.bar = new ProgressBarBuilder().setTaskName(task)
            .setInitialMax(total)
            .startsFrom(done, Duration.ZERO)
            .setUnit(" " + unit, 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .showSpeed()
            .build();
    }

    void step(long by) {
        this.bar.stepBy(by);
    }

    void message(String text) {
        this.bar.setExtraMessage(text);
    }

    @Override
    public void close() {
        this.bar.close();
    }

}
