package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.TestData;

import static org.assertj.core.api.Assertions.assertThat;

class GoldenCommandTests {

    @TempDir
    private Path directory;

    private String out = "";

    private int golden(Path reference) {
        StringWriter text = new StringWriter();
        int code = DeviceBench.run(new PrintWriter(text), "golden", "--device", "cpu", "--precision", "fp32", "--model",
                TestData.require("models/stories260K").toString(), "--reference", reference.toString());
        this.out = text.toString();
        return code;
    }

    @Test
    void passesWithTheReferenceAndFailsWithAnotherOne() throws IOException {
        Path all = TestData.require("oracle/stories260K.jsonl");
        String first = Files.readAllLines(all).get(0); // whose logits are the first ones
        Path reference = Files.writeString(this.directory.resolve("first.jsonl"), first + "\n");
        byte[] logits = Files.readAllBytes(all.resolveSibling("stories260K.f32"));
        Files.write(this.directory.resolve("first.f32"), logits);
        assertThat(golden(reference)).as(this.out).isZero();
        assertThat(this.out).containsPattern("top-1 (\\d\\d+) of \\1, close enough");

        ByteBuffer buffer = ByteBuffer.wrap(logits).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putFloat(4000, buffer.getFloat(4000) + 2e-4f);
        Files.write(this.directory.resolve("first.f32"), logits);
        assertThat(golden(reference)).as(this.out).isOne();
        assertThat(this.out).contains("TOO FAR OFF");
    }

}
