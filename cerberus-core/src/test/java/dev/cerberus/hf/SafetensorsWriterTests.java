package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class SafetensorsWriterTests {

    @TempDir
    Path directory;

    private static SafetensorsWriter sample() {
        return new SafetensorsWriter().metadata("format", "test")
            .metadata("note", "a \"quoted\" ü")
            .add("bytes", TensorType.U8, new long[] { 3 }, ByteBuffer.wrap(new byte[] { 1, 2, 3 }))
            .add("wide", TensorType.F32, new long[] { 2, 2 }, new float[] { 1.5f, -2, Float.NaN, 1e-40f })
            .add("half", TensorType.F16, new long[] { 2 }, new float[] { 1.0f / 3, 1e9f })
            .add("brain", TensorType.BF16, new long[] { 1 }, new float[] { 1.0f / 3 })
            .add("empty", TensorType.I64, new long[] { 0 }, ByteBuffer.allocate(0));
    }

    private Stream<String> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(this.directory)) {
            return files.map((file) -> file.getFileName().toString()).toList().stream();
        }
    }

    @Test
    void writtenFileReadsBack() {
        Path target = this.directory.resolve("new/x.safetensors");
        sample().write(target);
        try (Safetensors file = Safetensors.open(target)) {
            assertThat(file.metadata()).containsEntry("format", "test").containsEntry("note", "a \"quoted\" ü");
            assertThat(file.names()).containsExactlyInAnyOrder("bytes", "wide", "half", "brain", "empty");
            assertThat(file.floats("wide")).containsExactly(1.5f, -2, Float.NaN, 1e-40f);
            assertThat(file.info("wide").shape()).containsExactly(2L, 2L);
            assertThat(file.floats("half")).containsExactly(0x1.554p-2f, Float.POSITIVE_INFINITY);
            assertThat(file.floats("brain")).containsExactly(0x1.56p-2f);
            assertThat(file.data("bytes")).isEqualTo(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
        }
    }

    @Test
    void writtenTensorsAreAlignedToTheirElements() throws IOException {
        Path target = this.directory.resolve("x.safetensors");
        sample().write(target);
        long header = ByteBuffer.wrap(Files.readAllBytes(target)).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat(header % 8).isZero();
        try (Safetensors file = Safetensors.open(target)) {
            assertThat(file.names())
                .allSatisfy((name) -> assertThat(file.info(name).begin() % file.info(name).dtype().bytes()).isZero());
        }
    }

    @Test
    void writeWhenTensorIsLargerThanTheBufferKeepsEveryValue() {
        float[] values = new float[100_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 256;
        }
        Path target = this.directory.resolve("x.safetensors");
        new SafetensorsWriter().add("a", TensorType.BF16, new long[] { values.length }, values)
            .add("b", TensorType.F32, new long[] { values.length }, values)
            .write(target);
        try (Safetensors file = Safetensors.open(target)) {
            assertThat(file.floats("a")).containsExactly(values);
            assertThat(file.floats("b")).containsExactly(values);
        }
    }

    @Test
    void sameTensorsGiveTheSameBytes() throws IOException {
        Path first = this.directory.resolve("1.safetensors");
        Path second = this.directory.resolve("2.safetensors");
        sample().write(first);
        sample().write(second);
        assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    }

    @Test
    void writeReplacesAnOlderFileAndLeavesNothingElse() throws IOException {
        Path target = TestModels.write(this.directory.resolve("x.safetensors"), "old");
        sample().write(target);
        Safetensors.open(target).close();
        assertThat(leftBehind()).containsExactly("x.safetensors");
    }

    @Test
    void writeWhenDiskIsFullKeepsTheOlderFileAndRemovesTheNew() throws IOException {
        Path target = TestModels.write(this.directory.resolve("x.safetensors"), "old");
        assertThatExceptionOfType(ModelFileException.class)
            .isThrownBy(() -> sample().write(target, (channel) -> new FullDisk(channel, 100)))
            .withMessageStartingWith(target + ": cannot be written")
            .withMessageContainingAll("No space left on device", "what was there before is unchanged");
        assertThat(target).hasContent("old");
        assertThat(leftBehind()).containsExactly("x.safetensors");
    }

    @Test
    void writeWhenAnotherProcessUsesTheTemporaryNameTakesAnother() throws IOException {
        String taken = ".x.safetensors." + ProcessHandle.current().pid() + "-0.tmp";
        TestModels.write(this.directory.resolve(taken), "theirs");
        sample().write(this.directory.resolve("x.safetensors"));
        assertThat(leftBehind()).containsExactlyInAnyOrder("x.safetensors", taken);
        assertThat(this.directory.resolve(taken)).hasContent("theirs");
    }

    @Test
    void writeWhenTargetIsAPipeIsRefusedAndLeavesIt() throws Exception {
        Path pipe = this.directory.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "mkfifo makes no pipe here");
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> sample().write(pipe))
            .withMessageContaining("is a device or a pipe");
        assertThat(Files.isRegularFile(pipe)).isFalse();
        assertThat(leftBehind()).containsExactly("pipe");
    }

    @Test
    void writeWhenTargetIsADirectoryIsRefused() {
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> sample().write(this.directory))
            .withMessageContaining("is a directory");
    }

    @Test
    void addWhenSizeDoesNotFitTheShapeIsRefused() {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new SafetensorsWriter().add("a", TensorType.F32, new long[] { 3 }, new float[] { 1, 2 }))
            .withMessage("tensor a of shape [3] and type F32 needs 12 bytes, was given 8");
    }

    @Test
    void addWhenNameIsTakenIsRefused() {
        SafetensorsWriter writer = sample();
        assertThatIllegalArgumentException()
            .isThrownBy(() -> writer.add("wide", TensorType.F32, new long[0], new float[1]))
            .withMessageContaining("wide");
    }

    @Test
    void addWhenFloatsAreToBecomeIntegersIsRefused() {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new SafetensorsWriter().add("a", TensorType.I32, new long[0], new float[1]))
            .withMessageContaining("I32");
    }

    /** Takes so many bytes and no more. */
    private static final class FullDisk implements WritableByteChannel {

        private final WritableByteChannel channel;

        private int free;

        FullDisk(WritableByteChannel channel, int free) {
            this.channel = channel;
            this.free = free;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (this.free == 0) {
                throw new IOException("No space left on device");
            }
            ByteBuffer part = source.slice(source.position(), Math.min(this.free, source.remaining()));
            int written = this.channel.write(part);
            this.free -= written;
            source.position(source.position() + written);
            return written;
        }

        @Override
        public boolean isOpen() {
            return this.channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            this.channel.close();
        }

    }

}
