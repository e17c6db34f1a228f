package dev.cerberus.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.model.NodeScores;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What listeners may do to the engine, and may rely on.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineListenerTests extends AbstractEngineThreadTests {

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
    void observersHearOfEveryTokenAndEndNoRequest() {
        open((options) -> options, NOTHING);
        List<Integer> tokens = new CopyOnWriteArrayList<>();
        this.engine.observeSteps(new DecodeListener() {
            @Override
            public void onToken(NodeScores scores, int node, int token) {
                tokens.add(token);
                throw new IllegalStateException("observer");
            }
        });
        int[] written = this.engine.generate(request("tokens")).tokens();
        assertThat(written).hasSize(8);
        assertThat(tokens).startsWith(Arrays.stream(written).boxed().toArray(Integer[]::new));
    }

    @Test
    void answerIsNotTooLateBecauseAListenerOfTheEngineIsSlow() {
        open((options) -> options.requestTimeout(Duration.ofMillis(400)), NOTHING);
        this.engine.addListener(new EngineListener() {
            @Override
            public void onFinished(Operation operation, GenerationResult result) {
                LockSupport.parkNanos(Duration.ofMillis(1800).toNanos());
            }
        });
        assertThat(this.engine.generate(request("settled")).tokens()).hasSize(8);
    }

    @Test
    void answerIsGivenAfterOneTooLateWithWhatThatOneHasRead() throws Exception {
        open((options) -> options.requestTimeout(Duration.ofMillis(500)), (forward) -> {
            if (forward <= 2) {
                LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
            }
        });
        BlockingQueue<Integer> known = new LinkedBlockingQueue<>();
        this.engine.addListener(new EngineListener() {
            @Override
            public void onPrefix(int knownTokens, int readTokens) {
                known.add(knownTokens);
            }
        });
        int[] prompt = new int[240]; // pieces of 64
        Arrays.setAll(prompt, (i) -> 3 + i % 50);
        GenerationRequest request = GenerationRequest.greedy(new Prompt.Tokens(prompt), 4);
        assertThatThrownBy(() -> this.engine.generate(request)).isInstanceOf(RequestTimeoutException.class);
        assertThat(this.engine.generate(request).statistics().promptTokens()).isEqualTo(240);
        assertThat(known.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
        assertThat(known.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(128);
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
            public void onFinished(Operation operation, GenerationResult result) {
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
    void engineListenerHearsOfWhatIsRefusedAndOfWhichKindItWas() throws Exception {
        open((options) -> options.queueCapacity(1).maxConcurrent(1), this::block);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        this.engine.addListener(new EngineListener() {
            @Override
            public void onRefused(Operation operation, RuntimeException error, double seconds) {
                assertThat(seconds).isBetween(0.0, 60.0);
                heard.add(operation.id() + " " + error.getClass().getSimpleName());
            }
        });
        this.engine.submit(request("runs"), new Answer());
        this.stuck.await();
        this.engine.submit(request("waits"), new Answer());
        assertThatThrownBy(() -> this.engine.submit(request("too many"), new Answer()))
            .isInstanceOf(QueueFullException.class);
        assertThat(heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("text_completion QueueFullException");
        Prompt.Chat chat = new Prompt.Chat(List.of(ChatMessage.user("x".repeat(200_000))), List.of());
        assertThatThrownBy(() -> this.engine.submit(GenerationRequest.greedy(chat, 8), new Answer()))
            .isInstanceOf(RuntimeException.class);
        assertThat(heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).startsWith("chat ");
        assertThat(heard).isEmpty();
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

}
