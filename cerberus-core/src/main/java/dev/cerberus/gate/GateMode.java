package dev.cerberus.gate;

/**
 * Who decides whether a step drafts.
 */
public enum GateMode {

    /** No step drafts: plain autoregressive decoding. */
    NEVER,

    /** Every step drafts. */
    ALWAYS,

    /** A step drafts when a signal is on the right side of a fixed threshold. */
    THRESHOLD,

    /** A step drafts as many nodes as pay for their cost on this machine, or none. */
    ADAPTIVE

}
