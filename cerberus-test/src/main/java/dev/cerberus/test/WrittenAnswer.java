package dev.cerberus.test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.cerberus.decode.AcceptedTokens;
import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.TokenProbability;
import dev.cerberus.test.ScriptedAnswer.Token;
import dev.cerberus.text.StopStrings;

/**
 * What has been written of an answer, told to its listener as it comes. Confined to the
 * request's thread.
 */
final class WrittenAnswer {

    private static final double NANOS = 1e9;

    private final GenerationRequest request;

    private final GenerationListener listener;

    private final StopStrings stops;

    private final int mostTokens;

    private final long start = System.nanoTime();

    private final List<Token> tokens = new ArrayList<>();

    private final StringBuilder text = new StringBuilder();

    private double firstTokenSeconds;

    private int steps;

    private int draftSteps;

    private int drafts; // of the step that has begun

    /**
     * Creates an answer.
     * @param request what is answered
     * @param promptTokens how long its prompt is, below the context
     * @param listener told of the answer
     */
    WrittenAnswer(GenerationRequest request, int promptTokens, GenerationListener listener) {
        this.request = request;
        this.listener = listener;
        this.mostTokens = Math.min(request.maxOutputTokens(), ScriptedModel.CONTEXT - promptTokens);
        this.stops = new StopStrings(request.stopStrings());
    }

    void write(Token token) {
        this.tokens.add(token);
        if (this.tokens.size() == 1) {
            this.firstTokenSeconds = seconds();
        }
        show(this.stops.push(token.text()), token.origin());
        if (token.origin() == TokenOrigin.DRAFT) {
            this.drafts++;
        }
        else {
            endStep();
        }
    }

    private void show(String piece, TokenOrigin origin) {
        if (!piece.isEmpty()) {
            this.text.append(piece);
            this.listener.onText(piece, origin);
        }
    }

    /** The first token is the prompt's and no step. */
    private void endStep() {
        if (this.tokens.size() > 1) {
            this.steps++;
            this.draftSteps += (this.drafts > 0) ? 1 : 0;
            this.listener.onStep(new DecodeStep(this.drafts, this.drafts, this.drafts > 0, this.drafts,
                    new AcceptedTokens(this.drafts, 0, 0), Map.of(), 0, 0, 0));
        }
        this.drafts = 0;
    }

    /**
     * Hands out what might have been the beginning of a stop string, and ends a step of
     * drafts behind which nothing comes but the end.
     */
    void finish() {
        if (!this.stops.stopped()) {
            show(this.stops.flush(), TokenOrigin.TARGET);
        }
        if (this.drafts > 0) {
            endStep();
        }
    }

    boolean isStopped() {
        return this.stops.stopped();
    }

    boolean isFull() {
        return this.tokens.size() >= this.mostTokens;
    }

    GenerationResult result(String id, FinishReason reason, int promptTokens) {
        int accepted = (int) this.tokens.stream().filter((token) -> token.origin() == TokenOrigin.DRAFT).count();
        DecodeStatistics statistics = new DecodeStatistics(promptTokens, this.steps, this.draftSteps, 0, accepted,
                accepted, this.firstTokenSeconds, seconds() - this.firstTokenSeconds);
        return new GenerationResult(id, this.text.toString(), IntStream.range(0, this.tokens.size()).toArray(), reason,
                statistics, this.firstTokenSeconds, seconds(), probabilities());
    }

    /** A script is sure of its words. */
    private List<TokenProbability> probabilities() {
        return this.request.logprobs().isEmpty() ? List.of()
                : IntStream.range(0, this.tokens.size())
                    .mapToObj((at) -> new TokenProbability(at, bytes(this.tokens.get(at).text()), 0, List.of()))
                    .toList();
    }

    private static List<Integer> bytes(String text) {
        List<Integer> bytes = new ArrayList<>();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(each & 0xFF);
        }
        return bytes;
    }

    private double seconds() {
        return (System.nanoTime() - this.start) / NANOS;
    }

}
