package dev.cerberus.hub;

/**
 * Thrown when a model can not be named, found or fetched. The message is one sentence:
 * what is wrong, and what to change.
 */
public class HubException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;

    private final String action;

    /**
     * Creates an exception.
     * @param problem what is wrong, without a full stop
     * @param action what to change, as an imperative without a full stop
     */
    public HubException(String problem, String action) {
        super(problem + "; " + action);
        this.problem = problem;
        this.action = action;
    }

    /**
     * Creates an exception with the failure that revealed it.
     * @param problem what is wrong, without a full stop
     * @param action what to change, as an imperative without a full stop
     * @param cause the failure underneath
     */
    public HubException(String problem, String action, Throwable cause) {
        this(problem, action);
        initCause(cause);
    }

    /** What is wrong. */
    public String problem() {
        return this.problem;
    }

    /** What to change. */
    public String action() {
        return this.action;
    }

}
