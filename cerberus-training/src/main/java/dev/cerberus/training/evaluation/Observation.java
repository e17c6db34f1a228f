package dev.cerberus.training.evaluation;

import java.util.List;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.engine.GenerationResult;

/**
 * One answer with the steps that made it.
 *
 * @param result the answer
 * @param steps its decode steps in order
 */
public record Observation(GenerationResult result, List<DecodeStep> steps) {

    /**
     * Copies the list.
     */
    public Observation {
        steps = List.copyOf(steps);
    }

    double decodeSeconds() {
        return this.result.statistics().decodeSeconds();
    }

}
