package dev.cerberus.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.tree.TreeShape;

/**
 * Begins to decode requests, each with the gate, the drafts and the listeners that are
 * due to it. Confined to the engine thread.
 */
final class SessionFactory implements Function<ActiveRequest, DecodeSession> {

    private static final Logger LOGGER = LoggerFactory.getLogger(SessionFactory.class);

    private final EngineOptions options;

    private final LoadedModel model;

    private final GateFactory gates;

    private final Supplier<GateOptions> usualGate;

    private final Recollections recollections;

    private final StepObservers observers;

    private final long cacheTokens;

    private final Set<Integer> knownTrees = new HashSet<>(); // numbers of nodes

    /**
     * Creates a factory.
     * @param options what holds where a request is silent
     * @param model the model
     * @param gates makes gates
     * @param usualGate the gate of requests that do not bring their own, at present
     * @param observers listen to the steps
     * @param cacheTokens tokens that the KV caches of all requests hold together
     */
    SessionFactory(EngineOptions options, LoadedModel model, GateFactory gates, Supplier<GateOptions> usualGate,
            StepObservers observers, long cacheTokens) {
        this.options = options;
        this.model = model;
        this.gates = gates;
        this.usualGate = usualGate;
        this.recollections = new Recollections(model.memory(), options.memory().live());
        this.observers = observers;
        this.cacheTokens = cacheTokens;
    }

    @Override
    public DecodeSession apply(ActiveRequest active) {
        GenerationRequest request = active.request();
        request.shape().ifPresent(this::tellOfLargeTree);
        int most = (int) Math.min(request.maxOutputTokens(), this.cacheTokens - active.prompt().length);
        DecodeRequest decoding = new DecodeRequest(active.prompt(), most, request.minOutputTokens(),
                this.model.endOfSequence(), request.sampling(), request.shape().or(this.options::shape),
                request.maxNodes().orElseGet(() -> this.model.maxNodes(this.options)),
                request.drafting().within(this.options.contextLookup()), active.constraint(), request.logprobs());
        GateOptions gate = request.gate().map(this.gates::feasible).orElseGet(this.usualGate);
        return new DecodeSession(this.model.target(), this.model.heads(), this.gates.create(gate, request.sampling()),
                this.recollections.of(gate.profile()), this.gates.trust(gate, request.sampling()), decoding,
                active::onToken, this.observers.of(active));
    }

    /** Once for a size: it may come with every request. */
    private void tellOfLargeTree(TreeShape shape) {
        if (!this.knownTrees.contains(shape.nodeCount())) {
            this.model.tooLarge(shape)
                .ifPresent((told) -> LOGGER.warn("A request's own tree: {}", told.in(this.options.settingNames())));
            this.knownTrees.add(shape.nodeCount());
        }
    }

}
