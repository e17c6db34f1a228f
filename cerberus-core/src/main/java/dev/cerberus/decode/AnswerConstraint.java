package dev.cerberus.decode;

import java.util.Arrays;
import java.util.List;
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

    private int[] lastPath = {};

    private Optional<TokenConstraint> lastState;

    /**
     * Creates a follower.
     * @param start the state before the answer's first token
     */
    AnswerConstraint(TokenConstraint start) {
        this.state = start;
        this.lastState = Optional.of(start);
    }

    /** Follows the answer by one token. */
    void append(int token) {
        this.state = this.state.after(token);
        this.lastPath = new int[0];
        this.lastState = Optional.of(this.state);
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
        if (!Arrays.equals(path, this.lastPath)) {
            this.lastState = follow(path);
            this.lastPath = path.clone();
        }
        return this.lastState;
    }

    private Optional<TokenConstraint> follow(int[] path) {
        TokenConstraint at = this.state;
        for (int token : path) {
            Optional<TokenConstraint> next = at.next(token);
            if (next.isEmpty()) {
                return next;
            }
            at = next.get();
        }
        return Optional.of(at);
    }

    /** Returns how sure the next token is before anything has been asked. */
    double promise() {
        return this.state.forced().isPresent() ? FORCED_PROBABILITY : 0;
    }

    /**
     * Returns a lookup that guesses what is forced, and else what another guesses and is
     * allowed.
     * @param other the other lookup, if there is one
     */
    PathLookup over(Optional<PathLookup> other) {
        return new PathLookup() {

            @Override
            public List<Guess> after(int[] path, Ranking heads) {
                List<Guess> guesses = other.map((lookup) -> lookup.after(path, heads)).orElse(List.of());
                Optional<TokenConstraint> at = AnswerConstraint.this.after(path);
                OptionalInt forced = at.map(TokenConstraint::forced).orElse(OptionalInt.empty());
                if (forced.isPresent()) {
                    return List.of(new Guess(forced.getAsInt(), FORCED_PROBABILITY));
                }
                return guesses.stream().filter((guess) -> at.isPresent() && at.get().allows(guess.token())).toList();
            }

            @Override
            public boolean mayFollow(int[] path, int token) {
                Optional<TokenConstraint> at = AnswerConstraint.this.after(path);
                if (at.isEmpty()) {
                    return false;
                }
                // shorter tokens of the same text are not worth a node
                OptionalInt forced = at.get().forced();
                return forced.isPresent() ? forced.getAsInt() == token : at.get().allows(token);
            }

        };
    }

}
