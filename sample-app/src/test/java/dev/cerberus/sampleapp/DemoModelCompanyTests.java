package dev.cerberus.sampleapp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineListener;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateMode;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.DemoFixture;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Company does not change a single token: requests that come at random, some of which are
 * cancelled, each get the answer that they get alone. {@code -Dcompany.requests} asks for
 * more of them.
 */
class DemoModelCompanyTests {

    private static final int REQUESTS = Integer.getInteger("company.requests", 250);

    private static final int MOST_OPEN = 40;

    /** Too few for all, so that some give their rows back and read their text again. */
    private static final int SCARCE_TOKENS = 800;

    private static final List<String> QUESTIONS = List.of("Travel post about Genoa: the airport lounge, meatballs.",
            "Imagine you are a lion in Tampa, and your name is Isaac. Describe your life.",
            "Which of these does not fit: banana, grape, peach, carrot?", "Compute 51 plus 81 and show your work.",
            "Write a Python function add_balances that adds 14 to all balances.",
            "Make an address book entry from this: Please contact Aria Kelly of Redstone Software, 94 Rose Avenue, "
                    + "Miami. Phone 555-409-187, e-mail aria.kelly@example.com.",
            "Who is closer to the sun? Uranus? Venus?", "A sonnet versus colonialism?");

    private static final List<GateOptions> GATES = List.of(GateOptions.DEFAULT.withMode(GateMode.NEVER),
            GateOptions.DEFAULT.withMode(GateMode.ALWAYS), GateOptions.DEFAULT);

    @ParameterizedTest
    @ValueSource(strings = { "fp32", "int8" })
    void answersInCompanyEqualThoseAlone(String precision) throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(17);
        EngineOptions.Builder options = EngineOptions.builder(DemoFixture.model().toString())
            .precision(precision)
            .device("cpu");
        try (CerberusEngine single = CerberusEngine.open(options.prefixCache(false).build());
                CerberusEngine engine = CerberusEngine.open(options.prefixCache(true)
                    .maxConcurrent(12)
                    .queueCapacity(MOST_OPEN)
                    .kvCacheTokens(OptionalInt.of(SCARCE_TOKENS))
                    .requestTimeout(Duration.ofMinutes(10))
                    .build())) {
            List<GenerationRequest> requests = new ArrayList<>();
            List<int[]> alone = new ArrayList<>();
            for (int i = 0; i < 5 * QUESTIONS.size(); i++) {
                SamplingOptions sampling = (i % 2 == 0) ? SamplingOptions.GREEDY : new SamplingOptions(0.8, 0, 1, i);
                GenerationRequest request = GenerationRequest
                    .greedy(new Prompt.Chat(List.of(ChatMessage.user(QUESTIONS.get(i % QUESTIONS.size()))), List.of()),
                            2 + 20 * (i / QUESTIONS.size()))
                    .withSampling(sampling);
                requests.add(request);
                alone.add(single.generate(request.withGate(GATES.get(0))).tokens());
            }
            AtomicInteger most = new AtomicInteger();
            engine.addListener(new EngineListener() {
                @Override
                public void onForward(int rows, int sequences, double seconds) {
                    most.accumulateAndGet(sequences, Math::max);
                }
            });
            Semaphore room = new Semaphore(MOST_OPEN);
            List<CompletableFuture<Void>> checks = new ArrayList<>();
            AtomicInteger cancelled = new AtomicInteger();
            AtomicInteger drafted = new AtomicInteger();
            for (int i = 0; i < REQUESTS; i++) {
                int which = random.nextInt(requests.size());
                room.acquire();
                Answer answer = new Answer((random.nextInt(10) == 0) ? random.nextInt(12) : Integer.MAX_VALUE);
                checks.add(answer.end.thenAccept((result) -> {
                    room.release();
                    int[] expected = alone.get(which);
                    if (result.finishReason() == FinishReason.CANCELLED) {
                        cancelled.incrementAndGet();
                        expected = Arrays.copyOf(expected, result.tokens().length);
                    }
                    drafted.addAndGet(result.statistics().acceptedDraftTokens());
                    assertThat(result.tokens()).as("request %d", which).isEqualTo(expected);
                }));
                answer.submit(engine, requests.get(which).withGate(GATES.get(random.nextInt(GATES.size()))));
                if (random.nextInt(20) == 0) {
                    Thread.sleep(random.nextInt(100));
                }
            }
            for (CompletableFuture<Void> check : checks) {
                check.get(60, TimeUnit.SECONDS);
            }
            assertThat(engine.awaitIdle(Duration.ofSeconds(10))).isTrue();
            assertThat(engine.cachedTokens()).isZero();
            assertThat(cancelled).hasValueGreaterThan(10);
            assertThat(drafted).hasValueGreaterThan(REQUESTS);
            assertThat(most).hasValueGreaterThan(4);
        }
    }

    /** Somebody who loses patience after some pieces of the answer. */
    private static final class Answer implements GenerationListener {

        private final CompletableFuture<GenerationResult> end = new CompletableFuture<>();

        private final CompletableFuture<GenerationHandle> handle = new CompletableFuture<>();

        private int patience;

        Answer(int patience) {
            this.patience = patience;
        }

        void submit(CerberusEngine engine, GenerationRequest request) {
            GenerationHandle submitted = engine.submit(request, this);
            this.handle.complete(submitted);
            if (this.patience == 0) {
                submitted.cancel();
            }
        }

        @Override
        public void onText(String text, TokenOrigin origin) {
            this.patience--;
            if (this.patience == 0) {
                this.handle.thenAccept(GenerationHandle::cancel);
            }
        }

        @Override
        public void onComplete(GenerationResult result) {
            this.end.complete(result);
        }

        @Override
        public void onError(RuntimeException error) {
            this.end.completeExceptionally(error);
        }

    }

}
