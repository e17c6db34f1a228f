package dev.cerberus.hub;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The folder among a user's caches that holds what can be made again.
 */
public final class CacheFolder {

    private static final String NAME = "cerberus";

    private CacheFolder() {
    }

    /**
     * Returns the folder of this process's user.
     * @return a folder that need not exist
     * @throws HubException if a variable of the environment is not a path
     */
    public static Path ofEnvironment() {
        return of(System.getenv(), Path.of(System.getProperty("user.home", ".")));
    }

    static Path of(Map<String, String> environment, Path home) {
        return variable(environment, "LOCALAPPDATA").orElseGet(() -> caches(environment, home)).resolve(NAME);
    }

    /** Returns where the caches of all programs of a user are. */
    static Path caches(Map<String, String> environment, Path home) {
        return variable(environment, "XDG_CACHE_HOME").orElse(home.resolve(".cache"));
    }

    /** Returns the path that a variable names. */
    static Optional<Path> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
            .filter((value) -> !value.isBlank())
            .map((value) -> path(name, value));
    }

    private static Path path(String variable, String value) {
        try {
            return Path.of(value);
        }
        catch (InvalidPathException ex) {
            throw new HubException("the variable " + variable + " is not a path (" + ex.getReason() + ")", "correct it",
                    ex);
        }
    }

}
