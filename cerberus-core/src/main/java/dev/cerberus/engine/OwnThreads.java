package dev.cerberus.engine;

/**
 * The threads of one engine; they know whose they are, so that closing an engine from one
 * of them does not wait for itself. Thread-safe.
 */
final class OwnThreads {

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
            super(task, name);
            setDaemon(true);
        }

        OwnThreads family() {
            return OwnThreads.this;
        }

    }

}
