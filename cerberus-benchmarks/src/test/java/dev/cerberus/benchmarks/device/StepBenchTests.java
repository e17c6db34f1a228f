package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StepBenchTests {

    @TempDir
    private Path directory;

    private List<JsonNode> run(String... args) throws IOException {
        Path file = this.directory.resolve("results.jsonl");
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--device", "cpu", "--precision", "fp32", "--json", file.toString()));
        StringWriter out = new StringWriter();
        assertThat(DeviceBench.run(new PrintWriter(out), all.toArray(String[]::new))).as(out.toString()).isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    @Test
    void everyMeasureGivesALineWithItsTimes() throws IOException {
        List<JsonNode> lines = run("steps", "--shape", "tiny", "--steps", "4", "--runs", "3", "--rows", "2",
                "--contexts", "16,5000", "--prompts", "20", "--batches", "2x1,2x3", "--bandwidth", "10");
        assertThat(lines).extracting((line) -> line.get("measure").asText())
            .containsExactly("load", "growing", "growing", "growing-mixed", "rows", "rows", "sampled", "sampled-logits",
                    "sampling", "batch", "batch", "prefill");
        assertThat(lines).allSatisfy((line) -> assertThat(line.get("model").asText()).isEqualTo("tiny"));
        assertThat(lines.get(5).get("skipped").asText()).isEqualTo("5002 tokens do not fit the 4096 of the model");
        lines.subList(1, 11).stream().filter((line) -> line.has("median_ms")).forEach((line) -> {
            double median = line.get("median_ms").asDouble();
            assertThat(median).isPositive().isLessThanOrEqualTo(line.get("p99_ms").asDouble());
            assertThat(line.get("max_ms").asDouble()).isGreaterThanOrEqualTo(line.get("p99_ms").asDouble());
            // 2 layers, feed-forward, output: 631424 weights of 4 bytes at 10 GB/s
            assertThat(line.get("floor_ms").asDouble()).isEqualTo(631_424 * 4 / 10e9 * 1e3);
        });
        JsonNode batch = lines.get(10);
        assertThat(batch.get("rows").asInt()).isEqualTo(3);
        assertThat(batch.get("tokens_per_second").asDouble()).isEqualTo(2 / batch.get("median_ms").asDouble() * 1e3);
    }

    @Test
    void tokensThatAModelSamplesOtherwiseThanItsLogitsAreCounted() throws IOException {
        for (int other = 0; other < 2; other++) {
            int added = other;
            ScriptedTargetModel model = new ScriptedTargetModel(40, 64).choosing((token) -> (token + added) % 40);
            StringWriter out = new StringWriter();
            try (ResultLog log = new ResultLog(new PrintWriter(out), null)) {
                StepBench bench = new StepBench(model, log, 0, 2);
                bench.sampled(3, 16);
                assertThat(bench.otherTokens()).isEqualTo(other * 15);
            }
            assertThat(out.toString()).contains("sampling: of 15 tokens the model had sampled 15, ");
        }
    }

    @Test
    void timesAreQuantilesByRank() {
        double[] millis = new double[300];
        for (int i = 0; i < millis.length; i++) {
            millis[i] = 300 - i;
        }
        Times times = new Times(millis);
        assertThat(times.median()).isEqualTo(150);
        assertThat(times.p99()).isEqualTo(297);
        assertThat(times.max()).isEqualTo(300);
        assertThat(new Times(new double[] { 7 }).p99()).isEqualTo(7);
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new Times(new double[0]));
    }

    @Test
    void treesAreInDepthFirstOrderAndPathsGoDown() {
        RandomTrees random = new RandomTrees(100);
        for (int nodes = 1; nodes <= 65; nodes++) {
            CandidateTree tree = random.tree(nodes);
            assertThat(tree.nodeCount()).isEqualTo(nodes);
            for (int node = 1; node < nodes; node++) {
                // a node follows its parent or a descendant of an earlier brother
                assertThat(tree.depth(node)).isLessThanOrEqualTo(tree.depth(node - 1) + 1);
            }
            int[] path = random.path(tree, 3);
            assertThat(path.length).isBetween(1, 3);
            assertThat(path[0]).isZero();
            for (int i = 1; i < path.length; i++) {
                assertThat(tree.parent(path[i])).isEqualTo(path[i - 1]);
            }
        }
    }

}
