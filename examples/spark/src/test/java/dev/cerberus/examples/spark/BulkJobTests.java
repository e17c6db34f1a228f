package dev.cerberus.examples.spark;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BulkJobTests {

    @Test
    void rowThatWaitsBehindSlowOnesIsNotGivenUp() {
        assertThat(new BulkJob("job", "model").engine().requestTimeout()).isGreaterThan(Duration.ofDays(1));
    }

}
