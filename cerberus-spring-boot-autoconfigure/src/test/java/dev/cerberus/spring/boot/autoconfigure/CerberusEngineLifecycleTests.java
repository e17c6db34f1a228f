package dev.cerberus.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.EngineState;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Stops that find a request running, one that gets no further until the test releases it.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CerberusEngineLifecycleTests {

    private static final Duration SHORT = Duration.ofMillis(300);

    private static final Duration LONG = Duration.ofSeconds(50);

    private final CerberusEngine engine = TinyEngine.open();

    private final CountDownLatch release = new CountDownLatch(1);

    private CompletableFuture<GenerationResult> answer = new CompletableFuture<>();

    private final CountDownLatch stopped = new CountDownLatch(1);

    @AfterEach
    void close() {
        this.release.countDown();
        this.engine.close();
    }

    private CerberusEngineLifecycle start(Duration timeout) throws InterruptedException {
        CerberusEngineLifecycle lifecycle = new CerberusEngineLifecycle(() -> List.of(this.engine), timeout);
        lifecycle.start();
        CountDownLatch running = new CountDownLatch(1);
        this.engine.observeSteps(new DecodeListener() {

            @Override
            public void onPrefill(int promptTokens, double seconds) {
                running.countDown();
                awaitRelease();
            }

        });
        this.answer = CompletableFuture
            .supplyAsync(() -> this.engine.generate(GenerationRequest.greedy(new Prompt.Raw("abc"), 4)));
        running.await();
        return lifecycle;
    }

    private void awaitRelease() {
        try {
            this.release.await();
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void stopWaitsForWhatRunsAndRefusesBeforeItReturns() throws Exception {
        CerberusEngineLifecycle lifecycle = start(LONG);
        lifecycle.stop(this.stopped::countDown);
        assertThat(lifecycle.isRunning()).isFalse();
        assertThat(this.engine.state()).isEqualTo(EngineState.STOPPING);
        assertThat(this.stopped.await(SHORT.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
        this.release.countDown();
        this.stopped.await();
        assertThat(this.answer.get(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void stopThatHasWaitedLongEnoughSaysSo(CapturedOutput output) throws Exception {
        start(SHORT).stop(this.stopped::countDown);
        this.stopped.await();
        assertThat(output).contains("Requests still running after PT0.3S are ended when the engine is closed");
    }

    @Test
    void startBeforeTheStopIsThroughIsTheLastWord(CapturedOutput output) throws Exception {
        CerberusEngineLifecycle lifecycle = start(SHORT);
        lifecycle.stop(this.stopped::countDown);
        lifecycle.start();
        this.stopped.await();
        assertThat(lifecycle.isRunning()).isTrue();
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
        assertThat(output).doesNotContain("still running");
        this.release.countDown();
        assertThat(this.answer.get(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void engineThatIsClosedEndsTheWait() throws Exception {
        start(LONG).stop(this.stopped::countDown);
        Thread closing = new Thread(this.engine::close);
        closing.start();
        this.stopped.await();
        this.release.countDown();
        closing.join();
        assertThat(this.engine.state()).isEqualTo(EngineState.CLOSED);
        assertThatThrownBy(() -> this.answer.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(EngineClosedException.class);
    }

}
