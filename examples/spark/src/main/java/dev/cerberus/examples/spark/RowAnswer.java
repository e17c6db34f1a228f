package dev.cerberus.examples.spark;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.EngineFailedException;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;

/**
 * The answer to a row, which may still be on its way. A row that can not be answered, one
 * that is too long for instance, gets an error of its own and stops no other.
 */
final class RowAnswer implements GenerationListener {

    /** What comes out: the row's id and either an answer with its tokens or an error. */
    static final StructType SCHEMA = new StructType().add("id", DataTypes.StringType, false)
        .add("answer", DataTypes.StringType)
        .add("tokens", DataTypes.IntegerType)
        .add("error", DataTypes.StringType);

    /** The column of tokens, which is null beside an error. */
    static final int TOKENS = SCHEMA.fieldIndex("tokens");

    private final String id;

    private final Semaphore places;

    private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();

    private GenerationHandle handle;

    private RowAnswer(String id, Semaphore places) {
        this.id = id;
        this.places = places;
    }

    /**
     * Asks, and waits only for a place in the engine's queue.
     * @throws InterruptedException if the task is to end
     */
    static RowAnswer ask(CerberusEngine engine, Semaphore places, String id, GenerationRequest request)
            throws InterruptedException {
        RowAnswer answer = new RowAnswer(id, places);
        places.acquire();
        try {
            answer.handle = engine.submit(request, answer);
        }
        catch (RuntimeException ex) {
            answer.onError(ex);
        }
        return answer;
    }

    /** Returns the answer of a row that there is nothing to ask about. */
    static RowAnswer refused(String id, String why) {
        RowAnswer answer = new RowAnswer(id, new Semaphore(0));
        answer.onError(new IllegalArgumentException(why));
        return answer;
    }

    @Override
    public void onComplete(GenerationResult outcome) {
        this.places.release();
        this.result.complete(outcome);
    }

    @Override
    public void onError(RuntimeException error) {
        this.places.release();
        this.result.completeExceptionally(error);
    }

    void cancel() {
        if (this.handle != null) {
            this.handle.cancel();
        }
    }

    /**
     * Waits for the answer.
     * @throws InterruptedException if the task is to end
     * @throws RuntimeException if the engine has ended, so that the task is run again
     */
    Row await() throws InterruptedException {
        try {
            GenerationResult outcome = this.result.get();
            return RowFactory.create(this.id, outcome.text(), outcome.tokens().length, null);
        }
        catch (ExecutionException ex) {
            if (ex.getCause() instanceof EngineFailedException || ex.getCause() instanceof EngineClosedException) {
                throw (RuntimeException) ex.getCause();
            }
            return RowFactory.create(this.id, null, null,
                    ex.getCause().getClass().getSimpleName() + ": " + ex.getCause().getMessage());
        }
    }

}
