package dev.cerberus.decode;

/**
 * Why decoding ended.
 */
public enum FinishReason {

    /** An end-of-sequence token or a stop string. */
    STOP,

    /** The token budget or the context is used up. */
    LENGTH,

    /** The request was cancelled. */
    CANCELLED

}
