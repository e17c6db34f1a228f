package dev.cerberus.benchmarks.device;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.testing.GgufBuilder;

import static org.assertj.core.api.Assertions.assertThat;

class StepsCommandTests {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = { "", "tiny.gguf" })
    void modelMayBeAGgufFileOrItsFolder(String name) throws Exception {
        Path folder = Files.createDirectory(this.directory.resolve("model"));
        GgufBuilder.model("llama").write(folder.resolve("tiny.gguf"));
        Path model = name.isEmpty() ? folder : folder.resolve(name);
        StringWriter out = new StringWriter();
        int code = DeviceBench.run(new PrintWriter(out), "steps", "--model", model.toString(), "--device", "cpu",
                "--precision", "fp32", "--measures", "rows", "--rows", "1", "--contexts", "8", "--runs", "1");
        assertThat(code).as(out.toString()).isZero();
        assertThat(out.toString()).contains(model.getFileName() + " in fp32 on cpu");
    }

}
