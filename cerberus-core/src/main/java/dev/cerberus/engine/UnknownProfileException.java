package dev.cerberus.engine;

import java.util.Set;
import java.util.TreeSet;

/**
 * Thrown when a request asks for a gate profile that the engine does not have.
 */
public final class UnknownProfileException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     * @param profile the name asked for
     * @param known the names that there are
     */
    public UnknownProfileException(String profile, Set<String> known) {
        super("there is no gate profile '" + profile + "'; " + (known.isEmpty() ? "no gate profiles are defined"
                : "there are " + String.join(", ", new TreeSet<>(known))));
    }

}
