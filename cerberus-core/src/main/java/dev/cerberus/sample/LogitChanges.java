package dev.cerberus.sample;

import java.util.Map;
import java.util.Optional;

/**
 * What is done to the logits of one answer before a token is chosen: bias, then penalties
 * by the text so far. Not thread-safe; one instance per answer.
 */
public final class LogitChanges {

    private final Map<Integer, Double> bias;

    private final Optional<RepetitionPenalty> repetition;

    private final Optional<AnswerPenalty> answer;

    /**
     * Creates the changes of an answer that is empty.
     * @param options bias and penalties
     * @param prompt token ids of the text before the answer
     */
    public LogitChanges(SamplingOptions options, int[] prompt) {
        this.bias = options.logitBias();
        this.repetition = (options.repetitionPenalty() == 1) ? Optional.empty()
                : Optional.of(new RepetitionPenalty(options.repetitionPenalty()));
        this.answer = (options.frequencyPenalty() == 0 && options.presencePenalty() == 0) ? Optional.empty()
                : Optional.of(new AnswerPenalty(options.frequencyPenalty(), options.presencePenalty()));
        this.repetition.ifPresent((penalty) -> {
            for (int token : prompt) {
                penalty.add(token);
            }
        });
    }

    /**
     * Follows the answer by one token.
     * @param token its id, 0 or more
     */
    public void append(int token) {
        this.repetition.ifPresent((penalty) -> penalty.add(token));
        this.answer.ifPresent((penalty) -> penalty.add(token));
    }

    /**
     * Changes the logits of the token after a path.
     * @param logits logits of one position, [vocab]
     * @param path tokens after the answer, not added to it
     */
    public void apply(float[] logits, int[] path) {
        this.bias.forEach((token, added) -> {
            if (token < logits.length) {
                logits[token] += added.floatValue();
            }
        });
        this.repetition.ifPresent((penalty) -> penalty.apply(logits, path));
        this.answer.ifPresent((penalty) -> penalty.apply(logits, path));
    }

}
