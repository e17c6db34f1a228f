package dev.cerberus.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What callers and listeners may rely on whatever state the engine's threads are in.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineThreadTests {

    private static final IntConsumer NOTHING = (forward) -> {
    };

    /** Much longer than anything here takes by itself, much shorter than for ever. */
    private static final long PATIENCE_SECONDS = 20;

    @TempDir
    private static Path tokenizer;

    private final CountDownLatch stuck = new CountDownLatch(1);

    private final CountDownLatch release = new CountDownLatch(1);

    private CerberusEngine engine;

    @BeforeAll
    static void writeTokenizer() {
        TinyModels.writeWithTokenizer("llama", tokenizer);
    }

    @AfterEach
    void close() {
        this.release.countDown();
        if (this.engine != null) {
            this.engine.close();
        }
    }

    private CerberusEngine open(UnaryOperator<EngineOptions.Builder> options, IntConsumer onForward) {
        this.engine = CerberusEngine.start(options(options), ScriptedModels.load(tokenizer, onForward));
        return this.engine;
    }

    private static EngineOptions options(UnaryOperator<EngineOptions.Builder> options) {
        return options.apply(EngineOptions.builder("scripted").maxNodes(4)).build();
    }

    /** A model whose forward does not return until the test releases it. */
    private void block(int forward) {
        this.stuck.countDown();
        awaitUninterruptibly(this.release);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            }
            catch (InterruptedException ex) {
                done = false;
            }
        }
    }

    private static GenerationRequest request(String text) {
        return request(text, 8);
    }

    private static GenerationRequest request(String text, int tokens) {
        return new GenerationRequest(new Prompt.Raw(text), SamplingOptions.GREEDY, tokens, tokens, List.of(),
                Optional.empty(), Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
    }

    private static final class Answer implements GenerationListener {

        private final CompletableFuture<GenerationResult> end = new CompletableFuture<>();

        private final AtomicInteger ends = new AtomicInteger();

        @Override
        public void onComplete(GenerationResult result) {
            this.ends.incrementAndGet();
            this.end.complete(result);
        }

        @Override
        public void onError(RuntimeException error) {
            this.ends.incrementAndGet();
            this.end.completeExceptionally(error);
        }

        GenerationResult result() throws Exception {
            return this.end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        Throwable error() throws Exception {
            try {
                result();
            }
            catch (ExecutionException ex) {
                return ex.getCause();
            }
            throw new AssertionError("there was an answer");
        }

    }

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
                ScriptedModels.load(tokenizer, this::block), Duration.ofMillis(500));
        Answer active = new Answer();
        this.engine.submit(request("active"), active);
        assertThat(active.error()).isInstanceOf(RequestTimeoutException.class);
        Throwable failure = this.engine.failure().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(failure).hasMessageContaining("does not come back from a step")
            .hasMessageContaining("cerberus.engine.request-timeout");
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

    private static boolean tokenizerIsClosed(CerberusEngine engine) {
        try {
            engine.tokenizer().decode(new int[] { 40 });
            return false;
        }
        catch (IllegalStateException ex) {
            return true;
        }
    }

    private static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
            Thread.sleep(5);
        }
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
    void interruptFlagOfAListenerLosesNeitherTextNorEnd() throws Exception {
        open((options) -> options, NOTHING);
        StringBuilder text = new StringBuilder();
        GenerationResult result = this.engine.generate(request("interrupt", 12), (piece, origin) -> {
            text.append(piece);
            Thread.currentThread().interrupt();
        });
        assertThat(text).hasToString(result.text());
    }

    @Test
    void exceptionOfWhoAskedIsThrownAtThemAndCancelsTheRequest() {
        open((options) -> options, NOTHING);
        AtomicInteger pieces = new AtomicInteger();
        assertThatThrownBy(() -> this.engine.generate(request("throw", 100), (piece, origin) -> {
            pieces.incrementAndGet();
            throw new UnsupportedOperationException("mine");
        })).isInstanceOf(UnsupportedOperationException.class).hasMessage("mine");
        assertThatThrownBy(() -> this.engine.generate(request("throw", 100), (piece, origin) -> {
            throw new NoClassDefFoundError("mine");
        })).isInstanceOf(NoClassDefFoundError.class);
        assertThat(pieces).hasValue(1);
        assertThat(this.engine.awaitIdle(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
    }

    @Test
    void errorOfAListenerKeepsNoCallFromBeingMade() throws Exception {
        open((options) -> options, NOTHING);
        Answer answer = new Answer();
        this.engine.submit(request("error"), new GenerationListener() {
            @Override
            public void onText(String text, TokenOrigin origin) {
                throw new AssertionError("listener");
            }

            @Override
            public void onComplete(GenerationResult result) {
                answer.onComplete(result);
                throw new AssertionError("listener");
            }

            @Override
            public void onError(RuntimeException error) {
                answer.onError(error);
            }
        });
        assertThat(answer.result().tokens()).hasSize(8);
        assertThat(this.engine.generate(request("next")).tokens()).hasSize(8);
        assertThat(answer.ends).hasValue(1);
    }

    @Test
    void closeFromAListenerOfARequestEndsTheOthers() throws Exception {
        closeFrom((closing) -> this.engine.submit(request("closing", 100), new GenerationListener() {
            @Override
            public void onText(String text, TokenOrigin origin) {
                closing.run();
            }

            @Override
            public void onComplete(GenerationResult result) {
            }

            @Override
            public void onError(RuntimeException error) {
            }
        }));
    }

    @Test
    void closeFromAListenerOfTheEngineEndsTheOthers() throws Exception {
        closeFrom((closing) -> this.engine.addListener(new EngineListener() {
            @Override
            public void onStep(DecodeStep step) {
                closing.run();
            }
        }));
    }

    @Test
    void closeFromTheEngineThreadEndsTheOthers() throws Exception {
        closeFrom((closing) -> this.engine.observeSteps(new DecodeListener() {
            @Override
            public void onStep(DecodeStep step) {
                closing.run();
            }
        }));
        awaitTrue(() -> tokenizerIsClosed(this.engine));
    }

    private void closeFrom(Consumer<Runnable> place) throws Exception {
        // slow, so that the last request is not over before the engine is closed
        open((options) -> options.maxConcurrent(1), (forward) -> LockSupport.parkNanos(10_000_000));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        place.accept(() -> {
            awaitUninterruptibly(asked);
            this.engine.close();
            closed.countDown();
        });
        List<Answer> others = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            others.add(new Answer());
            this.engine.submit(request("other " + i, 100), others.get(i));
        }
        asked.countDown();
        assertThat(closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(others.get(4).error()).isInstanceOf(EngineClosedException.class);
        for (Answer other : others) {
            other.end.handle((result, error) -> true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(other.ends).hasValue(1);
        }
    }

    @Test
    void engineListenerThatBlocksDelaysNeitherRequestsNorClosing() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        open((options) -> options, NOTHING);
        this.engine.addListener(new EngineListener() {
            @Override
            public void onPrefill(int promptTokens, double seconds) {
                awaitUninterruptibly(never);
            }
        });
        for (int i = 0; i < 5; i++) {
            assertThat(this.engine.generate(request("request " + i)).tokens()).hasSize(8);
        }
        this.engine.close();
        never.countDown();
    }

    @Test
    void engineListenerHearsOfARequestBeforeWhoAsked() {
        open((options) -> options, NOTHING);
        AtomicInteger finished = new AtomicInteger();
        AtomicInteger tokens = new AtomicInteger();
        this.engine.addListener(new EngineListener() {
            @Override
            public void onFinished(GenerationResult result) {
                finished.incrementAndGet();
                tokens.addAndGet(result.tokens().length);
            }
        });
        for (int i = 1; i <= 20; i++) {
            this.engine.generate(request("request " + i));
            assertThat(finished).hasValue(i);
        }
        assertThat(tokens).hasValue(160);
    }

    @Test
    void errorOfAnEngineListenerDisturbsNobody() {
        open((options) -> options, NOTHING);
        this.engine.addListener(new EngineListener() {
            @Override
            public void onStep(DecodeStep step) {
                throw new NoClassDefFoundError("listener");
            }
        });
        assertThat(this.engine.generate(request("request")).tokens()).hasSize(8);
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
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
