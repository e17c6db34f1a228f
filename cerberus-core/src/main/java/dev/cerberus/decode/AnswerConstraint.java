package dev.cerberus.decode;

import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.tree.PathLookup;
import dev.cerberus.tree.Ranking;

/**
 * A constraint that follows one answer, and what it says about drafts: which tokens are
 * forced and which are out of the question. Confined to the engine thread.
 */
final class AnswerConstraint {

    /** What has only one way on is as good as certain. */
    private static final double FORCED_PROBABILITY = 0.999;

    private TokenConstraint state;

    /** States behind draft tokens, by path, until the answer goes on. */
    private final Map<IntBuffer, Optional<TokenConstraint>> behind = new HashMap<>();

    /**
     * Creates a follower.
     * @param start the state before the answer's first token
     */
    AnswerConstraint(TokenConstraint start) {
        this.state = start;
    }

    /** Follows the answer by one token. */
    void append(int token) {
        this.state = this.state.after(token);
        this.behind.clear();
    }

    /** Returns whether nothing may follow but the end. */
    boolean isComplete() {
        return this.state.isComplete();
    }

    /**
     * Returns the state behind draft tokens that follow the answer.
     * @param path the tokens, first to last
     * @return empty where one of them is not allowed, or ends the answer
     */
    Optional<TokenConstraint> after(int[] path) {
        return after(path, path.length);
    }

    private Optional<TokenConstraint> after(int[] path, int length) {
        if (length == 0) {
            return Optional.of(this.state);
        }
        Optional<TokenConstraint> known = this.behind.get(IntBuffer.wrap(path, 0, length));
        if (known == null) {
            known = after(path, length - 1).flatMap((before) -> before.next(path[length - 1]));
            this.behind.put(IntBuffer.wrap(Arrays.copyOf(path, length)), known);
        }
        return known;
    }

    /** Returns how sure the next token is before anything has been asked. */
    double promise() {
        return this.state.forced().isPresent() ? FORCED_PROBABILITY : 0;
    }

    /**
     * Returns how many tokens are forced from here on.
     * @param most where to stop counting
     * @return 0 to {@code most}
     */
    int forcedAhead(int most) {
        TokenConstraint at = this.state;
        int count = 0;
        while (count < most && at.forced().isPresent()) {
            at = at.after(at.forced().getAsInt());
            count++;
        }
        return count;
    }

    /** Returns whether a token may come next in the answer. */
    boolean mayBeNext(int token) {
        return this.state.allows(token);
    }

    /**
     * Returns a lookup that guesses what is forced, and else what another guesses and is
     * allowed.
     * @param other the other lookup, if there is one
     */
    PathLookup over(Optional<ContextLookup> other) {
        return new PathLookup() {

            @Override
            public Optional<Guess> only(int[] path) {
                OptionalInt forced = AnswerConstraint.this.after(path)
                    .map(TokenConstraint::forced)
                    .orElse(OptionalInt.empty());
                // shorter tokens of the same text are not worth a node
                return forced.isPresent() ? Optional.of(new Guess(forced.getAsInt(), FORCED_PROBABILITY))
                        : Optional.empty();
            }

            @Override
            public List<Guess> after(int[] path, Ranking heads) {
                return other.map((lookup) -> lookup.after(path, heads, (token) -> mayFollow(path, token)))
                    .orElse(List.of());
            }

            @Override
            public boolean mayFollow(int[] path, int token) {
                return AnswerConstraint.this.after(path).filter((at) -> at.allows(token)).isPresent();
            }

        };
    }

}
