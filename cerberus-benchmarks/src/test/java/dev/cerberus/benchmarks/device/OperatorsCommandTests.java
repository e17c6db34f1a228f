package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.benchmarks.device.OperatorTimes.Call;
import dev.cerberus.benchmarks.device.OperatorTimes.Total;

import static org.assertj.core.api.Assertions.assertThat;

class OperatorsCommandTests {

    @TempDir
    private Path directory;

    @Test
    void timeOfAnOperatorIsWithoutThatOfThoseThatItCalls() {
        OperatorTimes times = OperatorTimes.of(List.of(new Call("empty", 2, 1), new Call("copy", 3, 4.5),
                new Call("clone", 1, 7.5), new Call("clone", 10, 2), new Call("reshape", 0, 9)));
        assertThat(times.totals()).containsExactly(new Total("copy", 1, 4.5), new Total("clone", 2, 4),
                new Total("reshape", 1, 1.5), new Total("empty", 1, 1));
        assertThat(times.micros()).isEqualTo(11); // 0 to 9 and 10 to 12
    }

    @Test
    void traceOfTheProfilerIsReadWithItsTrailingCommaAndWhatIsNoNumber() throws IOException {
        Path trace = Files.writeString(this.directory.resolve("trace.json"), """
                [
                {"name": "aten::mm", "ph": "X", "ts": 1.5, "dur": 2.5, "tid": 1, "shape": [[1, 64], [64, 8], []]},
                {"name": "aten::mm", "ph": "X", "ts": 4.5, "dur": 1, "tid": 1, "shape": [[2, 64], [64, 8]], "x": NaN},
                {"name": "process_name", "ph": "M"},
                ]""");
        assertThat(OperatorTimes.read(trace, false).totals()).containsExactly(new Total("aten::mm", 2, 3.5));
        assertThat(OperatorTimes.read(trace, true).totals())
            .containsExactly(new Total("aten::mm [1,64] [64,8]", 1, 2.5), new Total("aten::mm [2,64] [64,8]", 1, 1));
    }

    @Test
    void tableNamesTheOperatorsOfAForwardAndItsFloors() throws IOException {
        RandomModel.write(ModelShape.TINY, this.directory);
        StringWriter out = new StringWriter();
        int code = DeviceBench.run(new PrintWriter(out), "operators", "--model", this.directory.toString(), "--device",
                "cpu", "--precision", "fp32", "--context", "30", "--rows", "3", "--sequences", "2", "--runs", "2");
        assertThat(code).as(out.toString()).isZero();
        assertThat(out.toString()).contains("2 x 3 rows behind 30 tokens")
            .containsPattern("\\d\\.\\d{3} +\\d+\\.\\d +\\d+\\.\\d%  aten::baddbmm\n")
            .containsPattern("floor: weights, 2\\.5 MB read at [\\d.]+ GB/s")
            // 2 layers, 2 heads of 32 numbers, keys and values, 4 bytes, 30 tokens, 2
            // sequences
            .contains("floor: keys and values, 0.1 MB");
    }

}
