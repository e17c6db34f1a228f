package dev.cerberus.training.evaluation;

import java.util.OptionalDouble;

import dev.cerberus.engine.CostEstimate;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GenerationRequest;

/**
 * A model with one set of heads under evaluation. Used by one thread, for one request at
 * a time.
 */
public interface Subject {

    /**
     * Returns what is loaded.
     * @return the description
     */
    EngineDescription description();

    /**
     * Returns what steps cost at present.
     * @return the estimate
     */
    CostEstimate costs();

    /**
     * Answers a request and observes the steps.
     * @param request the request
     * @return the answer with its steps
     */
    Observation run(GenerationRequest request);

    /**
     * Returns how close the target's choice of one token was.
     * @param request the request whose answer is looked at
     * @param answer its output tokens
     * @param position index into the answer
     * @return the difference of the two largest logits there (with noise in units of
     * logits when sampling); empty if the context has no room to look
     */
    OptionalDouble margin(GenerationRequest request, int[] answer, int position);

    /**
     * Decodes an answer token by token and notes at every position what the heads
     * propose.
     * @param request the request; its gate, shape and max nodes do not count
     * @param ranks candidates to note per head, at least 1
     * @return the recorded positions; whoever asked knows where the answer belongs
     * @throws EvaluationException if there are no heads, or serial ones, whose candidates
     * depend on the path
     */
    RecordedAnswer record(GenerationRequest request, int ranks);

}
