package dev.cerberus.hf;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.GgufBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GgufFileTests {

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private Path file() {
        return this.directory.resolve("model.gguf");
    }

    private void assertRefused(GgufBuilder builder, String... parts) {
        assertRefused(builder.bytes(), parts);
    }

    private void assertRefused(byte[] bytes, String... parts) {
        Path file = TestModels.write(file(), bytes);
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> GgufFile.open(file))
            .withMessageContaining("model.gguf")
            .withMessageContainingAll(parts);
    }

    @Test
    void openReadsMetadataAndTensors() {
        GgufFile file = GgufFile.open(new GgufBuilder().put("a.text", "ä")
            .put("a.number", 7)
            .put("a.truth", true)
            .put("a.float", 0.5f)
            .put("a.texts", List.of("x", ""))
            .put("a.numbers", new int[] { 1, -2 })
            .put("a.floats", new float[] { 1.5f })
            .floats("one", 3, 2)
            .tensor("two", 24, new byte[5], 5)
            .write(file()));
        GgufMetadata metadata = file.metadata();
        assertThat(metadata.text("a.text")).hasValue("ä");
        assertThat(metadata.integer("a.number")).hasValue(7);
        assertThat(metadata.bool("a.truth")).hasValue(true);
        assertThat(metadata.number("a.float")).hasValue(0.5);
        assertThat(metadata.texts("a.texts")).containsExactly("x", "");
        assertThat(metadata.integers("a.numbers")).containsExactly(1, -2);
        assertThat(metadata.floats("a.floats")).containsExactly(1.5f);
        assertThat(metadata.text("none")).isEmpty();
        assertThat(file.tensors().keySet()).containsExactly("one", "two");
        assertThat(file.tensors().get("one").shape()).containsExactly(2L, 3L);
        assertThat(file.tensors().get("two").type()).isEqualTo(GgufType.I8);
        assertThat(file.tensors().get("two").offset() - file.tensors().get("one").offset()).isEqualTo(32);
    }

    @Test
    void textThatIsNotWholeIsNamedByItsPlaceInTheList() throws IOException {
        Path file = new GgufBuilder().put("a.texts", List.of("needle", "y")).write(file());
        byte[] bytes = Files.readAllBytes(file);
        int length = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("needle") + "needle".length();
        bytes[length + 4] = 1;
        Files.write(file, bytes);
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> GgufFile.open(file))
            .withMessageContaining("the length of element 1 of a.texts is 4294967297");
    }

    @Test
    void openReadsVersionTwo() {
        assertThat(GgufFile.open(new GgufBuilder().version(2).put("a", 1).write(file())).metadata().keys())
            .containsExactly("a");
    }

    @Test
    void valuesOfAnotherTypeAreRefusedByName() {
        GgufMetadata metadata = GgufFile
            .open(new GgufBuilder().put("a.text", "seven").put("a.many", new int[] { 1, 2 }).write(file()))
            .metadata();
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> metadata.integer("a.text"))
            .withMessageContaining("a.text = seven, which must be an integer");
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> metadata.uniformInteger("a.many"))
            .withMessageContaining("layers with different values of a.many");
    }

    @Test
    void openWhenFileIsNoGgufIsRefused() {
        assertRefused("<!DOCTYPE html>".getBytes(), "does not begin with GGUF");
        assertRefused(new byte[3], "ends within its first bytes");
        assertRefused(new byte[0], "ends within its first bytes");
    }

    @Test
    void openWhenVersionIsNotReadIsRefused() {
        assertRefused(new GgufBuilder().version(1), "GGUF version 1", "versions 2 and 3");
        assertRefused(new GgufBuilder().version(4), "GGUF version 4");
        assertRefused(new GgufBuilder().version(0x03000000), "big-endian");
    }

    @Test
    void openWhenTruncatedAnywhereIsRefused() {
        byte[] whole = GgufBuilder.model("llama").bytes();
        for (int length = 0; length < whole.length; length += 7) {
            assertRefused(Arrays.copyOf(whole, length), ": ");
        }
    }

    @Test
    void openWhenCountsLieIsRefused() {
        byte[] bytes = GgufBuilder.model("llama").bytes();
        assertRefused(with(bytes, 8, Long.MAX_VALUE), "the number of tensors is " + Long.MAX_VALUE);
        assertRefused(with(bytes, 8, -1), "the number of tensors is 18446744073709551615");
        assertRefused(with(bytes, 16, 1L << 40), "the number of metadata entries");
        assertRefused(with(bytes, 24, 1L << 30), "the length of the key of metadata entry 0");
    }

    @Test
    void openWhenALengthLiesInALargeFileIsRefusedWithoutReadingThatMuch() throws IOException {
        long bytes = 300L << 20;
        long texts = 100L << 20;
        GgufBuilder text = new GgufBuilder().put("needle", "x");
        assertRefusedInALargeFile(text, "needle".length() + 4, bytes, "the value of needle");
        assertRefusedInALargeFile(text, -Long.BYTES, bytes, "the key of metadata entry 0");
        GgufBuilder list = new GgufBuilder().put("a.texts", List.of("needle", "y"));
        assertRefusedInALargeFile(list, -Long.BYTES, bytes, "element 0 of a.texts");
        assertRefusedInALargeFile(list, -2 * Long.BYTES, texts, "element 0 of a.texts");
    }

    private void assertRefusedInALargeFile(GgufBuilder builder, int distance, long lie, String what)
            throws IOException {
        byte[] bytes = builder.bytes();
        int needle = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("needle");
        Path file = TestModels.write(file(), with(bytes, needle + distance, lie));
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(1L << 30); // of blocks that take no room on the disk
        }
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> GgufFile.open(file))
            .withMessageContaining("with " + what + " its texts take more than 256 MiB");
    }

    private static byte[] with(byte[] bytes, int at, long value) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        return changed;
    }

    @Test
    void openKnowsTheTypesThatNoWeightsAreReadFrom() {
        GgufFile file = GgufFile
            .open(new GgufBuilder().tensor("a", 40, new byte[36], 64).tensor("b", 41, new byte[18], 128).write(file()));
        assertThat(file.tensors().values()).extracting((tensor) -> tensor.type().name())
            .containsExactly("NVFP4", "Q1_0");
        assertThat(file.tensors().values()).noneMatch((tensor) -> tensor.type().isReadable());
    }

    @Test
    void openWhenTensorsAreWrongIsRefused() {
        assertRefused(new GgufBuilder().tensor("t", 99, new byte[4], 1),
                "tensor t is of the type with the number 99, which is not known");
        assertRefused(new GgufBuilder().tensor("t", 0, new byte[4], 2), "tensor t needs the bytes up to");
        assertRefused(new GgufBuilder().tensor("t", 8, new byte[34], 31), "rows of 31 values", "whole blocks of Q8_0");
        assertRefused(new GgufBuilder().tensor("t", 0, new byte[4], 0), "tensor t has the shape [0], which is empty");
        assertRefused(new GgufBuilder().tensor("t", 0, new byte[4], 1L << 40, 1L << 40), "size overflows");
        assertRefused(new GgufBuilder().tensor("t", 0, new byte[4], -1L), "beyond any file");
        assertRefused(new GgufBuilder().tensor("t", 0, new byte[4], 1, 1, 1, 1, 1), "claims 5 dimensions");
        assertRefused(new GgufBuilder().floats("t", 1).floats("t", 1), "two tensors named t");
        assertRefused(new GgufBuilder().put("general.alignment", 24), "general.alignment = 24", "power of two");
        // the second tensor is said to be longer than the room before the third
        assertRefused(new GgufBuilder().floats("t", 1).tensor("u", 0, new byte[4], 9).floats("v", 9),
                "tensor v overlaps");
    }

}
