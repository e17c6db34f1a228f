package dev.cerberus.training;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProgressNotesTests {

    private final StringWriter err = new StringWriter();

    private final AtomicLong nanos = new AtomicLong();

    private final ProgressNotes notes = new ProgressNotes("bench", "answers", 0, 100, new PrintWriter(this.err, true),
            this.nanos::get);

    private void after(int seconds, long done) {
        this.nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        this.notes.advanced(done, 100, "");
    }

    @Test
    void firstLineComesAtOnce() {
        assertThat(this.err.toString().lines()).containsExactly("bench: 0 of 100 answers");
    }

    @Test
    void linesBecomeSeldom() {
        for (int i = 1; i <= 60; i++) {
            after(1, i);
        }
        // after 2, 6, 14 and then every 10 seconds
        assertThat(this.err.toString().lines()).hasSize(8)
            .element(1)
            .isEqualTo("bench: 2 of 100 answers, about 98 s left");
    }

    @Test
    void timeLeftIsThatOfTheLastMinute() {
        after(600, 1);
        after(60, 21);
        after(10, 31);
        // 10 answers in the last 10 s, and 69 to go
        assertThat(this.err.toString().lines().toList().get(3)).isEqualTo("bench: 31 of 100 answers, about 69 s left");
    }

    @Test
    void moreThanWasAskedForIsNoNegativeTime() {
        after(5, 130);
        assertThat(this.err.toString()).contains("130 of 100 answers, the last ones are being finished");
    }

    @Test
    void nothingDoneYetGivesNoTime() {
        after(5, 0);
        assertThat(this.err.toString()).contains("0 of 100 answers, time left not known yet");
    }

    @Test
    void aSlowStartGivesNoTime() {
        long total = 500_000;
        this.notes.advanced(0, total, "");
        afterOf(5, 5, total);
        afterOf(5, 500, total);
        afterOf(16, 4005, total);
        assertThat(this.err.toString().lines().toList().subList(1, 4)).containsExactly(
                "bench: 5 of 500000 answers, time left not known yet",
                "bench: 500 of 500000 answers, time left not known yet",
                "bench: 4005 of 500000 answers, about 43 min left");
    }

    private void afterOf(int seconds, long done, long total) {
        this.nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        this.notes.advanced(done, total, "");
    }

    @ParameterizedTest
    @CsvSource({ "0.2, 1 s", "119, 119 s", "180, 3 min", "7800, 2 h 10 min" })
    void timesAreInWords(double seconds, String words) {
        assertThat(ProgressNotes.words(seconds)).isEqualTo(words);
    }

}
