package dev.cerberus.spring.boot.autoconfigure.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import dev.cerberus.engine.Calibration;
import dev.cerberus.engine.CalibrationInUse;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.CostEstimate;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.EngineTotals;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.LoadReport;
import dev.cerberus.engine.PrecisionSupport;
import dev.cerberus.gate.GateMode;
import dev.cerberus.model.HeadsDescription;

/**
 * The Actuator endpoint that shows what the engine has loaded, how its gate decides and
 * what that has brought, and that changes the gate when its access is unrestricted.
 * Thread-safe.
 */
@Endpoint(id = "cerberus", defaultAccess = Access.READ_ONLY)
public class CerberusEndpoint {

    private final CerberusEngine engine;

    /**
     * Creates an endpoint.
     * @param engine the engine to show
     */
    public CerberusEndpoint(CerberusEngine engine) {
        this.engine = engine;
    }

    /**
     * Returns the engine's state.
     * @return the state at present
     */
    @ReadOperation
    public State state() {
        EngineDescription description = this.engine.description();
        EngineOptions options = this.engine.options();
        return new State(
                new Model(description.modelName(), description.modelLocation(),
                        description.dimensions().vocabularySize(), description.dimensions().hiddenSize(),
                        description.dimensions().maxContext(), description.chat(),
                        this.engine.loadReport().flatMap(LoadReport::toolCalls).orElse(null)),
                description.device(), description.precision(), precisions(),
                description.heads().map(Heads::of).orElse(null),
                new Tree(options.shape().map(Object::toString).orElse("auto"), this.engine.maxNodes(),
                        options.contextLookup(), description.memoryTokens()),
                gate(), Totals.of(this.engine.totals()),
                new Requests(this.engine.queuedRequests(), options.queueCapacity(), this.engine.activeRequests(),
                        options.maxConcurrent(), this.engine.cachedTokens()),
                description.notes());
    }

    private List<PrecisionSupport> precisions() {
        return this.engine.loadReport().map(LoadReport::precisions).orElse(List.of());
    }

    /**
     * Changes the gate of requests that start from now on and do not bring their own.
     * @param mode who decides whether a step drafts; left as it is when absent
     * @param threshold bound of mode threshold, in the unit of the gate's signal, at
     * least 0 and for margin and confidence at most 1; left as it is when absent
     * @return the gate after the change
     */
    @WriteOperation
    public Gate configure(@Nullable GateMode mode, @Nullable Double threshold) {
        GateOptions gate = this.engine.gate();
        if (mode == null && threshold == null) {
            throw new InvalidEndpointRequestException("Neither mode nor threshold was given",
                    "Give mode, threshold or both");
        }
        if (threshold != null && threshold > 1 && gate.signal().endsAtOne()) {
            String message = "threshold must be in 0..1 for the gate's signal " + gate.signal().id() + ", was "
                    + threshold;
            throw new InvalidEndpointRequestException(message, message);
        }
        try {
            GateOptions changed = (mode != null) ? gate.withMode(mode) : gate;
            this.engine.gate((threshold != null) ? changed.withThreshold(threshold) : changed);
        }
        catch (IllegalArgumentException ex) {
            throw new InvalidEndpointRequestException(String.valueOf(ex.getMessage()), String.valueOf(ex.getMessage()),
                    ex);
        }
        return gate();
    }

    private Gate gate() {
        GateOptions gate = this.engine.gate();
        CostEstimate costs = this.engine.costs();
        List<Cost> curve = new ArrayList<>();
        for (int nodes = 0; nodes < costs.stepSeconds().length; nodes++) {
            curve.add(new Cost(nodes, costs.stepSeconds()[nodes], costs.stepSeconds()[nodes] / costs.stepSeconds()[0]));
        }
        return new Gate(id(gate.mode()), gate.signal().id(), this.engine.threshold(gate), curve, costs.headsSeconds(),
                costs.tokensPerPlainStep(), costs.reliability(),
                this.engine.calibration().map(CalibrationState::of).orElse(null), profiles());
    }

    private Map<String, Profile> profiles() {
        Map<String, Profile> profiles = new TreeMap<>();
        this.engine.options()
            .profiles()
            .forEach((name, gate) -> profiles.put(name,
                    new Profile(id(gate.mode()), gate.signal().id(), this.engine.threshold(gate))));
        return profiles;
    }

    private static String id(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What the endpoint shows.
     *
     * @param model model in use
     * @param device {@code cpu} or {@code cuda:N}
     * @param precision number format
     * @param precisions number formats that the device computes in
     * @param heads draft heads in use, if any
     * @param tree which trees are verified
     * @param gate how steps are decided
     * @param totals sums since start
     * @param requests requests at present
     * @param notes what a user should know, such as missing heads
     */
    public record State(Model model, String device, String precision, List<PrecisionSupport> precisions,
            @Nullable Heads heads, Tree tree, Gate gate, Totals totals, Requests requests, List<String> notes) {
    }

    /**
     * The model in use.
     *
     * @param name reported name
     * @param location where it was loaded from
     * @param vocabularySize tokens in the vocabulary
     * @param hiddenSize width of the hidden state
     * @param maxContext longest sequence in tokens
     * @param chat whether it has a chat template
     * @param toolCalls how it is told to call tools, if it has a chat template
     */
    public record Model(String name, String location, int vocabularySize, int hiddenSize, int maxContext, boolean chat,
            @Nullable String toolCalls) {
    }

    /**
     * The draft heads in use.
     *
     * @param kind family
     * @param condition {@code root} or {@code none}
     * @param count number of heads
     * @param layers blocks per head
     * @param draftVocabulary tokens that they can propose
     * @param transitionRank rank of the scores for one token to follow another, 0 for
     * none
     */
    public record Heads(String kind, String condition, int count, int layers, int draftVocabulary, int transitionRank) {

        static Heads of(HeadsDescription heads) {
            return new Heads(id(heads.kind()), heads.condition(), heads.heads(), heads.layers(),
                    heads.draftVocabulary(), heads.transitionRank());
        }

    }

    /**
     * Which trees are verified.
     *
     * @param shape {@code auto} or the paths of a static shape
     * @param maxNodes most draft tokens of a step
     * @param contextLookup whether dynamic trees hold how the text went on before
     * @param memoryTokens tokens of other texts that they look up as well
     */
    public record Tree(String shape, int maxNodes, boolean contextLookup, int memoryTokens) {
    }

    /**
     * How steps are decided.
     *
     * @param mode who decides
     * @param signal what mode threshold compares
     * @param threshold its bound
     * @param costCurve cost of a step by number of draft nodes
     * @param headsSeconds time of running the heads once
     * @param tokensPerPlainStep running number of tokens gained per time of a plain step
     * @param reliability accepted draft tokens per token that the heads expected
     * @param calibration calibration in use, if any
     * @param profiles gates of particular tasks by name
     */
    public record Gate(String mode, String signal, double threshold, List<Cost> costCurve, double headsSeconds,
            double tokensPerPlainStep, double reliability, @Nullable CalibrationState calibration,
            Map<String, Profile> profiles) {
    }

    /**
     * The gate of a task.
     *
     * @param mode who decides
     * @param signal what mode threshold compares
     * @param threshold its bound
     */
    public record Profile(String mode, String signal, double threshold) {
    }

    /**
     * The calibration in use.
     *
     * @param model name of the model it was measured on
     * @param prompts name of the prompt file
     * @param positions positions looked at
     * @param thresholds whether its thresholds hold here; if not, it serves expectations
     * only
     */
    public record CalibrationState(String model, String prompts, int positions, boolean thresholds) {

        static CalibrationState of(CalibrationInUse calibration) {
            Calibration.Source source = calibration.calibration().source();
            return new CalibrationState(source.model(), source.prompts(), source.positions(), calibration.thresholds());
        }

    }

    /**
     * The cost of a step.
     *
     * @param nodes draft nodes verified
     * @param seconds time of the target's forward
     * @param plainSteps the same in plain steps
     */
    public record Cost(int nodes, double seconds, double plainSteps) {
    }

    /**
     * Sums since start.
     *
     * @param requests requests finished, cancelled ones included
     * @param failures requests that failed
     * @param promptTokens tokens of the prompts
     * @param outputTokens tokens of the answers
     * @param steps forwards of the target model after prefill
     * @param draftSteps steps that the gate let draft
     * @param skippedSteps steps in which the gate skipped drafting
     * @param zeroAcceptSteps draft steps that kept no draft token
     * @param draftedTokens draft tokens verified
     * @param acceptedDraftTokens draft tokens kept
     * @param acceptanceLength mean tokens gained per step
     */
    public record Totals(long requests, long failures, long promptTokens, long outputTokens, long steps,
            long draftSteps, long skippedSteps, long zeroAcceptSteps, long draftedTokens, long acceptedDraftTokens,
            double acceptanceLength) {

        static Totals of(EngineTotals totals) {
            return new Totals(totals.requests(), totals.failures(), totals.promptTokens(), totals.outputTokens(),
                    totals.steps(), totals.draftSteps(), totals.steps() - totals.draftSteps(), totals.zeroAcceptSteps(),
                    totals.draftedTokens(), totals.acceptedDraftTokens(),
                    (totals.steps() == 0) ? 1 : 1 + (double) totals.acceptedDraftTokens() / totals.steps());
        }

    }

    /**
     * Requests at present.
     *
     * @param queued waiting for a turn
     * @param queueCapacity most that may wait
     * @param active being decoded
     * @param maxConcurrent most that are decoded together
     * @param cachedTokens tokens in their KV caches
     */
    public record Requests(int queued, int queueCapacity, int active, int maxConcurrent, long cachedTokens) {
    }

}
