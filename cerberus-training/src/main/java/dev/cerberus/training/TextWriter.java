package dev.cerberus.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import dev.cerberus.advice.Advice;
import dev.cerberus.decode.DecodeBatch;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.TargetModel;

/**
 * Lets a target model continue many prompts at once, by the loop that serves requests:
 * the tokens are those that the engine would answer without drafts. Used by one thread;
 * closing it ends what is not finished.
 */
final class TextWriter implements AutoCloseable {

    private static final int PREFIX_SHARE = 8;

    private final TargetModel target;

    private final int sequences;

    private final int maxNewTokens;

    private final Set<Integer> endOfSequence;

    private final long rows;

    private final DecodeBatch batch;

    private final List<DecodeSession> sessions = new ArrayList<>();

    private final Map<DecodeSession, Continuation> running = new HashMap<>();

    private long reserved; // rows that the sequences under way may come to need

    /**
     * Creates a writer.
     * @param target the model, closed by its owner after the writer
     * @param sequences the most sequences at a time, at least 1
     * @param cacheBytes the most memory of their KV caches; one sequence always fits
     * @param maxNewTokens the longest continuation
     * @param endOfSequence tokens that end a continuation
     */
    TextWriter(TargetModel target, int sequences, long cacheBytes, int maxNewTokens, Set<Integer> endOfSequence) {
        this.target = target;
        this.sequences = sequences;
        this.maxNewTokens = maxNewTokens;
        this.endOfSequence = endOfSequence;
        long prefixRows = cacheBytes / target.cacheBytesPerToken() / PREFIX_SHARE;
        this.rows = (PREFIX_SHARE - 1) * prefixRows;
        long all = Math.max(this.rows, target.dimensions().maxContext()) + prefixRows;
        this.batch = DecodeBatch.plain(target, all, prefixRows);
    }

    /** Returns whether a continuation can begin at once. */
    boolean hasRoom(int[] prompt) {
        return this.sessions.isEmpty()
                || (this.sessions.size() < this.sequences && this.reserved + needed(prompt) <= this.rows);
    }

    private int needed(int[] prompt) {
        return Math.min(this.target.dimensions().maxContext(), prompt.length + this.maxNewTokens);
    }

    /** Begins a continuation, which takes its tokens as they are written. */
    void begin(Continuation continuation) {
        DecodeRequest request = new DecodeRequest(continuation.prompt(), this.maxNewTokens, 0, this.endOfSequence,
                continuation.sampling(), Optional.empty(), 1, DraftingOptions.HEADS_ALONE);
        DecodeSession session = new DecodeSession(this.target, Optional.empty(), new NeverGate(), request,
                (token, origin) -> TokenSink.Signal.CONTINUE, continuation);
        this.sessions.add(session);
        this.running.put(session, continuation);
        this.reserved += needed(continuation.prompt());
    }

    /**
     * Writes on, at most a token of every continuation.
     * @throws ModelException if the model fails
     */
    void step() {
        for (Throwable failure : this.batch.step(this.sessions).values()) {
            throw new ModelException(Advice.of(failure).after("The model failed while it wrote text: "), failure);
        }
        this.sessions.removeIf(this::ends);
    }

    private boolean ends(DecodeSession session) {
        if (!session.isFinished()) {
            return false;
        }
        session.close();
        Continuation continuation = Objects.requireNonNull(this.running.remove(session), "it was begun");
        this.reserved -= needed(continuation.prompt());
        continuation.finish();
        return true;
    }

    @Override
    public void close() {
        this.sessions.forEach(DecodeSession::close);
        this.sessions.clear();
        this.running.clear();
        this.batch.close();
    }

}
