package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cerberus.accept.Verdict;
import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.CandidateTree;

/**
 * The answer of one sequence: takes the tokens that are accepted, hands them on, and
 * knows when it is over and why. Confined to the engine thread.
 */
final class AnswerWriter {

    private final Set<Integer> endOfSequence;

    private final int budget;

    private final SequenceText text;

    private final ContextLookup lookup;

    private final TokenChoice choice;

    private final Optional<AnswerConstraint> constraint;

    private final TokenSink sink;

    private final DecodeListener listener;

    private final List<TokenLogprobs> logprobs = new ArrayList<>();

    private int lastToken;

    private @Nullable FinishReason finishReason;

    /**
     * Creates an answer without tokens.
     * @param request what is decoded
     * @param budget the most tokens of the answer
     * @param lookup finds drafts in the text; follows it
     * @param choice chooses the tokens; follows them
     * @param constraint what the answer must look like; follows it
     * @param sink receives the tokens
     * @param listener observes them
     */
    AnswerWriter(DecodeRequest request, int budget, ContextLookup lookup, TokenChoice choice,
            Optional<AnswerConstraint> constraint, TokenSink sink, DecodeListener listener) {
        this.endOfSequence = request.endOfSequence();
        this.budget = budget;
        this.text = new SequenceText(request.prompt());
        this.lookup = lookup;
        this.choice = choice;
        this.constraint = constraint;
        this.sink = sink;
        this.listener = listener;
    }

    /** Returns prompt and answer so far. */
    SequenceText text() {
        return this.text;
    }

    /** Returns the token that was chosen last, the root of the next step. */
    int lastToken() {
        return this.lastToken;
    }

    /** Returns the number of tokens that may still be written. */
    int left() {
        return this.budget - this.text.answered();
    }

    boolean isFinished() {
        return this.finishReason != null;
    }

    /**
     * Returns whether the answer is over before it was complete, because nobody wants it.
     */
    boolean isCancelled() {
        return this.finishReason == FinishReason.CANCELLED;
    }

    /** Ends an answer that is not over. */
    void cancel() {
        if (this.finishReason == null) {
            this.finishReason = FinishReason.CANCELLED;
        }
    }

    /**
     * Returns the outcome.
     * @throws IllegalStateException while the answer is not over
     */
    DecodeResult result(DecodeStatistics statistics) {
        if (this.finishReason == null) {
            throw new IllegalStateException("the decoding is not finished");
        }
        return new DecodeResult(this.text.answer(), this.finishReason, statistics, List.copyOf(this.logprobs));
    }

    /**
     * Takes an accepted path and the target's choice after it, as far as the answer goes.
     * @return the number of draft tokens that became part of the answer
     */
    int accept(NodeScores after, CandidateTree tree, Verdict verdict) {
        int[] path = verdict.path();
        int before = this.text.answered();
        for (int i = 1; i < path.length && this.finishReason == null; i++) {
            accept(after, path[i - 1], tree.token(path[i]), TokenOrigin.DRAFT);
        }
        int drafted = this.text.answered() - before;
        if (this.finishReason == null) {
            accept(after, verdict.lastNode(), verdict.nextToken(), TokenOrigin.TARGET);
        }
        return drafted;
    }

    /**
     * Takes a token; the one that ends the sequence does not become part of the answer.
     * @param from scores that it was chosen by
     * @param node their node
     */
    void accept(NodeScores from, int node, int token, TokenOrigin origin) {
        this.listener.onToken(from, node, token);
        this.lastToken = token;
        this.lookup.append(token);
        this.choice.append(token);
        if (this.endOfSequence.contains(token)) {
            this.finishReason = ended();
            return;
        }
        this.text.append(token);
        this.choice.nextLogprobs().ifPresent(this.logprobs::add);
        this.constraint.ifPresent((kept) -> kept.append(token));
        switch (this.sink.accept(token, origin)) {
            case STOP -> this.finishReason = FinishReason.STOP;
            case CANCEL -> this.finishReason = FinishReason.CANCELLED;
            case CONTINUE -> {
                if (this.constraint.isPresent() && this.constraint.get().isComplete()) {
                    this.finishReason = ended();
                }
                else if (left() <= 0) {
                    this.finishReason = FinishReason.LENGTH;
                }
            }
        }
    }

    /** An answer that was brought to its end before its tokens ran out is cut off too. */
    private FinishReason ended() {
        return this.choice.hurried() ? FinishReason.LENGTH : FinishReason.STOP;
    }

}
