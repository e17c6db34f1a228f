package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;

import dev.cerberus.engine.QueueFullException;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.test.ScriptedAnswer;
import dev.cerberus.test.ScriptedModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FluxTokenStreamAdapterTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final ScriptedAnswer PAY = ScriptedAnswer.toolCall("pay", "{}");

    private final ScriptedGenerator generator = new ScriptedGenerator();

    private final Assistant assistant = AiServices.builder(Assistant.class)
        .streamingChatModel(CerberusStreamingChatModel.builder(this.generator).build())
        .build();

    interface Assistant {

        Flux<String> chat(String question);

    }

    @Test
    void serviceStreamsThePieces() {
        this.generator.target("Hel").draft("lo");
        assertThat(this.assistant.chat("Hi").collectList().block(PATIENCE)).containsExactly("Hel", "lo");
    }

    @Test
    void leavingTheStreamCancelsTheRequest() throws Exception {
        this.generator.target("a", "b").endless().pause(Duration.ofMillis(1));
        assertThat(this.assistant.chat("Hi").take(3).collectList().block(PATIENCE)).containsExactly("a", "b", "a");
        assertThat(this.generator.awaitCancelled(PATIENCE)).isTrue();
    }

    @Test
    void leavingBeforeTheFirstPieceCancelsTheRequestToo() throws Exception {
        this.generator.endless().pause(Duration.ofMillis(1));
        Disposable subscription = this.assistant.chat("Hi").subscribe();
        subscription.dispose();
        assertThat(this.generator.awaitCancelled(PATIENCE)).isTrue();
    }

    @Test
    void refusalIsTheStreamsError() {
        this.generator.refusing(new QueueFullException(64));
        assertThatExceptionOfType(RateLimitException.class)
            .isThrownBy(() -> this.assistant.chat("Hi").blockLast(PATIENCE));
    }

    @Test
    void leavingEndsTheRoundsOfAServiceThatOnlyCallsTools() throws Exception {
        ScriptedModel model = new ScriptedModel().answer(PAY.every(Duration.ofMillis(20)));
        Till till = new Till();
        Disposable subscription = service(model, till).chat("Pay").subscribe();
        till.awaitRuns(2);
        subscription.dispose();
        assertStopped(model, till, till.runs() + 1);
    }

    @Test
    void leavingEndsARoundThatHasNotSaidAnything() throws Exception {
        ScriptedModel model = new ScriptedModel().answer(PAY, ScriptedAnswer.tokens().endless());
        Till till = new Till();
        Disposable subscription = service(model, till).chat("Pay").subscribe();
        till.awaitRuns(1);
        while (model.requests().size() < 2 || model.activeRequests() == 0) {
            Thread.onSpinWait();
        }
        subscription.dispose();
        assertThat(model.awaitIdle(PATIENCE)).isTrue();
    }

    @Test
    void noToolRunsAndNothingIsAskedAfterTheToolDuringWhichTheSubscriberLeft() throws Exception {
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            ScriptedModel model = new ScriptedModel().answer(PAY.then(PAY));
            CountDownLatch left = new CountDownLatch(1);
            Till till = new Till(() -> left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            Disposable subscription = service(model, till).chat("Pay").subscribe();
            till.awaitRuns(1);
            subscription.dispose();
            left.countDown();
            assertStopped(model, till, 1);
            assertThat(model.requests()).hasSize(1);
            assertThat(dropped).isEmpty();
        }
        finally {
            Hooks.resetOnErrorDropped();
        }
    }

    @Test
    void toolThatWaitsForAThreadDoesNotRunEither() throws Exception {
        ScriptedModel model = new ScriptedModel().answer(PAY);
        BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
        Till till = new Till();
        Disposable subscription = AiServices.builder(Assistant.class)
            .streamingChatModel(CerberusStreamingChatModel.builder(model).build())
            .tools(till)
            .executeToolsConcurrently(waiting::add)
            .build()
            .chat("Pay")
            .subscribe();
        Runnable tool = waiting.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(tool).isNotNull();
        subscription.dispose();
        tool.run();
        assertStopped(model, till, 0);
        assertThat(model.requests()).hasSize(1);
    }

    @Test
    void whatAToolAsksForItselfIsItsOwnBusiness() throws Exception {
        ScriptedModel model = new ScriptedModel().answer(PAY);
        CountDownLatch left = new CountDownLatch(1);
        CerberusStreamingChatModel bank = CerberusStreamingChatModel
            .builder(new ScriptedModel().answer(ScriptedAnswer.text("paid in full").every(Duration.ofMillis(10))))
            .build();
        CompletableFuture<String> receipt = new CompletableFuture<>();
        Till till = new Till(() -> {
            left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            bank.chat("Pay", new Receipt(receipt));
            receipt.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        });
        Disposable subscription = service(model, till).chat("Pay").subscribe();
        till.awaitRuns(1);
        subscription.dispose();
        left.countDown();
        assertThat(receipt.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("paid in full");
        assertStopped(model, till, 1);
    }

    private static Assistant service(ScriptedModel model, Till till) {
        return AiServices.builder(Assistant.class)
            .streamingChatModel(CerberusStreamingChatModel.builder(model).build())
            .tools(till)
            .build();
    }

    /** What goes on does so within a round, which takes a tenth of this. */
    private static void assertStopped(ScriptedModel model, Till till, int mostRuns) throws InterruptedException {
        Thread.sleep(1000);
        assertThat(till.runs()).isLessThanOrEqualTo(mostRuns);
        assertThat(model.activeRequests()).isZero();
    }

    /** A tool that is better not run unasked. */
    static final class Till {

        private final List<String> payments = new CopyOnWriteArrayList<>();

        private final Semaphore runs = new Semaphore(0);

        private final Work work;

        Till() {
            this(() -> {
            });
        }

        Till(Work work) {
            this.work = work;
        }

        @Tool
        String pay() throws Exception {
            this.payments.add("1 €");
            this.runs.release();
            this.work.run();
            return "paid";
        }

        int runs() {
            return this.payments.size();
        }

        void awaitRuns(int count) throws InterruptedException {
            assertThat(this.runs.tryAcquire(count, PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

    }

    /** What a tool does. */
    interface Work {

        void run() throws Exception;

    }

    /** Keeps the text of an answer. */
    private record Receipt(CompletableFuture<String> text) implements StreamingChatResponseHandler {

        @Override
        public void onCompleteResponse(ChatResponse response) {
            this.text.complete(response.aiMessage().text());
        }

        @Override
        public void onError(Throwable error) {
            this.text.completeExceptionally(error);
        }

    }

}
