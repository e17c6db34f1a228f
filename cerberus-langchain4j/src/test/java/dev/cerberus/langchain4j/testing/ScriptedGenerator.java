package dev.cerberus.langchain4j.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.decode.AcceptedTokens;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.engine.TokenProbability;
import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.model.ModelDimensions;
import org.jspecify.annotations.Nullable;

/**
 * A generator that answers every request with the same script instead of a model, on a
 * thread of its own as the engine does.
 *
 * <p>
 * One piece is one output token. Thread-safe once set up.
 */
public final class ScriptedGenerator implements TextGenerator {

    private final List<Piece> script = new ArrayList<>();

    private final List<GenerationRequest> requests = new CopyOnWriteArrayList<>();

    private final CountDownLatch cancelled = new CountDownLatch(1);

    private final AtomicInteger delivered = new AtomicInteger();

    private volatile FinishReason finishReason = FinishReason.STOP;

    private volatile @Nullable RuntimeException refusal;

    private volatile @Nullable RuntimeException failure;

    private volatile GateOptions gate = GateOptions.DEFAULT;

    private volatile GenerationDefaults recommended = GenerationDefaults.none();

    private volatile Duration pause = Duration.ZERO;

    private volatile boolean endless;

    private volatile int longestConversation = Integer.MAX_VALUE;

    private volatile @Nullable RuntimeException tooLong;

    private record Piece(String text, TokenOrigin origin) {
    }

    public ScriptedGenerator target(String... pieces) {
        for (String piece : pieces) {
            this.script.add(new Piece(piece, TokenOrigin.TARGET));
        }
        return this;
    }

    public ScriptedGenerator draft(String... pieces) {
        for (String piece : pieces) {
            this.script.add(new Piece(piece, TokenOrigin.DRAFT));
        }
        return this;
    }

    public ScriptedGenerator finishReason(FinishReason value) {
        this.finishReason = value;
        return this;
    }

    /** Makes submission throw. */
    public ScriptedGenerator refusing(@Nullable RuntimeException value) {
        this.refusal = value;
        return this;
    }

    /**
     * Makes submission throw for conversations of more messages than the given number.
     */
    public ScriptedGenerator refusingLongerThan(int messages, RuntimeException value) {
        this.longestConversation = messages;
        this.tooLong = value;
        return this;
    }

    /** Makes the answer fail after the script. */
    public ScriptedGenerator failing(RuntimeException value) {
        this.failure = value;
        return this;
    }

    public ScriptedGenerator gate(GateOptions value) {
        this.gate = value;
        return this;
    }

    /** Sets what the model's authors recommend. */
    public ScriptedGenerator recommended(GenerationDefaults value) {
        this.recommended = value;
        return this;
    }

    @Override
    public GenerationDefaults generationDefaults() {
        return this.recommended;
    }

    /** Waits between two pieces. */
    public ScriptedGenerator pause(Duration value) {
        this.pause = value;
        return this;
    }

    /** Repeats the script until the request is cancelled. */
    public ScriptedGenerator endless() {
        this.endless = true;
        return this;
    }

    public List<GenerationRequest> requests() {
        return this.requests;
    }

    public GenerationRequest lastRequest() {
        return this.requests.get(this.requests.size() - 1);
    }

    /** Returns how many pieces were handed out. */
    public int delivered() {
        return this.delivered.get();
    }

    /** Waits until a running request has ended because it was cancelled. */
    public boolean awaitCancelled(Duration timeout) throws InterruptedException {
        return this.cancelled.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public EngineDescription description() {
        return new EngineDescription("scripted", "nowhere", new ModelDimensions(100, 8, 64), "cpu", "fp32",
                Optional.empty(), 0, true, List.of());
    }

    @Override
    public GateOptions gate() {
        return this.gate;
    }

    @Override
    public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
        this.requests.add(request);
        if (this.refusal != null) {
            throw this.refusal;
        }
        if (request.prompt() instanceof Prompt.Chat chat && chat.messages().size() > this.longestConversation) {
            throw this.tooLong;
        }
        Handle handle = new Handle("request-" + this.requests.size());
        Thread thread = new Thread(() -> play(request, handle, listener), "scripted-generator");
        thread.setDaemon(true);
        thread.start();
        return handle;
    }

    private void play(GenerationRequest request, Handle handle, GenerationListener listener) {
        StringBuilder text = new StringBuilder();
        int tokens = 0;
        int accepted = 0;
        int drafts = 0;
        do {
            if (this.script.isEmpty()) {
                sleep();
                if (handle.isCancelled()) {
                    endCancelled(listener, result(handle, text, tokens, accepted, FinishReason.CANCELLED));
                    return;
                }
            }
            for (Piece piece : this.script) {
                if (handle.isCancelled()) {
                    endCancelled(listener, result(handle, text, tokens, accepted, FinishReason.CANCELLED));
                    return;
                }
                text.append(piece.text());
                tokens++;
                accepted += (piece.origin() == TokenOrigin.DRAFT) ? 1 : 0;
                this.delivered.incrementAndGet();
                listener.onText(piece.text(), piece.origin());
                if (piece.origin() == TokenOrigin.DRAFT) {
                    drafts++;
                }
                else {
                    step(listener, tokens, drafts);
                    drafts = 0;
                }
                sleep();
            }
        }
        while (this.endless);
        if (this.failure != null) {
            listener.onError(this.failure);
            return;
        }
        listener.onComplete(withLogprobs(result(handle, text, tokens, accepted, this.finishReason), request));
    }

    /** The first token is the prompt's and no step. */
    private static void step(GenerationListener listener, int tokens, int drafts) {
        if (tokens > 1) {
            int nodes = (drafts > 0) ? 3 : 0;
            listener
                .onStep(new DecodeStep(nodes, nodes, true, 1.5, new AcceptedTokens(drafts, 0, 0), Map.of(), 0, 0.1, 0));
        }
    }

    private void endCancelled(GenerationListener listener, GenerationResult result) {
        this.cancelled.countDown();
        listener.onComplete(result);
    }

    private void sleep() {
        try {
            Thread.sleep(this.pause.toMillis());
        }
        catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * Three draft nodes in every step that accepted anything, one token per step
     * otherwise.
     */
    private static GenerationResult result(Handle handle, StringBuilder text, int tokens, int accepted,
            FinishReason reason) {
        int steps = tokens - accepted;
        int draftSteps = Math.min(accepted, steps);
        return new GenerationResult(handle.id(), text.toString(), new int[tokens], reason,
                new DecodeStatistics(7, steps, draftSteps, 0, 3 * draftSteps, accepted, 0.25, 0.5), 0.3, 0.75);
    }

    /** Every piece is a token, and half as probable as another would have been. */
    private GenerationResult withLogprobs(GenerationResult result, GenerationRequest request) {
        if (request.logprobs().isEmpty()) {
            return result;
        }
        List<TokenProbability> tokens = new ArrayList<>();
        for (Piece piece : this.script) {
            List<TokenProbability> top = IntStream.range(0, request.logprobs().getAsInt())
                .mapToObj((i) -> probability(tokens.size() + i, "other" + i, -0.25 * (i + 1), List.of()))
                .toList();
            tokens.add(probability(tokens.size(), piece.text(), -0.5, top));
        }
        return new GenerationResult(result.id(), result.text(), result.tokens(), result.finishReason(),
                result.statistics(), result.timeToFirstTokenSeconds(), result.seconds(), tokens);
    }

    private static TokenProbability probability(int token, String text, double logprob, List<TokenProbability> top) {
        List<Integer> bytes = new ArrayList<>();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(b & 0xFF);
        }
        return new TokenProbability(token, bytes, logprob, top);
    }

    private static final class Handle implements GenerationHandle {

        private final String id;

        private final AtomicBoolean cancelled = new AtomicBoolean();

        private Handle(String id) {
            this.id = id;
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

    }

}
