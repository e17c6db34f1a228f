package dev.cerberus.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.advice.Advised;
import dev.cerberus.decode.DecodeBatch;
import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.TextTokenizer;

/**
 * A loaded model that answers requests.
 *
 * <p>
 * One engine thread loads the model, owns it and takes one step after another for all
 * active requests together; listeners are called on other threads. Thread-safe. Closing
 * it ends the running requests and frees the model. The class is open for proxies, not
 * for other behaviour.
 *
 * <p>
 * Every request ends: with its answer, with an error of its own, with
 * {@link RequestTimeoutException} when it has taken too long, even if the engine thread
 * is stuck, or with {@link EngineFailedException} when that thread has come to an end
 * that nobody asked for. Then {@link #failure} completes and nothing is taken any more.
 */
public class CerberusEngine implements TextGenerator, TokenCounter, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(CerberusEngine.class);

    /** How long a step may take that {@link #close} waits for. */
    private static final Duration STEP_PATIENCE = Duration.ofSeconds(5);

    private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(1);

    /**
     * How much later than the watchdog a waiting caller looks for itself: an answer that
     * came in time is told once the engine's listeners have heard of it.
     */
    private static final Duration GRACE = EventThread.PATIENCE.plusSeconds(1);

    /** A piece of a prompt for a large model on a busy machine takes seconds. */
    private static final Duration LONGEST_STEP = Duration.ofMinutes(1);

    private final EngineOptions options;

    private final LoadedModel model;

    private final RequestIntake intake;

    private final GateFactory gates;

    private final EventThread events;

    private final Outcomes outcomes;

    private final CallbackPool callbacks;

    private final StepObservers observers;

    private final RequestQueue queue;

    private final ServingLoop serving;

    private final long cacheTokens;

    private final Watchdog watchdog;

    private final Thread engineThread;

    private final Thread watchdogThread;

    private final AtomicBoolean modelClosed = new AtomicBoolean();

    private volatile boolean served;

    private volatile boolean modelIsTheEngineThreads;

    private volatile GateOptions gate;

    /** Called by the engine thread. */
    CerberusEngine(EngineOptions options, LoadedModel model, Duration longestStep, OwnThreads threads) {
        this.options = options;
        this.events = new EventThread(threads);
        this.callbacks = new CallbackPool(threads);
        this.observers = new StepObservers(this.events);
        this.outcomes = new Outcomes(this.events, options.settingNames());
        this.model = model;
        this.cacheTokens = ContextBudget.cacheTokens(options, model.target(), model.deviceMemory());
        model.target().expectRows(this.cacheTokens);
        int maxNodes = Math.max(model.maxNodes(options), options.shape().map((shape) -> shape.nodeCount()).orElse(1));
        if (model.profile().plansByShape()) {
            new WarmUp(model.target(), model.heads(), options.shape(), maxNodes, options.maxConcurrent()).run();
        }
        CostMeter meter = new CostMeter(model.target(), model.heads(), model.profile());
        this.gates = new GateFactory(meter.measure(maxNodes), meter.sequenceSeconds(), model.calibration(),
                model.heads().isPresent());
        this.gate = this.gates.feasible(options.gate());
        this.queue = new RequestQueue(options.queueCapacity(), options.maxConcurrent());
        this.intake = new RequestIntake(options, model, this.cacheTokens);
        SessionFactory sessions = new SessionFactory(options, model, this.gates, this::gate, this.observers,
                this.cacheTokens);
        DecodeBatch batch = new DecodeBatch(model.target(), this.gates.batchCosts(), this.cacheTokens,
                ContextBudget.prefixTokens(options, this.cacheTokens, model.target()), model.profile().sharedRows(),
                new BatchObserver(this.events));
        StepClock clock = new StepClock();
        this.serving = new ServingLoop(this.queue, this.outcomes, options.requestTimeout(), sessions, batch, clock,
                this::served);
        this.engineThread = Thread.currentThread();
        this.engineThread.setUncaughtExceptionHandler((thread, failure) -> this.queue.fail(failure));
        this.watchdog = new Watchdog(this.queue, this.outcomes, options.requestTimeout(), longestStep,
                this.engineThread, clock);
        this.watchdogThread = threads.create(this.watchdog, "cerberus-watchdog");
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
        try {
            return start(options, () -> LoadedModel.load(options), LONGEST_STEP);
        }
        catch (RuntimeException ex) {
            throw Advised.told(ex, options.settingNames());
        }
    }

    /**
     * Starts to serve a loaded model.
     * @param options how to run
     * @param model the model, which the engine closes, also if it can not be started
     */
    static CerberusEngine start(EngineOptions options, LoadedModel model) {
        return start(options, () -> model, LONGEST_STEP);
    }

    /**
     * Starts to serve a model.
     * @param model loads it; the engine closes it
     * @param longestStep what a step may take whatever the time of a request is
     */
    static CerberusEngine start(EngineOptions options, Supplier<LoadedModel> model, Duration longestStep) {
        OwnThreads threads = new OwnThreads();
        CerberusEngine engine = EngineStart.await(threads, () -> of(options, model.get(), longestStep, threads),
                (own) -> own.serving.run());
        try {
            engine.events.start();
            engine.watchdogThread.start();
            return engine;
        }
        catch (RuntimeException | Error ex) {
            engine.close();
            throw ex;
        }
    }

    private static CerberusEngine of(EngineOptions options, LoadedModel model, Duration longestStep,
            OwnThreads threads) {
        try {
            return new CerberusEngine(options, model, longestStep, threads);
        }
        catch (RuntimeException | Error ex) {
            model.close();
            throw ex;
        }
    }

    /**
     * Returns the options that the engine was opened with.
     * @return the options
     */
    public EngineOptions options() {
        return this.options;
    }

    /**
     * Returns the tokens that end an answer.
     * @return token ids
     */
    public Set<Integer> endOfSequence() {
        return Set.copyOf(this.model.endOfSequence());
    }

    @Override
    public EngineDescription description() {
        return this.model.description();
    }

    @Override
    public GenerationDefaults generationDefaults() {
        return this.model.generation();
    }

    @Override
    public AnswerSyntax answerSyntax() {
        return this.intake.answerSyntax();
    }

    /**
     * Returns the most draft nodes of a step, where a request does not say.
     * @return what the options say, or else what suits the device
     */
    public int maxNodes() {
        return this.model.maxNodes(this.options);
    }

    /**
     * Returns what was found out while the model was loaded.
     * @return the report, unless the model does not come from files
     */
    public Optional<LoadReport> loadReport() {
        return this.model.report();
    }

    /**
     * Returns the sums since the start.
     * @return the totals
     */
    public EngineTotals totals() {
        return this.outcomes.totals();
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
     * @param value the gate's options; without draft heads, a signal of theirs becomes
     * {@link dev.cerberus.gate.GateSignal#TREE_EXPECTATION}
     */
    public void gate(GateOptions value) {
        this.gate = this.gates.feasible(value);
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
        try {
            return this.intake.encode(prompt);
        }
        catch (RuntimeException ex) {
            throw Advised.told(ex, this.options.settingNames());
        }
    }

    @Override
    public int countTokens(String text) {
        return text.isEmpty() ? 0 : tokenizer().encode(text, false).length;
    }

    @Override
    public int countTokens(Prompt prompt) {
        return encode(prompt).length;
    }

    /**
     * Adds an observer of all requests.
     * @param listener the observer, called on a thread of its own
     */
    public void addListener(EngineListener listener) {
        this.events.add(listener);
    }

    /**
     * Adds an observer of all steps, for measurements.
     * @param listener the observer, called on the engine thread; while it runs no request
     * goes on, and an {@link Error} of it ends the request
     */
    public void observeSteps(DecodeListener listener) {
        this.observers.add(listener);
    }

    /**
     * Returns the number of waiting requests.
     * @return 0 to the queue's capacity
     */
    public int queuedRequests() {
        return this.queue.waiting();
    }

    /**
     * Returns the number of requests being decoded.
     * @return 0 to the most concurrent requests
     */
    public int activeRequests() {
        return this.queue.active();
    }

    /**
     * Returns the number of tokens in the KV caches of all active requests.
     * @return tokens
     */
    public long cachedTokens() {
        return this.serving.cachedTokens();
    }

    /**
     * Returns how full the KV caches of all active requests are, counting rows that are
     * held for what is to come.
     * @return share of the tokens that they may hold, in 0..1
     */
    public double cacheUsage() {
        return Math.min(1, (double) this.serving.heldRows() / this.cacheTokens);
    }

    /**
     * Returns what happens to a new request.
     * @return the state at present
     */
    public EngineState state() {
        EngineState state = this.queue.state();
        boolean alive = this.engineThread.isAlive();
        return (state == EngineState.CLOSED || alive) ? state : EngineState.FAILED;
    }

    /**
     * Returns whether requests are taken.
     * @return whether the state is {@link EngineState#RUNNING}
     */
    public boolean isRunning() {
        return state() == EngineState.RUNNING;
    }

    /**
     * Returns why the engine has failed, once it has.
     * @return completes when every request has been told, on a thread of the engine's;
     * never if the engine does not fail
     */
    public CompletionStage<Throwable> failure() {
        return this.watchdog.failed().minimalCompletionStage();
    }

    @Override
    public void check(GenerationRequest request) {
        try {
            this.intake.check(request);
        }
        catch (RuntimeException ex) {
            throw Advised.told(ex, this.options.settingNames());
        }
    }

    @Override
    public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
        long start = System.nanoTime();
        try {
            this.queue.requireAdmission();
            return this.queue.add(accepted(request, listener));
        }
        catch (RuntimeException ex) {
            Advised.told(ex, this.options.settingNames());
            this.outcomes.refused(request, ex, (System.nanoTime() - start) * 1e-9);
            throw ex;
        }
    }

    /** What fails because the engine is being closed is refused for that reason. */
    private Supplier<ActiveRequest> accepted(GenerationRequest request, GenerationListener listener) {
        try {
            return this.intake.accept(UUID.randomUUID().toString(), request, listener, new ActiveRequest.Surroundings(
                    this.callbacks, this.intake.texts(), this.events::settle, this::cancelled));
        }
        catch (RuntimeException ex) {
            this.queue.requireAdmission();
            throw ex;
        }
    }

    @Override
    public GenerationResult generate(GenerationRequest request, BiConsumer<String, TokenOrigin> onText) {
        AwaitedAnswer answer = new AwaitedAnswer(onText);
        return answer.await(submit(request, answer), Durations.clamp(this.options.requestTimeout().plus(GRACE)));
    }

    /** A request that still waits is over at once. */
    private void cancelled(ActiveRequest request) {
        GenerationResult outcome = request.unstarted();
        if (this.queue.remove(request)) {
            this.outcomes.complete(request, outcome);
        }
    }

    /**
     * Refuses new requests from now on, until {@link #resumeAdmission()}; those queued or
     * running go on.
     */
    public void stopAdmission() {
        this.queue.stopAdmission();
    }

    /**
     * Takes new requests again after {@link #stopAdmission()}. An engine that is closed
     * or has failed goes on refusing them, which {@link #state()} tells.
     */
    public void resumeAdmission() {
        this.queue.resumeAdmission();
    }

    /**
     * Waits until no request is queued or running.
     * @param timeout the longest wait
     * @return whether the engine is idle
     */
    public boolean awaitIdle(Duration timeout) {
        return this.queue.awaitIdle(timeout);
    }

    /**
     * Ends the running requests with an error, frees the model and stops. May be called
     * more than once and from any thread, the engine's own included. It waits for the
     * present step and for listeners, but not for ever: a step that takes longer frees
     * the model when it is over, a listener that does not return is interrupted.
     */
    @Override
    public void close() {
        if (!this.queue.close()) {
            return;
        }
        if (Thread.currentThread() != this.watchdogThread) {
            Joining.await(this.watchdogThread, STEP_PATIENCE);
        }
        boolean stopped = Thread.currentThread() != this.engineThread
                && Joining.await(this.engineThread, STEP_PATIENCE);
        this.events.close(LISTENER_PATIENCE);
        this.callbacks.close(LISTENER_PATIENCE);
        if (stopped) {
            closeModel();
            return;
        }
        LOGGER.debug("The engine thread is still in a step; it frees the model when the step is over");
        this.modelIsTheEngineThreads = true;
        if (this.served) {
            closeModel();
        }
    }

    /** The engine thread will not touch the model again. */
    private void served() {
        this.served = true;
        if (this.modelIsTheEngineThreads) {
            closeModel();
        }
    }

    private void closeModel() {
        if (this.modelClosed.compareAndSet(false, true)) {
            this.intake.close();
            this.model.close();
        }
    }

}
