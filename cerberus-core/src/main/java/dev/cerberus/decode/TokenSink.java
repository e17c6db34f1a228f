package dev.cerberus.decode;

/**
 * The receiver of a request's output tokens, in order, on the engine thread.
 */
@FunctionalInterface
public interface TokenSink {

    /**
     * What happens after a token.
     */
    enum Signal {

        /** Go on decoding. */
        CONTINUE,

        /** The answer is complete with this token, such as at a stop string. */
        STOP,

        /** Nobody wants the rest. */
        CANCEL

    }

    /**
     * Takes a token.
     * @param token token id, never an end-of-sequence token that ends the answer
     * @param origin where it came from
     * @return whether to go on; the tokens after it are dropped otherwise, even within
     * one accepted path
     */
    Signal accept(int token, TokenOrigin origin);

}
