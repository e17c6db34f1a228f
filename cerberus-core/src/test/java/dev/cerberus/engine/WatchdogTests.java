package dev.cerberus.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.advice.SettingNames;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.text.StopStrings;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.TokenTextStream;

import static org.assertj.core.api.Assertions.assertThat;

class WatchdogTests {

    private final OwnThreads threads = new OwnThreads();

    private final CallbackPool pool = new CallbackPool(this.threads);

    private final RequestQueue queue = new RequestQueue(4, 4);

    private final Outcomes outcomes = new Outcomes(new EventThread(this.threads), SettingNames.JAVA);

    private final BlockingQueue<Object> ends = new LinkedBlockingQueue<>();

    private TextTokenizer tokenizer;

    private ActiveRequest request;

    @BeforeEach
    void admitRequest(@TempDir Path directory) {
        this.tokenizer = TextTokenizer.load(TinyModels.writeWithTokenizer(TinyModels.names().get(0), directory));
        this.request = this.queue.add(this::newRequest);
        this.queue.admit(new ArrayList<>());
    }

    @AfterEach
    void close() {
        this.pool.close(Duration.ofSeconds(1));
        this.tokenizer.close();
    }

    private ActiveRequest newRequest() {
        GenerationListener listener = new GenerationListener() {
            @Override
            public void onText(String text, TokenOrigin origin) {
            }

            @Override
            public void onComplete(GenerationResult result) {
                WatchdogTests.this.ends.add(result);
            }

            @Override
            public void onError(RuntimeException error) {
                WatchdogTests.this.ends.add(error);
            }
        };
        return new ActiveRequest("1", GenerationRequest.greedy(new Prompt.Raw("a"), 4), new int[] { 5 },
                Optional.empty(), listener,
                (of, consumer) -> new AnswerText(new TokenTextStream(this.tokenizer), new StopStrings(List.of()),
                        this.tokenizer::specialToken, (token) -> false, consumer),
                new ActiveRequest.Surroundings(this.pool, new TokenTexts(this.tokenizer), () -> {
                }, (cancelled) -> {
                }));
    }

    private Thread watch() {
        Watchdog watchdog = new Watchdog(this.queue, this.outcomes, Duration.ofMinutes(1), Duration.ofMinutes(1),
                Thread.currentThread(), new StepClock());
        Thread thread = this.threads.create(watchdog, "watchdog");
        thread.start();
        return thread;
    }

    private void requireNothingMore(Thread watching) throws InterruptedException {
        watching.join(30_000);
        assertThat(watching.isAlive()).isFalse();
        assertThat(this.ends).isEmpty();
    }

    @Test
    void whoIsAboutToTellIsNotForestalledByTheClosing() throws InterruptedException {
        assertThat(this.request.claim()).isTrue();
        Thread watching = watch();
        this.queue.close();
        Thread.sleep(50);
        GenerationResult result = this.request.unstarted();
        this.request.complete(result);
        assertThat(this.ends.poll(30, TimeUnit.SECONDS)).isSameAs(result);
        requireNothingMore(watching);
    }

    @Test
    void whatNobodyTellsIsToldInTheEnd() throws InterruptedException {
        assertThat(this.request.claim()).isTrue();
        Thread watching = watch();
        this.queue.close();
        assertThat(this.ends.poll(30, TimeUnit.SECONDS)).isInstanceOf(EngineClosedException.class);
        requireNothingMore(watching);
    }

    @Test
    void closingEndsWhatIsOpenOnce() throws InterruptedException {
        Thread watching = watch();
        this.queue.close();
        assertThat(this.ends.poll(30, TimeUnit.SECONDS)).isInstanceOf(EngineClosedException.class);
        requireNothingMore(watching);
        assertThat(this.outcomes.totals().failures()).isOne();
    }

}
