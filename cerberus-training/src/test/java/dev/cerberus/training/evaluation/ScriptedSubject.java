package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

import dev.cerberus.decode.AcceptedTokens;
import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.engine.CostEstimate;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.gate.GateMode;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.ModelDimensions;

/**
 * A subject that answers what it is told to, by gate mode.
 */
final class ScriptedSubject implements Subject {

    /** Requests in the order of their arrival. */
    final List<GenerationRequest> requests = new ArrayList<>();

    private final Function<GenerationRequest, Observation> script;

    ScriptedSubject(Function<GenerationRequest, Observation> script) {
        this.script = script;
    }

    static GateMode mode(GenerationRequest request) {
        return request.gate().orElseThrow().mode();
    }

    /** Returns an answer whose only draft step kept some of four nodes at two depths. */
    static Observation answer(String text, double seconds, int accepted, int... tokens) {
        DecodeStep step = new DecodeStep(4, 2, true, 1.5, new AcceptedTokens(accepted, 0, 0), Map.of(), 0, seconds, 0);
        DecodeStatistics statistics = new DecodeStatistics(3, 2, 1, (accepted == 0) ? 1 : 0, 4, accepted, 0.5, seconds);
        return new Observation(new GenerationResult("id", text, tokens, FinishReason.STOP, statistics, 0, seconds),
                List.of(step));
    }

    /** Returns an answer of two plain steps. */
    static Observation plainAnswer(String text, double seconds, int... tokens) {
        return new Observation(new GenerationResult("id", text, tokens, FinishReason.STOP,
                new DecodeStatistics(3, 2, 0, 0, 0, 0, 0.5, seconds), 0, seconds), List.of());
    }

    @Override
    public EngineDescription description() {
        return new EngineDescription("scripted", "nowhere", new ModelDimensions(16, 8, 64), "cpu", "fp32",
                Optional.of(new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 2, 1, 8, 16)), 0, true,
                List.of());
    }

    @Override
    public CostEstimate costs() {
        return new CostEstimate(new double[] { 1, 1.1, 1.2, 1.3, 1.4 }, 0.1, 1, 1);
    }

    @Override
    public Observation run(GenerationRequest request) {
        this.requests.add(request);
        return this.script.apply(request);
    }

    @Override
    public OptionalDouble margin(GenerationRequest request, int[] answer, int position) {
        return OptionalDouble.of(0.25 + position);
    }

    @Override
    public RecordedAnswer record(GenerationRequest request, int ranks) {
        return Recordings.answer(List.of(0, 0, 1), 4);
    }

}
