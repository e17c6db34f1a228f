package dev.cerberus.tree;

/**
 * Who proposed a draft token.
 */
public enum DraftSource {

    /** The draft heads. */
    HEADS,

    /** An earlier place in the text at hand. */
    LOOKUP,

    /** A memory of other texts. */
    MEMORY

}
