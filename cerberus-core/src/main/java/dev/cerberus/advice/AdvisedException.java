package dev.cerberus.advice;

/**
 * An exception that says what helps.
 */
public abstract class AdvisedException extends RuntimeException implements Advised {

    private static final long serialVersionUID = 1L;

    private final Advice advice;

    private volatile String action;

    /**
     * Creates an exception.
     * @param advice what is wrong and what helps
     */
    protected AdvisedException(Advice advice) {
        this.advice = advice;
        this.action = advice.action(SettingNames.JAVA);
    }

    /**
     * Creates an exception with a cause.
     * @param advice what is wrong and what helps
     * @param cause the cause
     */
    protected AdvisedException(Advice advice, Throwable cause) {
        super(cause);
        this.advice = advice;
        this.action = advice.action(SettingNames.JAVA);
    }

    @Override
    public final Advice advice() {
        return this.advice;
    }

    @Override
    public final void tell(SettingNames names) {
        this.action = this.advice.action(names);
    }

    /**
     * Returns what to change, in the words of where this goes.
     * @return imperatives without a full stop; empty if there is no advice
     */
    public final String action() {
        return this.action;
    }

    @Override
    public final String getMessage() {
        return this.advice.with(this.action);
    }

}
