package dev.cerberus.benchmarks;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import dev.cerberus.tree.LiveMemory;
import dev.cerberus.tree.Recollection.Continuation;

/**
 * What a live memory takes for an answer of a hundred tokens, and for a question below
 * one node.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
public class MemoryBenchmark {

    /** Different tokens; texts of few repeat themselves. */
    @Param({ "50", "50000" })
    private int vocabulary;

    private LiveMemory memory = new LiveMemory(1 << 16);

    private RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);

    private int[] text = {};

    /** Fills the memory. */
    @Setup
    public void fill() {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        this.memory = new LiveMemory(1 << 16);
        for (int i = 0; i < 600; i++) {
            this.text = this.random.ints(110, 0, this.vocabulary).toArray();
            this.memory.learn(this.text, 10);
        }
    }

    /** An answer of a hundred tokens. */
    @Benchmark
    public LiveMemory learn() {
        this.memory.learn(this.text, 10);
        return this.memory;
    }

    /** What followed some tokens of the last answer. */
    @Benchmark
    public Optional<Continuation> ask() {
        int end = 20 + this.random.nextInt(80);
        int[] recent = new int[8];
        System.arraycopy(this.text, end - recent.length, recent, 0, recent.length);
        return this.memory.after(recent);
    }

}
