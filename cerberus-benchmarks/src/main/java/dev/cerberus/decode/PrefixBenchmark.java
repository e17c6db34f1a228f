package dev.cerberus.decode;

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

import dev.cerberus.model.KvCache;
import dev.cerberus.testing.ScriptedTargetModel;

/**
 * What is known of a text whose start some kept texts share; the copy of its rows is the
 * scripted model's, of one number each.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
public class PrefixBenchmark {

    private static final int KEPT_TOKENS = 1000;

    /** Kept texts. */
    @Param({ "4", "64" })
    private int kept;

    private PrefixCache prefixes = new PrefixCache(0);

    private ScriptedTargetModel model = new ScriptedTargetModel(16, 2048);

    private int[] text = {};

    /** Keeps texts that begin alike. */
    @Setup
    public void keep() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        this.model = new ScriptedTargetModel(16, 2048);
        this.prefixes = new PrefixCache((long) this.kept * KEPT_TOKENS);
        for (int i = 0; i < this.kept; i++) {
            int[] other = random.ints(KEPT_TOKENS, 0, 16).toArray();
            System.arraycopy(this.text, 0, other, 0, Math.min(this.text.length, KEPT_TOKENS / 2));
            KvCache cache = this.model.newCache(KEPT_TOKENS);
            this.model.prefill(cache, other).close();
            this.prefixes.keep(other, cache);
            this.text = other;
        }
    }

    /** The longest start that is known. */
    @Benchmark
    public int share() {
        try (KvCache cache = this.model.newCache(KEPT_TOKENS)) {
            return this.prefixes.share(this.text, cache);
        }
    }

}
