package dev.cerberus.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.decode.DecodeResult;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.decode.TokenSink;

/**
 * A request between submission and its last callback.
 *
 * <p>
 * It ends once, by whoever claims it first: the engine thread with the answer, or another
 * thread because it was cancelled, has taken too long, or the engine has come to its end.
 * What touches the session is confined to the engine thread, everything else is
 * thread-safe.
 */
final class ActiveRequest implements GenerationHandle {

    private final String id;

    private final GenerationRequest request;

    private final int[] prompt;

    private final Optional<TokenConstraint> constraint;

    private final GenerationListener listener;

    private final Consumer<ActiveRequest> onCancel;

    private final CallbackPool pool;

    private final TokenTexts texts;

    private final CallbackThread callbacks;

    private final Runnable beforeCompletion;

    private final long submittedNanos = System.nanoTime();

    private final AtomicBoolean cancelled = new AtomicBoolean();

    private final AtomicBoolean claimed = new AtomicBoolean();

    private final AnswerText answer;

    private volatile @Nullable GenerationResult result;

    private volatile @Nullable RuntimeException error;

    private volatile boolean told;

    private volatile boolean released;

    private volatile int outputTokens;

    private double timeToFirstToken;

    private @Nullable DecodeSession session;

    private boolean spoiled;

    /**
     * Creates a request.
     * @param id unique within the process
     * @param request what is asked
     * @param prompt its token ids
     * @param constraint the state before the first token, if the answer has a format
     * @param listener who is told
     * @param answers makes the text of the answer
     * @param surroundings what the engine lends
     */
    ActiveRequest(String id, GenerationRequest request, int[] prompt, Optional<TokenConstraint> constraint,
            GenerationListener listener, AnswerText.Factory answers, Surroundings surroundings) {
        this.constraint = constraint;
        this.id = id;
        this.request = request;
        this.prompt = prompt;
        this.listener = listener;
        this.pool = surroundings.pool();
        this.texts = surroundings.texts();
        this.onCancel = surroundings.onCancel();
        this.beforeCompletion = surroundings.beforeCompletion();
        this.answer = answers.create(request, this::onText);
        this.callbacks = new CallbackThread(this.pool, this::deliver);
    }

    /**
     * What a request needs of its engine.
     *
     * @param pool lends the thread on which the listener is called
     * @param texts tells the texts of single tokens
     * @param beforeCompletion run on that thread before the listener hears of the end
     * @param onCancel told when the request is cancelled
     */
    record Surroundings(CallbackPool pool, TokenTexts texts, Runnable beforeCompletion,
            Consumer<ActiveRequest> onCancel) {
    }

    @Override
    public String id() {
        return this.id;
    }

    @Override
    public void cancel() {
        if (this.cancelled.compareAndSet(false, true)) {
            this.onCancel.accept(this);
        }
    }

    @Override
    public boolean isCancelled() {
        return this.cancelled.get();
    }

    GenerationRequest request() {
        return this.request;
    }

    int[] prompt() {
        return this.prompt;
    }

    Optional<TokenConstraint> constraint() {
        return this.constraint;
    }

    int outputTokens() {
        return this.outputTokens;
    }

    double ageSeconds() {
        return (System.nanoTime() - this.submittedNanos) * 1e-9;
    }

    /** Returns the time left until a limit; negative if it has passed. */
    long nanosLeft(Duration limit) {
        return limit.toNanos() - (System.nanoTime() - this.submittedNanos);
    }

    void start(DecodeSession decoding) {
        this.session = decoding;
    }

    boolean isStarted() {
        return this.session != null;
    }

    /** Returns the session of a request that is started. */
    DecodeSession session() {
        DecodeSession decoding = this.session;
        if (decoding == null) {
            throw new IllegalStateException("request " + this.id + " is not being decoded");
        }
        return decoding;
    }

    /** A step has failed: what its cache holds is not to be relied on. */
    void spoil() {
        this.spoiled = true;
    }

    boolean isSpoiled() {
        return this.spoiled;
    }

    int cachedTokens() {
        return (this.session == null) ? 0 : this.session.cachedTokens();
    }

    int heldRows() {
        return (this.session == null) ? 0 : this.session.heldRows();
    }

    TokenSink.Signal onToken(int token, TokenOrigin origin) {
        if (isCancelled() || isEnded()) {
            return TokenSink.Signal.CANCEL;
        }
        int before = this.outputTokens; // written by the engine thread only
        if (before == 0) {
            this.timeToFirstToken = ageSeconds();
        }
        this.outputTokens = before + 1;
        return this.answer.accept(token, origin);
    }

    private void onText(String text, TokenOrigin origin) {
        this.callbacks.call(() -> {
            if (!isCancelled() && !this.pool.isHurried()) {
                this.listener.onText(text, origin);
            }
        });
    }

    void onStep(DecodeStep step) {
        this.callbacks.call(() -> {
            if (!isCancelled() && !this.pool.isHurried()) {
                this.listener.onStep(step);
            }
        });
    }

    /**
     * Returns the outcome of the finished session; text held back is handed out first.
     */
    GenerationResult finish() {
        DecodeResult decoded = session().result();
        this.answer.finish();
        return new GenerationResult(this.id, this.answer.text(), decoded.tokens(), decoded.finishReason(),
                decoded.statistics(), this.timeToFirstToken, ageSeconds(),
                decoded.logprobs().stream().map((known) -> TokenProbability.of(known, this.texts)).toList());
    }

    /** Returns the outcome of a request that was cancelled. */
    GenerationResult cancelled() {
        if (!isStarted()) {
            return unstarted();
        }
        session().cancel();
        return finish();
    }

    /** Returns the outcome of a request that was cancelled before it was started. */
    GenerationResult unstarted() {
        return new GenerationResult(this.id, "", new int[0], FinishReason.CANCELLED,
                new DecodeStatistics(0, 0, 0, 0, 0, 0, 0, 0), 0, ageSeconds());
    }

    /**
     * Takes the right to end the request.
     * @return whether nobody had it; the caller must then {@link #complete} it or let it
     * {@link #fail}
     */
    boolean claim() {
        return this.claimed.compareAndSet(false, true);
    }

    boolean isEnded() {
        return this.claimed.get();
    }

    /** Returns whether the last call of the listener is on its way. */
    boolean isTold() {
        return this.told;
    }

    /** To be called by who has claimed the request. */
    void complete(GenerationResult outcome) {
        this.result = outcome;
        tell();
    }

    /** To be called by who has claimed the request; needs no memory. */
    void fail(RuntimeException failure) {
        this.error = failure;
        tell();
    }

    private void tell() {
        this.callbacks.end();
        this.told = true;
    }

    private void deliver() {
        RuntimeException failure = this.error;
        GenerationResult outcome = this.result;
        if (failure != null) {
            this.listener.onError(failure);
        }
        else if (outcome != null) {
            this.beforeCompletion.run();
            this.listener.onComplete(outcome);
        }
    }

    /** Releases the KV cache, if there is one. */
    void release() {
        DecodeSession decoding = this.session;
        this.session = null;
        try {
            if (decoding != null) {
                decoding.close();
            }
        }
        finally {
            this.released = true;
        }
    }

    /** Returns whether the engine thread will not look at this request again. */
    boolean isReleased() {
        return this.released;
    }

    /** Lets go of a request that never was submitted. */
    void abandon() {
        this.callbacks.end();
    }

}
