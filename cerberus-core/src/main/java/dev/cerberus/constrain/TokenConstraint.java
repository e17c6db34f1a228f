package dev.cerberus.constrain;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an answer may go on with: one state between two tokens. Immutable and thread-safe,
 * so that every node of a tree can own one.
 *
 * <p>
 * From every state an end can be reached: a constraint never leads where no token is
 * allowed.
 */
public interface TokenConstraint {

    /**
     * Returns the tokens that may come next, end-of-sequence tokens where the answer may
     * end.
     * @return the tokens; at least one, unless nothing can follow and no token ends
     * answers
     */
    TokenMask allowed();

    /**
     * Returns whether a token may come next; cheaper than asking for all.
     * @param token the token id
     * @return whether {@link #allowed()} contains it
     */
    boolean allows(int token);

    /**
     * Returns the state after a token.
     * @param token the token id, one that is allowed and does not end the answer
     * @return the state
     * @throws IllegalArgumentException if the token is not allowed
     */
    TokenConstraint after(int token);

    /**
     * Returns the state after a token, if there is one.
     * @param token the token id
     * @return the state; empty for a token that is not allowed or ends the answer
     */
    default Optional<TokenConstraint> next(int token) {
        return (isComplete() || !allows(token)) ? Optional.empty() : Optional.of(after(token));
    }

    /**
     * Returns the token that a model is sure to write next, since the text has only one
     * way on.
     * @return the longest token of that text; empty where there is a choice. Shorter
     * tokens may be allowed too.
     */
    OptionalInt forced();

    /**
     * Returns whether so many tokens are known to be enough to bring the answer to an
     * end.
     * @param tokens how many may still be written, 0 or more
     * @return whether there is a way; also false where it would take too long to find one
     */
    boolean canEndWithin(long tokens);

    /**
     * Returns the token that brings the answer nearest to its shortest end.
     * @return a token that is allowed, one that ends the answer where that is possible;
     * empty where no end is known
     */
    OptionalInt closing();

    /**
     * Returns whether the answer is whole and nothing may follow.
     * @return whether only the end is left
     */
    boolean isComplete();

}
