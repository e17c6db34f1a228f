package dev.cerberus.langchain4j.testing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.cerberus.decode.DecodeStatistics;
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
import dev.cerberus.test.ScriptedAnswer;
import dev.cerberus.test.ScriptedModel;
import org.jspecify.annotations.Nullable;

/**
 * A generator that gives every request the same answer, as a scripted model does, with
 * figures that never change, so that a test can compare them.
 *
 * <p>
 * One piece is one output token. Thread-safe once set up.
 */
public final class ScriptedGenerator implements TextGenerator {

    /** Draft nodes of a step that accepted any. */
    private static final int NODES = 3;

    private final List<GenerationRequest> requests = new CopyOnWriteArrayList<>();

    private final CountDownLatch cancelled = new CountDownLatch(1);

    private final AtomicInteger delivered = new AtomicInteger();

    private volatile String name = "scripted";

    private volatile ScriptedAnswer answer = ScriptedAnswer.tokens();

    private volatile boolean endless;

    private volatile FinishReason finishReason = FinishReason.STOP;

    private volatile @Nullable RuntimeException refusal;

    private volatile GateOptions gate = GateOptions.DEFAULT;

    private volatile GenerationDefaults recommended = GenerationDefaults.none();

    private volatile int longestConversation = Integer.MAX_VALUE;

    private volatile @Nullable RuntimeException tooLong;

    public ScriptedGenerator target(String... pieces) {
        this.answer = this.answer.then(ScriptedAnswer.tokens(pieces));
        return this;
    }

    public ScriptedGenerator draft(String... pieces) {
        this.answer = this.answer.thenDrafted(pieces);
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
        this.answer = this.answer.thenFailure(value);
        return this;
    }

    /** Sets the model's name. */
    public ScriptedGenerator named(String value) {
        this.name = value;
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

    /** Waits before each piece. */
    public ScriptedGenerator pause(Duration value) {
        this.answer = this.answer.every(value);
        return this;
    }

    /** Repeats the script until the request is cancelled, whatever it may have. */
    public ScriptedGenerator endless() {
        this.answer = this.answer.endless();
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
        return new EngineDescription(this.name, "nowhere", new ModelDimensions(100, 8, 64), "cpu", "fp32",
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
        return new ScriptedModel().answer(this.answer)
            .submit(this.endless ? unlimited(request) : request,
                    new Figures("request-" + this.requests.size(), listener));
    }

    private static GenerationRequest unlimited(GenerationRequest request) {
        return new GenerationRequest(request.prompt(), request.sampling(), Integer.MAX_VALUE, request.minOutputTokens(),
                request.stopStrings(), request.gate(), request.shape(), request.maxNodes(), request.drafting(),
                request.format(), request.logprobs());
    }

    /** Passes an answer on with the same figures each time. */
    private final class Figures implements GenerationListener {

        private final String id;

        private final GenerationListener listener;

        private Figures(String id, GenerationListener listener) {
            this.id = id;
            this.listener = listener;
        }

        @Override
        public void onText(String text, TokenOrigin origin) {
            ScriptedGenerator.this.delivered.incrementAndGet();
            this.listener.onText(text, origin);
        }

        @Override
        public void onStep(DecodeStep step) {
            int nodes = step.drafted() ? NODES : 0;
            this.listener.onStep(new DecodeStep(nodes, nodes, true, 1.5, step.accepted(), step.signals(), 0, 0.1, 0));
        }

        @Override
        public void onComplete(GenerationResult result) {
            if (result.finishReason() == FinishReason.CANCELLED) {
                ScriptedGenerator.this.cancelled.countDown();
            }
            int accepted = result.statistics().acceptedDraftTokens();
            int steps = result.tokens().length - accepted;
            int draftSteps = Math.min(accepted, steps);
            DecodeStatistics statistics = new DecodeStatistics(7, steps, draftSteps, 0, NODES * draftSteps, accepted,
                    0.25, 0.5);
            FinishReason reason = (result.finishReason() == FinishReason.STOP) ? ScriptedGenerator.this.finishReason
                    : result.finishReason();
            int alternatives = lastRequest().logprobs().orElse(0);
            this.listener.onComplete(new GenerationResult(this.id, result.text(), result.tokens(), reason, statistics,
                    0.3, 0.75, result.logprobs().stream().map((token) -> half(token, alternatives)).toList()));
        }

        @Override
        public void onError(RuntimeException error) {
            this.listener.onError(error);
        }

        /** Every token is half as probable as another would have been. */
        private static TokenProbability half(TokenProbability token, int alternatives) {
            List<TokenProbability> top = IntStream.range(0, alternatives)
                .mapToObj((i) -> new TokenProbability(token.token() + i, ("other" + i).chars().boxed().toList(),
                        -0.25 * (i + 1), List.of()))
                .toList();
            return new TokenProbability(token.token(), token.bytes(), -0.5, top);
        }

    }

}
