package dev.cerberus.engine;

/**
 * The threads of one engine; they know whose they are, so that closing an engine from one
 * of them does not wait for itself. Thread-safe.
 */
/*
 * Many are made by a thread that asks for an answer, and call other requests' listeners
 * later. What that thread has of its user, or of a pool that knows no application, is not
 * theirs.
 */
final class OwnThreads {

    /** Of whoever opens the engine. */
    private final ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

    /**
     * Makes a daemon thread.
     * @param task what it runs
     * @param name its name
     * @return the thread, not started
     */
    Thread create(Runnable task, String name) {
        return new OwnThread(task, name);
    }

    /**
     * Returns whether the calling thread is one of these.
     */
    boolean areCalling() {
        return Thread.currentThread() instanceof OwnThread own && own.family() == this;
    }

    private final class OwnThread extends Thread {

        OwnThread(Runnable task, String name) {
            super(null, task, name, 0, false);
            setDaemon(true);
            setContextClassLoader(OwnThreads.this.contextClassLoader);
        }

        OwnThreads family() {
            return OwnThreads.this;
        }

    }

}
