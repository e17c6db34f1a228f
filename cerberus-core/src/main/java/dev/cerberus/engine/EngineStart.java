package dev.cerberus.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The beginning of an engine thread: it makes what it will serve with, and then serves.
 */
/*
 * The model is loaded, measured and run by one and the same thread, since native
 * operators have helpers that belong to the thread that calls them, and those of several
 * threads are in each other's way.
 */
final class EngineStart {

    private EngineStart() {
    }

    /**
     * Starts a thread and waits until it serves. An interrupt of the caller is passed on.
     * @param <E> what serves
     * @param threads makes the thread
     * @param making makes what serves, on that thread
     * @param serving serves, on that thread, until it is told to end
     * @return what serves; what was thrown over there is thrown here
     */
    static <E> E await(OwnThreads threads, Supplier<E> making, Consumer<E> serving) {
        CompletableFuture<E> made = new CompletableFuture<>();
        Thread thread = threads.create(() -> {
            E own;
            try {
                own = making.get();
            }
            catch (Throwable ex) {
                made.completeExceptionally(ex);
                return;
            }
            Thread.currentThread().setName("cerberus-engine");
            synchronized (made) {
                Thread.interrupted(); // came too late to end the making, and is not meant
                                      // for the serving
                made.complete(own);
            }
            serving.accept(own);
        }, "cerberus-opening");
        thread.start();
        return await(made, thread);
    }

    private static <E> E await(CompletableFuture<E> made, Thread thread) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return made.get();
                }
                catch (InterruptedException ex) {
                    interrupted = true;
                    synchronized (made) {
                        if (!made.isDone()) {
                            thread.interrupt();
                        }
                    }
                }
            }
        }
        catch (ExecutionException ex) {
            if (ex.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw (Error) ex.getCause(); // a supplier throws nothing else
        }
        finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

}
