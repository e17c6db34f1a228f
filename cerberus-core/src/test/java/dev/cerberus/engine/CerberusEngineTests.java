package dev.cerberus.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.gate.GateMode;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.model.ModelException;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CerberusEngineTests {

    @TempDir
    private static Path directory;

    private static CerberusEngine engine;

    @BeforeAll
    static void open() {
        TinyModels.writeWithTokenizer("llama", directory);
        engine = CerberusEngine.open(options(directory).build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static EngineOptions.Builder options(Path model) {
        return EngineOptions.builder(model.toString()).precision("fp32").device("cpu");
    }

    @Test
    void aRequestLongerThanTheContextCanHoldIsRefusedBeforeItIsTokenized() {
        String endless = "x" + " ".repeat(11_000_000) + "y";
        assertThatThrownBy(() -> engine.generate(raw(endless, 5))).isInstanceOf(PromptTooLongException.class)
            .hasMessageContaining("11000002 characters")
            .hasMessageEndingWith("; shorten the prompt");
        assertThatThrownBy(() -> engine
            .generate(GenerationRequest.greedy(new Prompt.Chat(List.of(ChatMessage.user(endless)), List.of()), 5)))
            .isInstanceOf(PromptTooLongException.class);
        GenerationRequest stopping = new GenerationRequest(new Prompt.Raw("x"), SamplingOptions.GREEDY, 5, 0,
                List.of(endless), Optional.empty(), Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
        assertThatThrownBy(() -> engine.generate(stopping)).isInstanceOf(PromptTooLongException.class);
    }

    @Test
    void aTokenThatTheModelDoesNotKnowIsRefusedWhenAskedFor() {
        assertThatThrownBy(() -> engine.generate(GenerationRequest.greedy(new Prompt.Tokens(new int[] { 97 }), 5)))
            .isInstanceOf(UnknownPromptTokenException.class)
            .hasMessageContaining("token id 97")
            .hasMessageContaining("only 97 tokens");
    }

    private static GenerationRequest raw(String text, int tokens) {
        return new GenerationRequest(new Prompt.Raw(text), SamplingOptions.GREEDY, tokens, tokens, List.of(),
                Optional.empty(), Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
    }

    @Test
    void generateReturnsExactlyTheBudgetWithItsText() {
        GenerationResult result = engine.generate(raw("hello", 20));
        assertThat(result.tokens()).hasSize(20);
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(result.text()).isEqualTo(engine.tokenizer().decode(result.tokens()));
        assertThat(result.statistics().promptTokens()).isEqualTo(5);
        // One token comes from the prompt's forward.
        assertThat(result.statistics().steps() + result.statistics().acceptedDraftTokens()).isEqualTo(19);
        assertThat(result.timeToFirstTokenSeconds()).isPositive().isLessThanOrEqualTo(result.seconds());
    }

    @Test
    void streamedTextEqualsTheResultOnOneThreadThatIsNeitherCallerNorEngine() throws Exception {
        StringBuilder text = new StringBuilder();
        List<DecodeStep> steps = new CopyOnWriteArrayList<>();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CompletableFuture<GenerationResult> done = new CompletableFuture<>();
        engine.submit(raw("stream", 30), new GenerationListener() {
            @Override
            public void onText(String increment, TokenOrigin origin) {
                threads.add(Thread.currentThread());
                text.append(increment);
            }

            @Override
            public void onStep(DecodeStep step) {
                threads.add(Thread.currentThread());
                steps.add(step);
            }

            @Override
            public void onComplete(GenerationResult result) {
                threads.add(Thread.currentThread());
                done.complete(result);
            }

            @Override
            public void onError(RuntimeException error) {
                done.completeExceptionally(error);
            }
        });
        assertThat(text).isNotNull();
        GenerationResult result = done.get(20, TimeUnit.SECONDS);
        assertThat(text.toString()).isEqualTo(result.text());
        assertThat(steps).hasSize(result.statistics().steps());
        assertThat(threads).hasSize(1).doesNotContain(Thread.currentThread());
        assertThat(threads.iterator().next().getName()).isEqualTo("cerberus-callback");
    }

    @Test
    void stopStringEndsTheAnswerBeforeIt() {
        String whole = engine.generate(raw("stop", 40)).text();
        String stop = whole.substring(10, 12);
        GenerationRequest request = new GenerationRequest(new Prompt.Raw("stop"), SamplingOptions.GREEDY, 40, 40,
                List.of(stop), Optional.empty(), Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
        GenerationResult result = engine.generate(request);
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(result.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    }

    @Test
    void conversationGoesThroughTheChatTemplate() {
        Prompt.Chat chat = new Prompt.Chat(List.of(ChatMessage.user("hi")), List.of());
        assertThat(engine.encode(chat)).isEqualTo(engine.encode(new Prompt.Raw("user: hi a:")));
    }

    @Test
    void chatTemplateMayLieOnTheClassPath() {
        try (CerberusEngine other = CerberusEngine
            .open(options(directory).chatTemplate(Optional.of("classpath:dev/cerberus/text/templates/chatml.jinja"))
                .build())) {
            Prompt.Chat chat = new Prompt.Chat(List.of(ChatMessage.user("hi")), List.of());
            assertThat(other.tokenizer().decode(other.encode(chat))).contains("im_start");
        }
    }

    @Test
    void templateVariablesReachTheChatTemplate(@TempDir Path scratch) throws IOException {
        Path template = Files.writeString(scratch.resolve("variables.jinja"),
                "{{ messages[0].content }}{% if enable_thinking %} thinks{% endif %}");
        try (CerberusEngine other = CerberusEngine
            .open(options(directory).chatTemplate(Optional.of(template.toString()))
                .templateVariables(Map.of("enable_thinking", true))
                .build())) {
            Prompt.Chat chat = new Prompt.Chat(List.of(ChatMessage.user("hi")), List.of());
            assertThat(other.chatTemplate().orElseThrow().render(chat.messages(), List.of(), true, Map.of()))
                .isEqualTo("hi thinks");
            assertThat(other.encode(chat)).isEqualTo(other.encode(new Prompt.Raw("hi thinks")));
        }
    }

    @Test
    void failedRequestsTellTheListenersHowLongTheyTook() throws Exception {
        CompletableFuture<Double> seconds = new CompletableFuture<>();
        try (CerberusEngine other = CerberusEngine
            .open(options(directory).requestTimeout(Duration.ofNanos(1)).build())) {
            other.addListener(new EngineListener() {
                @Override
                public void onFailed(Operation operation, RuntimeException error, double age) {
                    assertThat(error).isInstanceOf(RequestTimeoutException.class);
                    seconds.complete(age);
                }
            });
            assertThatThrownBy(() -> other.generate(raw("late", 5))).isInstanceOf(RequestTimeoutException.class);
        }
        assertThat(seconds.get(10, TimeUnit.SECONDS)).isBetween(1e-9, 60.0);
    }

    @Test
    void profilesAreFoundByNameAndUnknownOnesListTheOthers() {
        GateOptions always = GateOptions.DEFAULT.withMode(GateMode.ALWAYS);
        try (CerberusEngine other = CerberusEngine
            .open(options(directory).profiles(Map.of("code", always, "chat", GateOptions.DEFAULT)).build())) {
            assertThat(other.gate("code")).isEqualTo(always.withProfile("code"));
            assertThat(other.generate(raw("code", 8).withGate(other.gate("code"))).tokens()).hasSize(8);
            assertThatThrownBy(() -> other.gate("cod")).isInstanceOf(UnknownProfileException.class)
                .hasMessage("there is no gate profile 'cod'; there are chat, code");
            assertThatThrownBy(() -> engine.gate("cod")).isInstanceOf(UnknownProfileException.class)
                .hasMessage("there is no gate profile 'cod'; no gate profiles are defined");
        }
    }

    @Test
    void concurrentRequestsGetTheAnswersTheyWouldGetAlone() throws Exception {
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            alone.add(engine.generate(raw("prompt " + i, 25)).text());
        }
        List<CompletableFuture<GenerationResult>> together = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            CompletableFuture<GenerationResult> future = new CompletableFuture<>();
            together.add(future);
            engine.submit(raw("prompt " + i, 25), completing(future));
        }
        for (int i = 0; i < 6; i++) {
            assertThat(together.get(i).get(20, TimeUnit.SECONDS).text()).isEqualTo(alone.get(i));
        }
        assertThat(engine.awaitIdle(Duration.ofSeconds(10))).isTrue();
        assertThat(engine.activeRequests()).isZero();
    }

    private static GenerationListener completing(CompletableFuture<GenerationResult> future) {
        return completing(future, () -> {
        });
    }

    private static GenerationListener completing(CompletableFuture<GenerationResult> future, Runnable onStep) {
        return new GenerationListener() {
            @Override
            public void onStep(DecodeStep step) {
                onStep.run();
            }

            @Override
            public void onComplete(GenerationResult result) {
                future.complete(result);
            }

            @Override
            public void onError(RuntimeException error) {
                future.completeExceptionally(error);
            }
        };
    }

    @Test
    void cancelEndsTheRequestAndReleasesItsCache() throws Exception {
        CompletableFuture<GenerationResult> done = new CompletableFuture<>();
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        GenerationHandle handle = engine.submit(raw("cancel me", 100), new GenerationListener() {
            @Override
            public void onText(String text, TokenOrigin origin) {
                started.countDown();
                try {
                    cancelled.await();
                }
                catch (InterruptedException ex) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void onComplete(GenerationResult result) {
                done.complete(result);
            }

            @Override
            public void onError(RuntimeException error) {
                done.completeExceptionally(error);
            }
        });
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        handle.cancel();
        cancelled.countDown();
        assertThat(handle.isCancelled()).isTrue();
        assertThat(done.get(20, TimeUnit.SECONDS).finishReason()).isIn(FinishReason.CANCELLED, FinishReason.LENGTH);
        assertThat(engine.awaitIdle(Duration.ofSeconds(10))).isTrue();
        assertThat(engine.activeRequests()).isZero();
    }

    @Test
    void promptBeyondTheContextIsRefusedWithBothSizes() {
        assertThatThrownBy(() -> engine.generate(raw("x".repeat(200), 5))).isInstanceOf(PromptTooLongException.class)
            .hasMessageContaining("200 tokens")
            .hasMessageContaining("128");
        assertThat(engine.generate(raw("still serving", 3)).tokens()).hasSize(3);
    }

    @Test
    void emptyPromptIsRefused() {
        assertThatThrownBy(() -> engine.generate(raw("", 5))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("empty");
    }

    @Test
    void answerEndsWithTheContext() {
        GenerationResult result = engine.generate(raw("x".repeat(120), 500));
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(result.tokens()).hasSize(8);
    }

    @Test
    void fullQueueRefusesAndTimeoutEndsARequest(@TempDir Path other) throws Exception {
        TinyModels.writeWithTokenizer("llama", other);
        try (CerberusEngine small = CerberusEngine
            .open(options(other).queueCapacity(1).maxConcurrent(1).requestTimeout(Duration.ofMillis(1)).build())) {
            CompletableFuture<GenerationResult> late = new CompletableFuture<>();
            int refused = 0;
            small.submit(raw("late", 100), completing(late));
            for (int i = 0; i < 50; i++) {
                try {
                    small.submit(raw("more", 100), completing(new CompletableFuture<>()));
                }
                catch (QueueFullException ex) {
                    assertThat(ex).hasMessageContaining("EngineOptions.queueCapacity");
                    refused++;
                }
            }
            assertThat(refused).isPositive();
            assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(RequestTimeoutException.class)
                .hasMessageContaining("EngineOptions.requestTimeout");
            assertThat(small.awaitIdle(Duration.ofSeconds(20))).isTrue();
            assertThat(small.totals().failures()).isPositive();
            assertThat(small.cachedTokens()).isZero();
        }
    }

    @Test
    void aCacheThatIsScarceChangesNoAnswerAndRefusesWhatCanNeverFit(@TempDir Path other) throws Exception {
        TinyModels.writeWithTokenizer("llama", other);
        try (CerberusEngine small = CerberusEngine
            .open(options(other).kvCacheTokens(OptionalInt.of(60)).maxConcurrent(4).build())) {
            assertThatThrownBy(() -> small.generate(raw("x".repeat(60), 5))).isInstanceOf(PromptTooLongException.class)
                .hasMessageContaining("60 tokens")
                .hasMessageContaining("EngineOptions.kvCacheTokens");
            GenerationResult cut = small.generate(raw("x".repeat(50), 50));
            assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(cut.tokens()).hasSize(10);
            List<CompletableFuture<GenerationResult>> together = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                CompletableFuture<GenerationResult> future = new CompletableFuture<>();
                together.add(future);
                small.submit(raw("prompt " + i, 40), completing(future));
            }
            for (int i = 0; i < 12; i++) {
                assertThat(together.get(i).get(20, TimeUnit.SECONDS).tokens())
                    .isEqualTo(engine.generate(raw("prompt " + i, 40)).tokens());
            }
            assertThat(small.awaitIdle(Duration.ofSeconds(10))).isTrue();
            assertThat(small.cacheUsage()).isZero();
        }
    }

    @Test
    void aConversationThatGoesOnIsReadFromWhereItWasLeft(@TempDir Path other) {
        TinyModels.writeWithTokenizer("llama", other);
        List<Integer> known = new ArrayList<>();
        try (CerberusEngine keeping = CerberusEngine.open(options(other).build());
                CerberusEngine forgetting = CerberusEngine.open(options(other).prefixCache(false).build())) {
            keeping.addListener(new EngineListener() {
                @Override
                public void onPrefix(int knownTokens, int readTokens) {
                    known.add(knownTokens);
                }
            });
            int[] text = keeping.encode(new Prompt.Raw("a conversation of several turns"));
            for (int turn = 0; turn < 3; turn++) {
                GenerationRequest request = new GenerationRequest(new Prompt.Tokens(text), SamplingOptions.GREEDY, 20,
                        20, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
                int[] answer = keeping.generate(request).tokens();
                assertThat(answer).isEqualTo(forgetting.generate(request).tokens());
                // all but the last token of the answer was in the cache
                assertThat(known.get(turn)).isEqualTo((turn == 0) ? 0 : text.length - 4);
                int length = text.length;
                text = Arrays.copyOf(text, length + 20 + 3);
                System.arraycopy(answer, 0, text, length, 20);
                Arrays.fill(text, length + 20, text.length, 40 + turn);
            }
        }
    }

    @Test
    void whatABrokenOffRequestHasReadIsKept(@TempDir Path other) throws Exception {
        TinyModels.writeWithTokenizer("llama", other);
        List<Integer> known = new CopyOnWriteArrayList<>();
        try (CerberusEngine keeping = CerberusEngine.open(options(other).build())) {
            keeping.addListener(new EngineListener() {
                @Override
                public void onPrefix(int knownTokens, int readTokens) {
                    known.add(knownTokens);
                }
            });
            GenerationRequest request = raw("a question of which nobody awaits the answer", 100);
            int length = keeping.encode(request.prompt()).length;
            for (int times = 0; times < 2; times++) {
                CompletableFuture<GenerationResult> done = new CompletableFuture<>();
                CountDownLatch begun = new CountDownLatch(1);
                GenerationHandle handle = keeping.submit(request, completing(done, begun::countDown));
                begun.await();
                handle.cancel();
                done.get(20, TimeUnit.SECONDS);
                assertThat(keeping.awaitIdle(Duration.ofSeconds(10))).isTrue();
            }
            assertThat(known).containsExactly(0, length - 1);
        }
    }

    @Test
    void closedEngineRefusesRequestsAndEndsThoseThatWait(@TempDir Path other) {
        TinyModels.writeWithTokenizer("llama", other);
        CerberusEngine closing = CerberusEngine.open(options(other).maxConcurrent(1).build());
        List<CompletableFuture<GenerationResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<GenerationResult> future = new CompletableFuture<>();
            waiting.add(future);
            closing.submit(raw("waiting " + i, 100), completing(future));
        }
        closing.close();
        closing.close();
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        assertThat(waiting.get(19)).isCompletedExceptionally();
        assertThat(closing.isRunning()).isFalse();
        assertThatThrownBy(() -> closing.generate(raw("x", 1))).isInstanceOf(EngineClosedException.class);
    }

    @Test
    void listenerThatFailsDisturbsNobody() throws Exception {
        CompletableFuture<GenerationResult> done = new CompletableFuture<>();
        engine.submit(raw("bad listener", 10), new GenerationListener() {
            @Override
            public void onText(String text, TokenOrigin origin) {
                throw new IllegalStateException("listener");
            }

            @Override
            public void onComplete(GenerationResult result) {
                done.complete(result);
            }

            @Override
            public void onError(RuntimeException error) {
                done.completeExceptionally(error);
            }
        });
        assertThat(done.get(20, TimeUnit.SECONDS).tokens()).hasSize(10);
    }

    @Test
    void missingHeadsAreNothingToWarnOf() {
        assertThat(engine.description().heads()).isEmpty();
        assertThat(engine.description().notes()).isEmpty();
        assertThat(engine.description().precision()).isEqualTo("fp32");
        assertThat(engine.description().chat()).isTrue();
    }

    @Test
    void costsAreMeasuredForEveryTreeSize() {
        CostEstimate costs = engine.costs();
        assertThat(costs.stepSeconds()).hasSize(17);
        for (double seconds : costs.stepSeconds()) {
            assertThat(seconds).isPositive();
        }
        assertThat(costs.headsSeconds()).isZero();
    }

    @Test
    void whatCanNotDraftWithoutHeadsIsNoted(@TempDir Path other) throws IOException {
        TinyModels.writeWithTokenizer("llama", other);
        try (CerberusEngine shaped = CerberusEngine
            .open(options(other).shape(Optional.of(TreeShape.parse("2,1"))).build())) {
            assertThat(shaped.description().notes()).singleElement()
                .asString()
                .contains("the tree is 0;0,0;1;1,0;", "do without EngineOptions.shape");
        }
        try (CerberusEngine blind = CerberusEngine.open(options(other).contextLookup(false)
            .heads(EngineOptions.HeadsOptions.at(Optional.of("none"), OptionalInt.empty()))
            .build())) {
            assertThat(blind.description().notes()).singleElement()
                .asString()
                .contains("set EngineOptions.contextLookup to true");
        }
    }

    @Test
    void wrongOptionsAreRefusedWithWhatIsAllowed(@TempDir Path other) throws IOException {
        TinyModels.writeWithTokenizer("llama", other);
        assertThatThrownBy(() -> CerberusEngine.open(options(other).precision("int3").build()))
            .isInstanceOf(ModelException.class)
            .hasMessageContaining("auto, fp32, bf16");
        assertThatThrownBy(() -> CerberusEngine.open(options(other).device("tpu").build()))
            .isInstanceOf(ModelException.class)
            .hasMessageContaining("auto, cpu, cuda");
        assertThatThrownBy(() -> CerberusEngine.open(options(other).device("cuda:99").build()))
            .isInstanceOf(ModelException.class)
            .hasMessageContaining("cuda:99");
        assertThatThrownBy(() -> CerberusEngine.open(options(other).maxContext(OptionalInt.of(4096)).build()))
            .isInstanceOf(ModelException.class)
            .hasMessageContaining("A context of 4096 tokens is asked for");
        assertThatThrownBy(() -> CerberusEngine.open(options(other).chatTemplate(Optional.of("nonsense")).build()))
            .isInstanceOf(ChatTemplateException.class)
            .hasMessageContaining("EngineOptions.chatTemplate");
        assertThatThrownBy(() -> CerberusEngine.open(options(other)
            .heads(new EngineOptions.HeadsOptions(true, Optional.of("nowhere.safetensors"), OptionalInt.empty()))
            .build())).isInstanceOf(ModelException.class).hasMessageContaining("EngineOptions.heads.location");
        assertThatThrownBy(() -> CerberusEngine
            .open(options(other).memory(new EngineOptions.MemoryOptions(true, Optional.of("nowhere.safetensors")))
                .build()))
            .isInstanceOf(ModelException.class)
            .hasMessageContaining("EngineOptions.memory.location");
        Files.delete(other.resolve("tokenizer.json"));
        assertThatThrownBy(() -> CerberusEngine.open(options(other).build())).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("tokenizer.json");
    }

}
