package dev.cerberus.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.model.NodeScores;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.StopStrings;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.TokenTextStream;
import dev.cerberus.tree.DraftTree;

/**
 * A loaded model that answers requests.
 *
 * <p>
 * One engine thread owns the model and takes a step for each active request in turn;
 * listeners are called on other threads. Thread-safe. Closing it ends the running
 * requests and frees the model.
 */
public final class CerberusEngine implements TextGenerator, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(CerberusEngine.class);

    private final EngineOptions options;

    private final LoadedModel model;

    private final PromptEncoder prompts;

    private final GateFactory gates;

    private final List<EngineListener> listeners = new CopyOnWriteArrayList<>();

    private final ExecutorService callbackThreads = Executors
        .newCachedThreadPool((task) -> daemon(task, "cerberus-callback"));

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = this.lock.newCondition();

    private final Deque<ActiveRequest> queue = new ArrayDeque<>(); // guarded by lock

    private int active; // guarded by lock

    private boolean admitting = true; // guarded by lock

    private boolean closing; // guarded by lock

    private volatile GateOptions gate;

    private volatile EngineTotals totals = EngineTotals.ZERO;

    private volatile long cachedTokens;

    private final Thread thread;

    private CerberusEngine(EngineOptions options, LoadedModel model) {
        this.options = options;
        this.model = model;
        this.prompts = new PromptEncoder(model.tokenizer(), model.template(), model.dimensions().maxContext(),
                model.dimensions().vocabularySize(), options.maxInputCharacters());
        this.gates = new GateFactory(new CostMeter(model.target(), model.heads()).measure(maxNodes(options)),
                model.calibration());
        this.gate = options.gate();
        this.thread = daemon(this::serve, "cerberus-engine");
    }

    private static int maxNodes(EngineOptions options) {
        return Math.max(options.maxNodes(), options.shape().map((shape) -> shape.nodeCount()).orElse(1));
    }

    /**
     * Loads a model and starts to serve.
     * @param options what to load and how to run
     * @return the engine; the caller closes it
     * @throws dev.cerberus.model.ModelException if the model can not be run as asked
     * @throws dev.cerberus.hf.ModelFileException if a file is missing or wrong
     * @throws dev.cerberus.text.TokenizerException if the tokenizer can not be read
     */
    public static CerberusEngine open(EngineOptions options) {
        LoadedModel model = LoadedModel.load(options);
        try {
            CerberusEngine engine = new CerberusEngine(options, model);
            engine.thread.start();
            return engine;
        }
        catch (RuntimeException ex) {
            model.close();
            throw ex;
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Returns the options that the engine was opened with.
     * @return the options
     */
    public EngineOptions options() {
        return this.options;
    }

    @Override
    public EngineDescription description() {
        return this.model.description();
    }

    @Override
    public GenerationDefaults generationDefaults() {
        return this.model.generation();
    }

    /**
     * Returns the sums since the start.
     * @return the totals
     */
    public EngineTotals totals() {
        return this.totals;
    }

    /**
     * Returns what steps cost and yield at present.
     * @return the estimate
     */
    public CostEstimate costs() {
        return this.gates.estimate();
    }

    @Override
    public GateOptions gate() {
        return this.gate;
    }

    @Override
    public GateOptions gate(String profile) {
        GateOptions found = this.options.profiles().get(profile);
        if (found == null) {
            throw new UnknownProfileException(profile, this.options.profiles().keySet());
        }
        return found;
    }

    /**
     * Returns the bound that mode {@code threshold} compares with.
     * @param value the gate's options
     * @return their own threshold, or else that of the calibration, or else a default
     */
    public double threshold(GateOptions value) {
        return this.gates.threshold(value);
    }

    /**
     * Returns the calibration in use.
     * @return the calibration, if there is one for these heads
     */
    public Optional<CalibrationInUse> calibration() {
        return this.model.calibration();
    }

    /**
     * Changes the gate of requests that start from now on and do not bring their own.
     * @param value the gate's options
     */
    public void gate(GateOptions value) {
        this.gate = value;
    }

    /**
     * Returns the model's tokenizer.
     * @return the tokenizer, valid until the engine is closed
     */
    public TextTokenizer tokenizer() {
        return this.model.tokenizer();
    }

    /**
     * Returns the chat template in use.
     * @return the template, if the model has one
     */
    public Optional<ChatTemplate> chatTemplate() {
        return this.model.template().template();
    }

    /**
     * Returns the token ids of a prompt as the model will see them.
     * @param prompt the prompt
     * @return a new array of token ids
     */
    public int[] encode(Prompt prompt) {
        return this.prompts.encode(prompt).clone();
    }

    /**
     * Adds an observer of all requests.
     * @param listener the observer
     */
    public void addListener(EngineListener listener) {
        this.listeners.add(listener);
    }

    /**
     * Returns the number of waiting requests.
     * @return 0 to the queue's capacity
     */
    public int queuedRequests() {
        return locked(this.queue::size);
    }

    /**
     * Returns the number of requests being decoded.
     * @return 0 to the most concurrent requests
     */
    public int activeRequests() {
        return locked(() -> this.active);
    }

    /**
     * Returns the number of tokens in the KV caches of all active requests.
     * @return tokens
     */
    public long cachedTokens() {
        return this.cachedTokens;
    }

    /**
     * Returns whether requests are taken.
     * @return {@code false} after {@link #stopAdmission} and {@link #close}
     */
    public boolean isRunning() {
        return locked(() -> this.admitting) && this.thread.isAlive();
    }

    @Override
    public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
        if (!locked(() -> this.admitting)) {
            throw new EngineClosedException();
        }
        int[] prompt = this.prompts.encode(request);
        int context = this.model.target().dimensions().maxContext();
        if (prompt.length >= context) {
            throw new PromptTooLongException(prompt.length, context);
        }
        this.lock.lock();
        try {
            if (!this.admitting) {
                throw new EngineClosedException();
            }
            if (this.queue.size() >= this.options.queueCapacity()) {
                throw new QueueFullException(this.options.queueCapacity());
            }
            ActiveRequest submitted = new ActiveRequest(UUID.randomUUID().toString(), request, prompt, listener,
                    new CallbackThread(this.callbackThreads), (of, consumer) -> new AnswerText(textStream(of, prompt),
                            new StopStrings(of.stopStrings()), tokenizer()::specialToken, consumer));
            this.queue.add(submitted);
            this.changed.signalAll();
            return submitted;
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * A raw prompt is continued, with the space between; an answer to a conversation
     * begins anew.
     */
    private TokenTextStream textStream(GenerationRequest request, int[] prompt) {
        return (request.prompt() instanceof Prompt.Chat) ? new TokenTextStream(tokenizer())
                : new TokenTextStream(tokenizer(), prompt);
    }

    private void serve() {
        List<ActiveRequest> serving = new ArrayList<>();
        while (admit(serving)) {
            for (Iterator<ActiveRequest> each = serving.iterator(); each.hasNext();) {
                if (!advance(each.next())) {
                    each.remove();
                    locked(() -> this.active--);
                    signalChange();
                }
            }
            this.cachedTokens = serving.stream().mapToLong(ActiveRequest::cachedTokens).sum();
        }
        for (ActiveRequest request : serving) {
            fail(request, new EngineClosedException());
        }
        drainQueue();
        this.cachedTokens = 0;
    }

    /**
     * Moves waiting requests to the active ones; waits while there is nothing to do.
     * @return whether to go on serving
     */
    private boolean admit(List<ActiveRequest> serving) {
        this.lock.lock();
        try {
            while (serving.isEmpty() && this.queue.isEmpty() && !this.closing) {
                this.changed.awaitUninterruptibly();
            }
            while (!this.closing && serving.size() < this.options.maxConcurrent() && !this.queue.isEmpty()) {
                serving.add(this.queue.remove());
                this.active++;
            }
            return !this.closing;
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Starts a request or takes its next step; whatever goes wrong ends this request
     * only.
     * @return whether there is more to do
     */
    private boolean advance(ActiveRequest request) {
        try {
            if (request.ageSeconds() > this.options.requestTimeout().toNanos() * 1e-9) {
                throw new RequestTimeoutException(this.options.requestTimeout(), request.outputTokens());
            }
            if (request.cachedTokens() == 0 && request.outputTokens() == 0) {
                request.start(session(request));
            }
            if (request.step()) {
                return true;
            }
            complete(request);
        }
        catch (RuntimeException ex) {
            fail(request, ex);
        }
        catch (OutOfMemoryError | StackOverflowError ex) {
            fail(request, new IllegalStateException("The request ran out of memory: " + ex.getMessage(), ex));
        }
        return false;
    }

    private DecodeSession session(ActiveRequest active) {
        GenerationRequest request = active.request();
        DecodeRequest decoding = new DecodeRequest(active.prompt(), request.maxOutputTokens(),
                request.minOutputTokens(), this.model.endOfSequence(), request.sampling(),
                request.shape().or(this.options::shape), request.maxNodes().orElse(this.options.maxNodes()),
                request.drafting().within(this.options.contextLookup()));
        GateOptions drafting = request.gate().orElse(this.gate);
        boolean sampled = !request.sampling().greedy();
        return new DecodeSession(this.model.target(), this.model.heads(), this.gates.create(drafting, sampled),
                this.model.memory(), this.gates.trust(drafting, sampled), decoding, active::onToken,
                new StepObserver());
    }

    private void complete(ActiveRequest request) {
        GenerationResult result = request.finish();
        request.release();
        this.totals = this.totals.plus(result);
        notify((listener) -> listener.onFinished(result));
        request.complete(result);
        if (result.finishReason() == FinishReason.CANCELLED) {
            LOGGER.debug("Request {} was cancelled after {} tokens", result.id(), result.tokens().length);
        }
    }

    private void fail(ActiveRequest request, RuntimeException error) {
        try {
            request.release();
        }
        catch (RuntimeException ex) {
            error.addSuppressed(ex);
        }
        this.totals = this.totals.plusFailure();
        double seconds = request.ageSeconds();
        notify((listener) -> listener.onFailed(error, seconds));
        request.fail(error);
    }

    private void notify(java.util.function.Consumer<EngineListener> event) {
        for (EngineListener listener : this.listeners) {
            try {
                event.accept(listener);
            }
            catch (RuntimeException ex) {
                LOGGER.warn("A listener of the Cerberus engine failed", ex);
            }
        }
    }

    private void drainQueue() {
        List<ActiveRequest> left;
        this.lock.lock();
        try {
            left = new ArrayList<>(this.queue);
            this.queue.clear();
            this.active = 0;
        }
        finally {
            this.lock.unlock();
        }
        left.forEach((request) -> fail(request, new EngineClosedException()));
        signalChange();
    }

    /**
     * Refuses new requests from now on; those queued or running go on.
     */
    public void stopAdmission() {
        locked(() -> this.admitting = false);
    }

    /**
     * Waits until no request is queued or running.
     * @param timeout the longest wait
     * @return whether the engine is idle
     */
    public boolean awaitIdle(Duration timeout) {
        long left = timeout.toNanos();
        this.lock.lock();
        try {
            while (this.active > 0 || !this.queue.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = this.changed.awaitNanos(left);
            }
            return true;
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
        finally {
            this.lock.unlock();
        }
    }

    private void signalChange() {
        locked(() -> {
            this.changed.signalAll();
            return true;
        });
    }

    private <T> T locked(java.util.function.Supplier<T> action) {
        this.lock.lock();
        try {
            return action.get();
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Ends the running requests with an error, frees the model and stops. May be called
     * more than once.
     */
    @Override
    public void close() {
        this.lock.lock();
        try {
            if (this.closing) {
                return;
            }
            this.admitting = false;
            this.closing = true;
            this.changed.signalAll();
        }
        finally {
            this.lock.unlock();
        }
        boolean interrupted = false;
        while (this.thread.isAlive()) {
            try {
                this.thread.join();
            }
            catch (InterruptedException ex) {
                interrupted = true;
            }
        }
        this.callbackThreads.shutdown();
        try {
            if (!this.callbackThreads.awaitTermination(5, TimeUnit.SECONDS)) {
                LOGGER.warn("A listener of a Cerberus request is still busy; its thread is left behind");
            }
        }
        catch (InterruptedException ex) {
            interrupted = true;
        }
        this.prompts.close();
        this.model.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Passes a session's events on to the engine's listeners.
     */
    private final class StepObserver implements DecodeListener {

        @Override
        public void onPrefill(int promptTokens, double seconds) {
            CerberusEngine.this.notify((listener) -> listener.onPrefill(promptTokens, seconds));
        }

        @Override
        public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
            CerberusEngine.this.notify((listener) -> listener.onDraft(scores, node, draft));
        }

        @Override
        public void onStep(DecodeStep step) {
            CerberusEngine.this.notify((listener) -> listener.onStep(step));
        }

    }

}
