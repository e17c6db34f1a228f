package dev.cerberus.model;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AheadTests {

    private final AtomicInteger closed = new AtomicInteger();

    private final AutoCloseable resource = this.closed::incrementAndGet;

    @Test
    void workGoesOnBeforeItsResultIsAskedFor() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        Thread[] worker = new Thread[1];
        try (Ahead<String> ahead = Ahead.start("worker", () -> {
            worker[0] = Thread.currentThread();
            done.countDown();
            return "result";
        })) {
            done.await();
            assertThat(ahead.take()).isEqualTo("result");
        }
        assertThat(worker[0].getName()).isEqualTo("worker");
        assertThat(worker[0].isDaemon()).isTrue();
    }

    @Test
    void whatIsThrownOverThereIsThrownHere() {
        IllegalStateException failure = new IllegalStateException("over there");
        try (Ahead<String> ahead = Ahead.start("worker", () -> {
            throw failure;
        })) {
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(ahead::take).isSameAs(failure);
        }
        try (Ahead<String> ahead = Ahead.start("worker", () -> {
            throw new IOException("disk");
        })) {
            assertThatExceptionOfType(ModelException.class).isThrownBy(ahead::take).withMessageContaining("disk");
        }
    }

    @Test
    void closingWaitsAndClosesWhatNobodyTook() {
        CountDownLatch closing = new CountDownLatch(1);
        Ahead<AutoCloseable> ahead = Ahead.start("worker", () -> {
            closing.await();
            return this.resource;
        });
        closing.countDown();
        ahead.close();
        assertThat(this.closed).hasValue(1);
    }

    @Test
    void closingLeavesWhatWasTaken() throws Exception {
        try (Ahead<AutoCloseable> ahead = Ahead.start("worker", () -> this.resource)) {
            ahead.take();
        }
        assertThat(this.closed).hasValue(0);
    }

}
