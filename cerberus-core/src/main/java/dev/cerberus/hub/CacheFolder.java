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
        return variable(environment, home, "LOCALAPPDATA").orElseGet(() -> caches(environment, home)).resolve(NAME);
    }

    /** Returns where the caches of all programs of a user are. */
    static Path caches(Map<String, String> environment, Path home) {
        return variable(environment, home, "XDG_CACHE_HOME").orElse(home.resolve(".cache"));
    }

    /**
     * Returns the path that a variable names. No shell has been at it where it comes from
     * a service's file, so that a tilde stands for the user's home here, as it does for
     * the hub's tools.
     */
    static Optional<Path> variable(Map<String, String> environment, Path home, String name) {
        return Optional.ofNullable(environment.get(name))
            .filter((value) -> !value.isBlank())
            .map((value) -> path(name, value, home));
    }

    private static Path path(String variable, String value, Path home) {
        try {
            return value.matches("~([/\\\\].*)?") ? home.resolve(value.substring(1).replaceFirst("^[/\\\\]+", ""))
                    : Path.of(value);
        }
        catch (InvalidPathException ex) {
            throw new HubException("the variable " + variable + " is not a path (" + ex.getReason() + ")", "correct it",
                    ex);
        }
    }

}
