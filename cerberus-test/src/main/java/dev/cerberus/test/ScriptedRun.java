package dev.cerberus.test;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.test.ScriptedAnswer.Token;

/**
 * One request and its answer, on a thread of its own, which a cancellation wakes.
 */
/*
 * What the engine keeps to is kept to here too: at most so many tokens, an end at the
 * first stop string, exactly one last call whatever the listener throws.
 */
final class ScriptedRun implements GenerationHandle, Runnable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ScriptedRun.class);

    private final String id;

    private final int promptTokens;

    private final ScriptedAnswer answer;

    private final GenerationListener listener;

    private final WrittenAnswer written;

    private final Runnable onEnd;

    private final CountDownLatch cancelled = new CountDownLatch(1);

    /**
     * Creates a run.
     * @param id the request's id
     * @param request the request
     * @param promptTokens how long its prompt is
     * @param answer what to answer
     * @param listener receives the answer
     * @param onEnd called once the answer is written, before the listener's last call
     */
    ScriptedRun(String id, GenerationRequest request, int promptTokens, ScriptedAnswer answer,
            GenerationListener listener, Runnable onEnd) {
        this.id = id;
        this.promptTokens = promptTokens;
        this.answer = answer;
        this.listener = new Guarded(listener);
        this.written = new WrittenAnswer(request, promptTokens, this.listener);
        this.onEnd = onEnd;
    }

    @Override
    public String id() {
        return this.id;
    }

    @Override
    public void cancel() {
        this.cancelled.countDown();
    }

    @Override
    public boolean isCancelled() {
        return this.cancelled.getCount() == 0;
    }

    @Override
    public void run() {
        Optional<FinishReason> reason = write();
        this.written.finish();
        this.onEnd.run();
        reason.ifPresentOrElse((why) -> this.listener.onComplete(this.written.result(this.id, why, this.promptTokens)),
                () -> this.listener.onError(this.answer.failure().orElseThrow()));
    }

    /** Returns why the answer has ended; empty for a failure that is in the script. */
    private Optional<FinishReason> write() {
        do {
            for (Token token : this.answer.script()) {
                if (isCancelledWithin(this.answer.pause().toNanos())) {
                    return Optional.of(FinishReason.CANCELLED);
                }
                this.written.write(token);
                if (this.written.isStopped()) {
                    return Optional.of(FinishReason.STOP);
                }
                if (this.written.isFull()) {
                    return Optional.of(FinishReason.LENGTH);
                }
            }
        }
        while (this.answer.isEndless() && !this.answer.script().isEmpty());
        if (this.answer.isEndless() && isCancelledWithin(Long.MAX_VALUE)) {
            return Optional.of(FinishReason.CANCELLED);
        }
        return this.answer.failure().isPresent() ? Optional.empty() : Optional.of(FinishReason.STOP);
    }

    private boolean isCancelledWithin(long nanos) {
        try {
            return this.cancelled.await(nanos, TimeUnit.NANOSECONDS);
        }
        catch (InterruptedException ex) {
            return isCancelled(); // a flag that a listener set is not for this thread
        }
    }

    /**
     * A listener that is called to the end, whatever it throws.
     *
     * @param listener the listener
     */
    private record Guarded(GenerationListener listener) implements GenerationListener {

        @Override
        public void onText(String text, TokenOrigin origin) {
            call(() -> this.listener.onText(text, origin));
        }

        @Override
        public void onStep(DecodeStep step) {
            call(() -> this.listener.onStep(step));
        }

        @Override
        public void onComplete(GenerationResult result) {
            call(() -> this.listener.onComplete(result));
        }

        @Override
        public void onError(RuntimeException error) {
            call(() -> this.listener.onError(error));
        }

        private static void call(Runnable call) {
            try {
                call.run();
            }
            catch (RuntimeException | Error ex) {
                LOGGER.warn("A listener of a scripted request failed", ex);
            }
        }

    }

}
