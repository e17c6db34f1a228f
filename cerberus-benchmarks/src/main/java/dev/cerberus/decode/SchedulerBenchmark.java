package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import dev.cerberus.gate.NeverGate;
import dev.cerberus.testing.ScriptedTargetModel;

/**
 * A step of all sequences: who takes part with how many rows, and what each makes of its
 * scores; a scripted model stands for the forward.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
public class SchedulerBenchmark {

    private static final int VOCABULARY = 16;

    /** Sequences. */
    @Param({ "1", "16", "64" })
    private int sequences;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);

    private ScriptedTargetModel model = new ScriptedTargetModel(VOCABULARY, 256).withReach(1);

    private DecodeBatch batch = DecodeBatch.plain(this.model, 1 << 20, 0);

    private final List<DecodeSession> sessions = new ArrayList<>();

    /** Creates the batch. */
    @Setup
    public void create() {
        this.model = new ScriptedTargetModel(VOCABULARY, 256).withReach(1);
        this.batch = DecodeBatch.plain(this.model, 1 << 20, 0);
    }

    /** One step; who is finished is followed by another. */
    @Benchmark
    public List<DecodeSession> step() {
        while (this.sessions.size() < this.sequences) {
            int[] prompt = this.random.ints(3, 0, VOCABULARY).toArray();
            this.sessions
                .add(new DecodeSession(this.model, Optional.empty(), new NeverGate(), DecodeRequest.greedy(prompt, 100),
                        (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE));
        }
        if (!this.batch.step(this.sessions).isEmpty()) {
            throw new IllegalStateException("a session has failed");
        }
        this.sessions.removeIf((session) -> {
            if (session.isFinished()) {
                session.close();
            }
            return session.isFinished();
        });
        return this.sessions;
    }

    /** Closes what is open. */
    @TearDown(Level.Iteration)
    public void close() {
        this.sessions.forEach(DecodeSession::close);
        this.sessions.clear();
    }

}
