package dev.cerberus.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import dev.cerberus.model.ModelException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EngineStartTests {

    private final OwnThreads threads = new OwnThreads();

    @Test
    void whatServesIsMadeByTheThreadThatServes() throws Exception {
        AtomicReference<Thread> serving = new AtomicReference<>();
        CountDownLatch served = new CountDownLatch(1);
        Thread made = EngineStart.await(this.threads, Thread::currentThread, (own) -> {
            serving.set(Thread.currentThread());
            served.countDown();
        });
        served.await();
        assertThat(made).isSameAs(serving.get()).isNotSameAs(Thread.currentThread());
        assertThat(made.getName()).isEqualTo("cerberus-engine");
    }

    @Test
    void whatIsThrownOverThereIsThrownHereAndNothingServes() {
        AtomicBoolean served = new AtomicBoolean();
        ModelException refused = new ModelException("no such model");
        assertThatThrownBy(() -> EngineStart.await(this.threads, () -> {
            throw refused;
        }, (own) -> served.set(true))).isSameAs(refused);
        OutOfMemoryError full = new OutOfMemoryError();
        assertThatThrownBy(() -> EngineStart.await(this.threads, () -> {
            throw full;
        }, (own) -> served.set(true))).isSameAs(full);
        assertThat(served).isFalse();
    }

    @Test
    void anInterruptOfTheCallerEndsTheLoading() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> EngineStart.await(this.threads, () -> {
            try {
                new CountDownLatch(1).await();
                return "";
            }
            catch (InterruptedException ex) {
                throw new ModelException("interrupted", ex);
            }
        }, (own) -> {
        })).hasMessage("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

}
