package dev.cerberus.decode;

/**
 * Where an output token came from.
 */
public enum TokenOrigin {

    /** The target model's own choice after an accepted path. */
    TARGET,

    /** A draft token that the target model agreed with. */
    DRAFT

}
