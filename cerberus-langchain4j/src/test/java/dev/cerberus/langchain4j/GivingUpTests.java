package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.KnowingEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whoever leaves, in whatever way, and whoever asks for nonsense, costs a real engine no
 * more than the present step, and the next one is served.
 */
class GivingUpTests {

    /** What a step takes at least; the whole answer has about a thousand. */
    private static final Duration STEP = Duration.ofMillis(4);

    /** A few steps, on a machine that is busy. */
    private static final Duration SOON = Duration.ofMillis(500);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static CerberusEngine engine;

    private static CerberusStreamingChatModel streaming;

    /** Finished steps, counted by the engine's own thread. */
    private static final AtomicLong STEPS = new AtomicLong();

    /** How many there were when somebody had left. */
    private volatile long stepsWhenLeft = Long.MAX_VALUE;

    interface Assistant {

        Flux<String> flux(String question);

        TokenStream stream(String question);

    }

    private final Assistant assistant = AiServices.builder(Assistant.class).streamingChatModel(streaming).build();

    @BeforeAll
    static void open() {
        engine = KnowingEngine.open("patient",
                (conversation) -> List
                    .of(conversation.get(0).content().contains("Hi") ? "Hello!" : "And then she went on. ".repeat(400)),
                STEP);
        engine.observeSteps(new DecodeListener() {

            @Override
            public void onStep(DecodeStep step) {
                STEPS.incrementAndGet();
            }

        });
        streaming = CerberusStreamingChatModel.builder(engine)
            .defaultRequestParameters(CerberusChatRequestParameters.builder().maxOutputTokens(3000).build())
            .build();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @AfterEach
    void nothingIsLeftAndTheNextOneIsServed() {
        assertThat(engine.awaitIdle(SOON)).as("idle soon").isTrue();
        assertThat(STEPS.get() - this.stepsWhenLeft).as("steps after leaving, with the one it was in")
            .isLessThanOrEqualTo(1);
        assertThat(engine.activeRequests()).isZero();
        assertThat(engine.queuedRequests()).isZero();
        assertThat(engine.cachedTokens()).isZero();
        assertThat(CerberusChatModel.builder(engine).build().chat("Hi")).isEqualTo("Hello!");
    }

    private void left() {
        this.stepsWhenLeft = STEPS.get();
    }

    @Test
    void handleOfTheStartCancels() throws Exception {
        Pieces pieces = new Pieces(3);
        StreamingHandle handle = streaming.start(story(), pieces);
        assertThat(pieces.awaitAll()).isTrue();
        assertThat(engine.activeRequests()).isOne();
        handle.cancel();
        left();
    }

    @Test
    void handleOfAPieceCancels() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        this.assistant.stream("Tell me a story").onPartialResponseWithContext((piece, context) -> {
            context.streamingHandle().cancel();
            left();
            cancelled.countDown();
        }).onCompleteResponse((response) -> {
            throw new AssertionError("not after a cancellation");
        }).onError((error) -> {
        }).start();
        assertThat(cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void leavingAFluxCancels() {
        assertThat(this.assistant.flux("Tell me a story").take(3).collectList().block(PATIENCE)).hasSize(3);
        left();
    }

    @Test
    void fluxThatTimesOutIsLeft() {
        assertThat(this.assistant.flux("Tell me a story")
            .takeUntilOther(Flux.interval(Duration.ofMillis(30)).next())
            .collectList()
            .block(PATIENCE)).isNotNull();
        left();
    }

    @Test
    void subscriberThatNeverAsksForAnythingStopsNothing() throws Exception {
        CountDownLatch subscribed = new CountDownLatch(1);
        this.assistant.flux("Hi").subscribe(new BaseSubscriber<>() {

            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscribed.countDown(); // and asks for nothing
            }

        });
        assertThat(subscribed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void interruptOfABlockingCallCancels() throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        CerberusChatModel model = CerberusChatModel.builder(engine).build();
        Thread caller = new Thread(() -> {
            try {
                model.chat("Tell me a story");
                outcome.complete(new AssertionError("answered"));
            }
            catch (RuntimeException ex) {
                outcome.complete(ex);
            }
        });
        caller.start();
        while (engine.activeRequests() == 0) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        assertThat(outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).hasMessageContaining("nterrupted");
        left();
    }

    @Test
    void handlerThatThrowsIsToldAndTheAnswerGoesOn() throws Exception {
        AtomicInteger errors = new AtomicInteger();
        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        streaming.chat("Hi", new StreamingChatResponseHandler() {

            @Override
            public void onPartialResponse(String piece) {
                throw new IllegalStateException("broken handler");
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                whole.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                errors.incrementAndGet();
            }

        });
        assertThat(whole.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).aiMessage().text()).isEqualTo("Hello!");
        assertThat(errors.get()).isPositive();
    }

    static List<ChatRequestParameters> outOfRange() {
        return List.of(parameters().stopSequences("").build(), parameters().stopSequences("a", "").build(),
                parameters().temperature(-1.0).build(), parameters().temperature(Double.NaN).build(),
                parameters().topP(1.5).build(), parameters().topK(-1).build(), parameters().maxOutputTokens(0).build(),
                parameters().maxNodes(0).build());
    }

    private static CerberusChatRequestParameters.Builder parameters() {
        return CerberusChatRequestParameters.builder();
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void valueOutOfRangeIsAnInvalidRequest(ChatRequestParameters parameters) {
        ChatRequest request = ChatRequest.builder().messages(UserMessage.from("Hi")).parameters(parameters).build();
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> CerberusChatModel.builder(engine).build().chat(request));
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> streaming.chat(request, new Pieces(1)));
    }

    @Test
    void otherModelsNameIsRefused() {
        ChatRequest request = ChatRequest.builder().messages(UserMessage.from("Hi")).modelName("gpt-4o").build();
        assertThatExceptionOfType(UnsupportedFeatureException.class)
            .isThrownBy(() -> CerberusChatModel.builder(engine).build().chat(request))
            .withMessageContaining("this model is 'patient'");
    }

    private static ChatRequest story() {
        return ChatRequest.builder().messages(UserMessage.from("Tell me a story")).build();
    }

    /** Counts pieces. */
    private static final class Pieces implements StreamingChatResponseHandler {

        private final CountDownLatch left;

        Pieces(int count) {
            this.left = new CountDownLatch(count);
        }

        boolean awaitAll() throws InterruptedException {
            return this.left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
            this.left.countDown();
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            // not waited for
        }

        @Override
        public void onError(Throwable error) {
            // not expected
        }

    }

}
