package dev.cerberus.hf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Decoded blocks of every type that is read, compared bit for bit with what Python's
 * {@code gguf.dequantize} gives: {@code gguf/make.py} beside the fixtures makes them.
 */
class GgufBlocksTests {

    private static final List<String> TYPES = List.of("BF16", "F16", "F32", "Q4_0", "Q4_1", "Q4_K", "Q5_0", "Q5_1",
            "Q5_K", "Q6_K", "Q8_0");

    private static final int ROW = 256;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private Path file;

    @BeforeEach
    void copy() throws IOException {
        this.file = Files.write(this.directory.resolve("blocks.gguf"), resource("blocks.gguf"));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GgufBlocksTests.class.getResourceAsStream("gguf/" + name)) {
            return in.readAllBytes();
        }
    }

    private static FloatBuffer expected() throws IOException {
        return ByteBuffer.wrap(resource("blocks.f32")).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    @Test
    void everyReadableTypeIsDecodedAsInPython() throws IOException {
        FloatBuffer expected = expected();
        try (GgufTensors tensors = GgufTensors.open(GgufFile.open(this.file))) {
            assertThat(tensors.names()).containsExactlyElementsOf(TYPES);
            assertThat(GgufType.readable().split(", ")).containsExactlyInAnyOrderElementsOf(TYPES);
            for (String type : TYPES) {
                float[] values = new float[2 * ROW];
                expected.get(values);
                assertThat(tensors.info(type).shape()).containsExactly(2L, (long) ROW);
                assertThat(tensors.floats(type)).as(type).containsExactly(values);
            }
        }
        assertThat(expected.hasRemaining()).isFalse();
    }

    @Test
    void rowsAreThePartOfTheWhole() {
        try (GgufTensors tensors = GgufTensors.open(GgufFile.open(this.file))) {
            for (String type : TYPES) {
                ByteBuffer whole = tensors.data(type);
                assertThat(tensors.rows(type, 1, 1)).as(type)
                    .isEqualTo(whole.slice(whole.remaining() / 2, whole.remaining() / 2));
            }
        }
    }

    @Test
    void tensorTooLargeForOneBufferComesInHalfPrecision() throws IOException {
        FloatBuffer expected = expected();
        try (GgufTensors tensors = GgufTensors.open(GgufFile.open(this.file), 4 * 2 * ROW - 1)) {
            assertThat(tensors.info("F32").dtype()).isEqualTo(TensorType.F32);
            TensorInfo info = tensors.info("Q6_K");
            assertThat(info.dtype()).isEqualTo(TensorType.F16);
            assertThat(info.elements()).isEqualTo(2 * ROW);
            float[] values = tensors.floats("Q6_K");
            for (int i = 0; i < values.length; i++) {
                float whole = expected.get(TYPES.indexOf("Q6_K") * 2 * ROW + i);
                assertThat(values[i]).isEqualTo(HalfFloats.fromFloat16(HalfFloats.toFloat16(whole)));
            }
        }
    }

}
