package dev.cerberus.benchmarks;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import static org.assertj.core.api.Assertions.assertThat;

class BenchmarksTests {

    /* Nobody should find out that a benchmark is broken on the day it is needed. */
    @Test
    void everyBenchmarkRuns() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder().include("dev\\.cerberus\\..*")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(1))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build()).run();
        Set<String> names = results.stream()
            .map((result) -> result.getParams().getBenchmark().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1"))
            .collect(Collectors.toSet());
        assertThat(names).containsExactlyInAnyOrder("TreeBenchmark.draft", "TreeBenchmark.tree", "TreeBenchmark.mask",
                "TreeBenchmark.acceptance", "GateBenchmark.decide", "GateBenchmark.observe", "MemoryBenchmark.learn",
                "MemoryBenchmark.ask", "SchedulerBenchmark.step", "PrefixBenchmark.share");
    }

}
