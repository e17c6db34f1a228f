package dev.cerberus.model;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work that a thread of its own does ahead of the moment its result is asked for.
 *
 * <p>
 * Closing waits for the work and closes a result that nobody took. Used by one thread at
 * a time.
 *
 * @param <T> the result
 */
public final class Ahead<T> implements AutoCloseable {

    private final FutureTask<T> work;

    private boolean taken;

    private Ahead(FutureTask<T> work) {
        this.work = work;
    }

    /**
     * Starts the work.
     * @param <T> the result
     * @param name name of its thread
     * @param work what to do
     * @return the work; the caller closes it
     */
    public static <T> Ahead<T> start(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        return new Ahead<>(task);
    }

    /**
     * Returns the result, waiting for it; what was thrown over there is thrown here.
     * @return the result, from now on the caller's to close
     * @throws ModelException if the calling thread is interrupted, or the work failed
     * with a checked exception
     */
    public T take() {
        try {
            T result = this.work.get();
            this.taken = true;
            return result;
        }
        catch (ExecutionException ex) {
            throw unwrapped(ex);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new ModelException("Loading the model was interrupted", ex);
        }
    }

    /**
     * Returns what made work on another thread fail, or throws it.
     * @param ex how that is told
     * @return what to throw
     */
    public static RuntimeException unwrapped(ExecutionException ex) {
        if (ex.getCause() instanceof RuntimeException cause) {
            return cause;
        }
        if (ex.getCause() instanceof Error cause) {
            throw cause;
        }
        return new ModelException("The model can not be loaded: " + ex.getCause(), ex);
    }

    /*
     * Also when loading fails elsewhere: a native library that is being loaded while the
     * JVM goes down would take it down another way.
     */
    @Override
    public void close() {
        boolean interrupted = false;
        while (true) {
            try {
                T result = this.work.get();
                if (!this.taken && result instanceof AutoCloseable resource) {
                    resource.close();
                }
                break;
            }
            catch (InterruptedException ex) {
                interrupted = true;
            }
            catch (Exception ex) {
                break; // thrown by take() already, or the lesser of two faults
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

}
