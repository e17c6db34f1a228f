package dev.cerberus.engine;

/**
 * What an engine does with a new request.
 */
public enum EngineState {

    /** Takes it. */
    RUNNING,

    /**
     * Refuses it until admission is opened again; those taken before are still answered.
     */
    STOPPING,

    /** Refuses it for good: the engine was closed. */
    CLOSED,

    /**
     * Refuses it for good: something went wrong that is no single request's fault, and
     * only a new engine helps.
     */
    FAILED

}
