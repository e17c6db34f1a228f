package dev.cerberus.cli;

/**
 * The text of failures for people: one line each.
 */
final class Failures {

    private Failures() {
    }

    /**
     * Returns what went wrong in one line. Our own exceptions and refused arguments say
     * it themselves; of others the type is named too.
     */
    static String line(Throwable failure) {
        String message = (failure.getMessage() != null) ? failure.getMessage() : "";
        boolean tells = failure.getClass().getName().startsWith("dev.cerberus.")
                || failure instanceof IllegalArgumentException;
        if (!tells || message.isBlank()) {
            message = failure.getClass().getSimpleName() + (message.isBlank() ? "" : ": " + message);
        }
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

}
