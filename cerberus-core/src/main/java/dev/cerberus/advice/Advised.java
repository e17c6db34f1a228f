package dev.cerberus.advice;

/**
 * A failure that says what helps. Its message names settings as in Java, until it has
 * been told how they are called where it goes.
 */
public interface Advised {

    /**
     * Returns what is wrong and what helps.
     * @return the advice
     */
    Advice advice();

    /**
     * Tells this failure what settings are called where it goes; its message then names
     * them so. Safe to call from any thread.
     * @param names what settings are called
     */
    void tell(SettingNames names);

    /**
     * Tells a failure, if it wants to know, what settings are called where it goes.
     * @param failure the failure
     * @param names what settings are called
     * @param <E> its type
     * @return the same failure
     */
    static <E extends Throwable> E told(E failure, SettingNames names) {
        if (failure instanceof Advised advised) {
            advised.tell(names);
        }
        return failure;
    }

}
