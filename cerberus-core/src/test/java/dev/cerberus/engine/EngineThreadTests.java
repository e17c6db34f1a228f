package dev.cerberus.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.TokenOrigin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What callers may rely on whatever state the engine's threads are in.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineThreadTests extends AbstractEngineThreadTests {

    @Test
    void deadlineHoldsWhileTheEngineThreadIsStuck() throws Exception {
        open((options) -> options.requestTimeout(Duration.ofMillis(1500)).maxConcurrent(1), this::block);
        Answer active = new Answer();
        Answer waiting = new Answer();
        this.engine.submit(request("active"), active);
        assertThat(this.stuck.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        this.engine.submit(request("waiting"), waiting);
        assertThatThrownBy(() -> this.engine.generate(request("asked"))).isInstanceOf(RequestTimeoutException.class);
        assertThat(active.error()).isInstanceOf(RequestTimeoutException.class);
        assertThat(waiting.error()).isInstanceOf(RequestTimeoutException.class);
        assertThat(this.engine.queuedRequests()).isZero();
        assertThat(this.engine.totals().failures()).isEqualTo(3);
        this.release.countDown();
        assertThat(this.engine.awaitIdle(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
        assertThat(active.ends).hasValue(1);
    }

    @Test
    void engineThatDoesNotComeBackFromAStepHasFailed() throws Exception {
        this.engine = CerberusEngine.start(options((options) -> options.requestTimeout(Duration.ofMillis(200))),
                () -> ScriptedModels.load(tokenizer, this::block), Duration.ofMillis(500));
        Answer active = new Answer();
        this.engine.submit(request("active"), active);
        assertThat(active.error()).isInstanceOf(RequestTimeoutException.class);
        Throwable failure = this.engine.failure().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(failure).hasMessageContaining("does not come back from a step")
            .hasMessageContaining("2 times what a whole request may (PT0.2S)");
        assertThat(this.engine.state()).isEqualTo(EngineState.FAILED);
        assertThatThrownBy(() -> this.engine.generate(request("next"))).isInstanceOf(EngineFailedException.class);
        this.engine.close();
        assertThat(this.engine.state()).isEqualTo(EngineState.CLOSED);
        this.release.countDown();
        awaitTrue(() -> tokenizerIsClosed(this.engine));
    }

    @Test
    void shortTimeOfARequestDoesNotMakeASlowStepAFailure() throws Exception {
        open((options) -> options.requestTimeout(Duration.ofMillis(1)), this::block);
        Answer active = new Answer();
        this.engine.submit(request("active"), active);
        assertThat(active.error()).isInstanceOf(RequestTimeoutException.class);
        Thread.sleep(300); // the watchdog has looked
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
        this.release.countDown();
        assertThat(this.engine.awaitIdle(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
    }

    @Test
    void engineThatWaitsOrIsAskedOftenIsNotStuck() throws Exception {
        open((options) -> options.requestTimeout(Duration.ofMillis(200)), (forward) -> {
        });
        long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(600)) {
            Answer answer = new Answer();
            this.engine.submit(request("often"), answer);
            answer.end.handle((result, failure) -> "ended").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        Thread.sleep(600);
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
    }

    @Test
    void threadsThatCallListenersKeepNothingOfWhoeverAskedFirst() throws Exception {
        ClassLoader opener = Thread.currentThread().getContextClassLoader();
        InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
        open((options) -> options, NOTHING);
        List<String> found = new CopyOnWriteArrayList<>();
        Answer answer = new Answer() {
            @Override
            public void onComplete(GenerationResult result) {
                found.add("user " + user.get());
                found.add("class loader of who "
                        + ((Thread.currentThread().getContextClassLoader() == opener) ? "opened the engine" : "asked"));
                super.onComplete(result);
            }
        };
        Thread first = new Thread(() -> {
            user.set("Ada");
            this.engine.submit(request("first"), answer);
        });
        first.setContextClassLoader(new ClassLoader(opener) {
        });
        first.start();
        answer.result();
        assertThat(found).containsExactly("user null", "class loader of who opened the engine");
    }

    @Test
    void closeReturnsWhileTheEngineThreadIsStuckAndTheStepFreesTheModel() throws Exception {
        open((options) -> options, this::block);
        Answer answer = new Answer();
        this.engine.submit(request("stuck"), answer);
        assertThat(this.stuck.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        this.engine.close();
        assertThat(answer.error()).isInstanceOf(EngineClosedException.class);
        assertThat(this.engine.tokenizer().decode(new int[] { 40 })).isNotEmpty();
        this.release.countDown();
        awaitTrue(() -> tokenizerIsClosed(this.engine));
    }

    @Test
    void cancelledRequestThatWaitsFreesItsPlaceAtOnceAndIsNeverDecoded() throws Exception {
        AtomicInteger prompts = new AtomicInteger();
        open((options) -> options.queueCapacity(2).maxConcurrent(1), this::block);
        this.engine.addListener(new EngineListener() {
            @Override
            public void onPrefill(int promptTokens, double seconds) {
                prompts.incrementAndGet();
            }
        });
        Answer first = new Answer();
        this.engine.submit(request("first"), first);
        assertThat(this.stuck.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        Answer second = new Answer();
        Answer third = new Answer();
        GenerationHandle unwanted = this.engine.submit(request("second"), second);
        this.engine.submit(request("third"), third);
        assertThatThrownBy(() -> this.engine.submit(request("fourth"), new Answer()))
            .isInstanceOf(QueueFullException.class);
        unwanted.cancel();
        unwanted.cancel();
        GenerationResult nothing = second.result();
        assertThat(nothing.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(nothing.tokens()).isEmpty();
        assertThat(nothing.statistics().promptTokens()).isZero();
        Answer fourth = new Answer();
        this.engine.submit(request("fourth"), fourth);
        assertThat(this.engine.queuedRequests()).isEqualTo(2);
        this.release.countDown();
        assertThat(fourth.result().tokens()).hasSize(8);
        assertThat(third.result().tokens()).hasSize(8);
        assertThat(prompts).hasValue(3);
        assertThat(second.ends).hasValue(1);
    }

    @Test
    void errorOfAStepEndsItsRequestOnly() {
        open((options) -> options, (forward) -> {
            if (forward == 3) {
                throw new OutOfMemoryError("heap");
            }
        });
        assertThatThrownBy(() -> this.engine.generate(request("first"))).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("out of memory");
        assertThat(this.engine.generate(request("second")).tokens()).hasSize(8);
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
    }

    @Test
    void timeoutBeyondAnyClockIsNoTimeout() {
        open((options) -> options.requestTimeout(Duration.ofSeconds(Long.MAX_VALUE)), NOTHING);
        assertThat(this.engine.generate(request("patient")).tokens()).hasSize(8);
        assertThat(this.engine.awaitIdle(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
    }

    @Test
    void whoAsksWhileTheEngineIsClosedIsToldSo() throws Exception {
        for (int round = 0; round < 10; round++) {
            open((options) -> options.queueCapacity(1000), NOTHING);
            AtomicReference<RuntimeException> unexpected = new AtomicReference<>();
            List<Thread> askers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread asker = new Thread(() -> askUntilClosed(unexpected));
                askers.add(asker);
                asker.start();
            }
            Thread.sleep(5);
            this.engine.close();
            for (Thread asker : askers) {
                asker.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                assertThat(asker.isAlive()).isFalse();
            }
            assertThat(unexpected.get()).isNull();
        }
    }

    private void askUntilClosed(AtomicReference<RuntimeException> unexpected) {
        while (true) {
            try {
                this.engine.generate(request("ask", 2));
            }
            catch (EngineClosedException ex) {
                return;
            }
            catch (RuntimeException ex) {
                unexpected.set(ex);
                return;
            }
        }
    }

    @Test
    void nothingStaysBehindAfterClosing() throws Exception {
        Set<Thread> before = ownThreads();
        open((options) -> options, NOTHING);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        Answer answer = new Answer();
        this.engine.submit(request("blocked"), new GenerationListener() {
            @Override
            public void onText(String text, TokenOrigin origin) {
                try {
                    never.await();
                }
                catch (InterruptedException ex) {
                    interrupted.incrementAndGet();
                }
            }

            @Override
            public void onComplete(GenerationResult result) {
                answer.onComplete(result);
            }

            @Override
            public void onError(RuntimeException error) {
                answer.onError(error);
            }
        });
        this.engine.generate(request("other"));
        this.engine.close();
        answer.end.handle((result, error) -> true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(interrupted).hasPositiveValue();
        awaitTrue(() -> before.containsAll(ownThreads()));
    }

    private static Set<Thread> ownThreads() {
        return Thread.getAllStackTraces()
            .keySet()
            .stream()
            .filter((thread) -> thread.getName().startsWith("cerberus-"))
            .collect(Collectors.toSet());
    }

    @Test
    void closeByAnInterruptedThreadIsComplete() {
        open((options) -> options, NOTHING);
        this.engine.generate(request("before"));
        Thread.currentThread().interrupt();
        this.engine.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(tokenizerIsClosed(this.engine)).isTrue();
        assertThat(this.engine.state()).isEqualTo(EngineState.CLOSED);
    }

}
