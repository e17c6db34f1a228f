package dev.cerberus.decode;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.constrain.TokenMask;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.LogitChanges;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;

/**
 * The target's choice of the next token of one answer: by its scores, penalties and bias,
 * what the output format allows, and the noise of seed and position. The same whether the
 * token before was drafted or emitted. Confined to the engine thread.
 */
final class TokenChoice {

    private final int promptLength;

    private final int maxTokens;

    private final int minTokens;

    private final Set<Integer> endOfSequence;

    private final boolean greedy;

    private final boolean unfiltered;

    private final TokenSampler sampler;

    private final Optional<LogitChanges> changes;

    private final OptionalInt logprobs;

    private final Optional<SamplingOptions> byScores;

    private final Deque<TokenLogprobs> chosen = new ArrayDeque<>();

    private final Optional<AnswerConstraint> constraint;

    private boolean hurried;

    /**
     * Creates the choices of an answer.
     * @param request what to decode
     * @param maxTokens the most tokens of the answer
     * @param constraint follows the answer, told by its owner
     */
    TokenChoice(DecodeRequest request, int maxTokens, Optional<AnswerConstraint> constraint) {
        this.promptLength = request.prompt().length;
        this.maxTokens = maxTokens;
        this.minTokens = request.minTokens();
        this.endOfSequence = request.endOfSequence();
        this.greedy = request.sampling().greedy();
        this.unfiltered = request.sampling().unfiltered();
        this.sampler = new TokenSampler(request.sampling());
        this.changes = request.sampling().unchanged() ? Optional.empty()
                : Optional.of(new LogitChanges(request.sampling(), request.prompt()));
        this.logprobs = request.logprobs();
        this.constraint = constraint;
        this.byScores = isByScores() ? Optional.of(request.sampling()) : Optional.empty();
    }

    /**
     * Whether sampling is a matter of the model's scores. Filters look at what a format
     * allows, and a row that is read anyway need not be looked at elsewhere.
     */
    private boolean isByScores() {
        return !this.greedy && this.changes.isEmpty() && this.logprobs.isEmpty()
                && (this.unfiltered || this.constraint.isEmpty());
    }

    /**
     * Returns how tokens are sampled, where that is a matter of the model's scores, so
     * that it can do so itself.
     */
    Optional<SamplingOptions> byScores() {
        return this.byScores;
    }

    /** Takes a token that became part of the answer. */
    void append(int token) {
        this.changes.ifPresent((applied) -> applied.append(token));
    }

    /**
     * Returns how probable the chosen tokens were, in the order in which they were
     * chosen.
     * @return what was found out since the last call; nothing unless it was asked for
     */
    Optional<TokenLogprobs> nextLogprobs() {
        return Optional.ofNullable(this.chosen.poll());
    }

    /** Returns whether a choice has been given up for the shortest way to the end. */
    boolean hurried() {
        return this.hurried;
    }

    /**
     * Chooses the token after a node. Before the least number of tokens is written, the
     * end can not be chosen, unless the format allows nothing else. Where the tokens that
     * are left would not do to bring what the format asks for to its end, the shortest
     * way there is taken.
     * @param at scores of the node
     * @param node its index
     * @param position of the chosen token in the text
     * @param path the draft tokens that lead to the node, after those emitted
     * @return the token
     * @throws dev.cerberus.model.ModelException if the scores are not numbers
     * @throws ConstraintException if the vocabulary has no token that the format allows
     */
    int choose(NodeScores at, int node, long position, Supplier<int[]> path) {
        Optional<TokenConstraint> allowed = this.constraint.flatMap((kept) -> kept.after(path.get()));
        int token = choose(at, node, position, path, allowed);
        if (allowed.isPresent()) {
            long left = this.maxTokens - (position - this.promptLength) - 1;
            OptionalInt closing = closing(allowed.get(), token, left);
            if (closing.isPresent() && isEarly(position) && this.endOfSequence.contains(closing.getAsInt())) {
                closing = OptionalInt.empty();
            }
            this.hurried |= closing.isPresent();
            token = closing.orElse(token);
        }
        if (this.logprobs.isPresent()) {
            this.chosen.add(TokenLogprobs.of(at.logits(node), token, this.logprobs.getAsInt()));
        }
        return token;
    }

    private OptionalInt closing(TokenConstraint state, int chosen, long left) {
        if (this.endOfSequence.contains(chosen) || state.after(chosen).canEndWithin(left)) {
            return OptionalInt.empty();
        }
        return state.canEndWithin(left + 1) ? state.closing() : OptionalInt.empty();
    }

    private int choose(NodeScores at, int node, long position, Supplier<int[]> path,
            Optional<TokenConstraint> allowed) {
        boolean mayEnd = !isEarly(position);
        OptionalInt found = this.greedy ? mostProbable(at, node, position) : at.chosen(node);
        // Filters would look at other tokens without the end.
        if (found.isPresent() && (mayEnd || this.greedy || this.unfiltered)) {
            // the best of all is that of the allowed ones, if it is one of them
            int best = found.getAsInt();
            if ((mayEnd || !this.endOfSequence.contains(best)) && (allowed.isEmpty() || allowed.get().allows(best))) {
                return best;
            }
        }
        if (!mayEnd && allowed.isPresent()) {
            mayEnd = onlyTheEnd(allowed.get());
        }
        float[] logits = at.logits(node);
        this.changes.ifPresent((applied) -> applied.apply(logits, path.get()));
        if (allowed.isPresent() && (this.greedy || !this.unfiltered)) {
            mask(allowed.get(), logits);
        }
        if (!mayEnd) {
            this.endOfSequence.stream()
                .filter((end) -> end < logits.length)
                .forEach((end) -> logits[end] = Float.NEGATIVE_INFINITY);
        }
        int token = this.sampler.choose(logits, position);
        if (allowed.isEmpty() || allowed.get().allows(token)) {
            return token;
        }
        // Nothing was filtered, so the best of those allowed is what it would have been.
        mask(allowed.get(), logits);
        return this.sampler.choose(logits, position);
    }

    /** Returns whether the least number of tokens is not written yet. */
    private boolean isEarly(long position) {
        return position - this.promptLength < this.minTokens;
    }

    private boolean onlyTheEnd(TokenConstraint state) {
        TokenMask allowed = state.allowed();
        return allowed.size() > 0 && allowed.size() <= this.endOfSequence.size()
                && allowed.tokens().allMatch(this.endOfSequence::contains);
    }

    /** Returns the token with the largest logit, unless logits are changed first. */
    private OptionalInt mostProbable(NodeScores at, int node, long position) {
        if (this.changes.isPresent()) {
            return OptionalInt.empty();
        }
        int best = at.argmax(node);
        if (!at.areFinite(node)) {
            throw TokenSampler.notNumbers(position);
        }
        return OptionalInt.of(best);
    }

    private static void mask(TokenConstraint state, float[] logits) {
        TokenMask allowed = state.allowed();
        if (allowed.size() == 0) {
            throw new ConstraintException("the model has no token for what the output format needs next; "
                    + "use a format that its vocabulary can write");
        }
        allowed.apply(logits);
    }

}
