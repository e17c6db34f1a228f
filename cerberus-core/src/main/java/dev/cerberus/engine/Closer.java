package dev.cerberus.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes what was opened so far when opening the rest fails. Not thread-safe.
 */
final class Closer implements AutoCloseable {

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        this.resources.push(resource);
        return resource;
    }

    /** Everything was opened; {@link #close} does nothing from now on. */
    void keepOpen() {
        this.resources.clear();
    }

    /** Closes all of it, also where some of it fails to be closed. */
    @Override
    public void close() {
        if (this.resources.isEmpty()) {
            return;
        }
        try {
            this.resources.pop().close();
        }
        catch (Exception ex) {
            throw afterOthers(new IllegalStateException("A resource could not be closed: " + ex.getMessage(), ex));
        }
        catch (Error ex) {
            throw afterOthers(ex);
        }
        close();
    }

    private <F extends Throwable> F afterOthers(F failure) {
        try {
            close();
        }
        catch (RuntimeException | Error ex) {
            failure.addSuppressed(ex);
        }
        return failure;
    }

}
