package dev.cerberus.engine;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DecodeResult;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.decode.TokenSink;

/**
 * A request between submission and its last callback.
 *
 * <p>
 * {@link #cancel} may be called from any thread; the rest is confined to the engine
 * thread.
 */
final class ActiveRequest implements GenerationHandle {

    private final String id;

    private final GenerationRequest request;

    private final int[] prompt;

    private final GenerationListener listener;

    private final CallbackThread callbacks;

    private final long submittedNanos = System.nanoTime();

    private final AtomicBoolean cancelled = new AtomicBoolean();

    private final AnswerText answer;

    private double timeToFirstToken;

    private int outputTokens;

    private @Nullable DecodeSession session;

    ActiveRequest(String id, GenerationRequest request, int[] prompt, GenerationListener listener,
            CallbackThread callbacks, AnswerText.Factory answers) {
        this.id = id;
        this.request = request;
        this.prompt = prompt;
        this.listener = listener;
        this.callbacks = callbacks;
        this.answer = answers.create(request, this::onText);
    }

    @Override
    public String id() {
        return this.id;
    }

    @Override
    public void cancel() {
        this.cancelled.set(true);
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

    int outputTokens() {
        return this.outputTokens;
    }

    double ageSeconds() {
        return (System.nanoTime() - this.submittedNanos) * 1e-9;
    }

    void start(DecodeSession decoding) {
        this.session = decoding;
    }

    /**
     * Takes one step.
     * @return whether there is more to do
     */
    boolean step() {
        DecodeSession decoding = requireSession();
        if (isCancelled()) {
            decoding.cancel();
        }
        return decoding.step();
    }

    int cachedTokens() {
        return (this.session == null) ? 0 : this.session.cachedTokens();
    }

    TokenSink.Signal onToken(int token, TokenOrigin origin) {
        if (isCancelled()) {
            return TokenSink.Signal.CANCEL;
        }
        if (this.outputTokens == 0) {
            this.timeToFirstToken = ageSeconds();
        }
        this.outputTokens++;
        return this.answer.accept(token, origin);
    }

    private void onText(String text, TokenOrigin origin) {
        this.callbacks.call(() -> {
            if (!isCancelled()) {
                this.listener.onText(text, origin);
            }
        });
    }

    /**
     * Returns the outcome of the finished session; text held back is handed out first.
     */
    GenerationResult finish() {
        DecodeResult result = requireSession().result();
        this.answer.finish();
        return new GenerationResult(this.id, this.answer.text(), result.tokens(), result.finishReason(),
                result.statistics(), this.timeToFirstToken, ageSeconds());
    }

    void complete(GenerationResult result) {
        this.callbacks.end(() -> this.listener.onComplete(result));
    }

    void fail(RuntimeException error) {
        this.callbacks.end(() -> this.listener.onError(error));
    }

    /** Releases the KV cache, if there is one. */
    void release() {
        DecodeSession decoding = this.session;
        this.session = null;
        if (decoding != null) {
            decoding.close();
        }
    }

    private DecodeSession requireSession() {
        DecodeSession decoding = this.session;
        if (decoding == null) {
            throw new IllegalStateException("request " + this.id + " is not being decoded");
        }
        return decoding;
    }

}
