package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An engine over a scripted model whose forwards a test can hold up.
 */
abstract class AbstractEngineThreadTests {

    static final IntConsumer NOTHING = (forward) -> {
    };

    /** Much longer than anything here takes by itself, much shorter than for ever. */
    static final long PATIENCE_SECONDS = 20;

    @TempDir
    static Path tokenizer;

    final CountDownLatch stuck = new CountDownLatch(1);

    final CountDownLatch release = new CountDownLatch(1);

    CerberusEngine engine;

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

    CerberusEngine open(UnaryOperator<EngineOptions.Builder> options, IntConsumer onForward) {
        this.engine = CerberusEngine.start(options(options), ScriptedModels.load(tokenizer, onForward));
        return this.engine;
    }

    static EngineOptions options(UnaryOperator<EngineOptions.Builder> options) {
        return options.apply(EngineOptions.builder("scripted").maxNodes(4)).build();
    }

    /** A model whose forward does not return until the test releases it. */
    void block(int forward) {
        this.stuck.countDown();
        awaitUninterruptibly(this.release);
    }

    static void awaitUninterruptibly(CountDownLatch latch) {
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

    static GenerationRequest request(String text) {
        return request(text, 8);
    }

    static GenerationRequest request(String text, int tokens) {
        return new GenerationRequest(new Prompt.Raw(text), SamplingOptions.GREEDY, tokens, tokens, List.of(),
                Optional.empty(), Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
    }

    static class Answer implements GenerationListener {

        final CompletableFuture<GenerationResult> end = new CompletableFuture<>();

        final AtomicInteger ends = new AtomicInteger();

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

    static boolean tokenizerIsClosed(CerberusEngine engine) {
        try {
            engine.tokenizer().decode(new int[] { 40 });
            return false;
        }
        catch (IllegalStateException ex) {
            return true;
        }
    }

    static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
            Thread.sleep(5);
        }
    }

}
