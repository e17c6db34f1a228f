package dev.cerberus.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * Thrown when results can not be written.
 */
final class OutputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     * @param cause what the system said
     */
    OutputException(IOException cause) {
        super("standard output can not be written (" + cause.getMessage() + "); make room, or send it elsewhere",
                cause);
    }

    /**
     * Returns what is said of it: nothing where the reader ended, as {@code head} does
     * when it has seen enough.
     */
    Optional<String> line() {
        // systems that speak the user's language keep the word, as in "(broken pipe)"
        String reason = String.valueOf(getCause()).toLowerCase(Locale.ROOT);
        return reason.contains("pipe") ? Optional.empty() : Optional.ofNullable(getMessage());
    }

}
