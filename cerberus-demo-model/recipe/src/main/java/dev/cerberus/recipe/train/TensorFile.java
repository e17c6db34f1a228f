package dev.cerberus.recipe.train;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Tensors of one safetensors file in memory, as float32 values.
 *
 * @param metadata the file's {@code __metadata__}
 * @param tensors values by name
 */
record TensorFile(Map<String, String> metadata, Map<String, Tensor> tensors) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Values of one tensor.
     *
     * @param shape its sizes
     * @param values its elements, row by row
     */
    record Tensor(List<Integer> shape, float[] values) {
    }

    /**
     * Writes the file under a temporary name and moves it into place.
     * @param file the destination
     * @param bfloat16 whether values are rounded to bfloat16 (to nearest, ties to even);
     * float32 otherwise
     * @throws IOException if writing fails
     */
    void write(Path file, boolean bfloat16) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("__metadata__", this.metadata);
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : this.tensors.entrySet()) {
            long size = (long) entry.getValue().values().length * (bfloat16 ? 2 : 4);
            header.put(entry.getKey(), Map.of("dtype", bfloat16 ? "BF16" : "F32", "shape", entry.getValue().shape(),
                    "data_offsets", List.of(offset, offset + size)));
            offset += size;
        }
        String json = JSON.writeValueAsString(header);
        // Padding with blanks aligns the data at 8 bytes.
        byte[] head = (json + " ".repeat((8 - json.getBytes(StandardCharsets.UTF_8).length % 8) % 8))
            .getBytes(StandardCharsets.UTF_8);
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 20)) {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(head.length).array());
            out.write(head);
            for (Tensor tensor : this.tensors.values()) {
                out.write(bfloat16 ? toBfloat16(tensor.values()) : toFloat32(tensor.values()));
            }
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] toFloat32(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static byte[] toBfloat16(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort((short) (roundedBits(value) >>> 16));
        }
        return bytes.array();
    }

    /**
     * Rounds a finite value to the nearest bfloat16, ties to even.
     * @param value the value
     * @return the value that a bfloat16 file would hold
     */
    static float bfloat16(float value) {
        return Float.intBitsToFloat(roundedBits(value) & 0xFFFF0000);
    }

    private static int roundedBits(float value) {
        int bits = Float.floatToRawIntBits(value);
        return bits + 0x7FFF + ((bits >>> 16) & 1);
    }

    /**
     * Reads a file of float32 tensors.
     * @param file the file
     * @return its content
     * @throws IOException if the file cannot be read or holds another type
     */
    static TensorFile read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headLength = Math.toIntExact(bytes.getLong());
        JsonNode header = JSON.readTree(new String(bytes.array(), 8, headLength, StandardCharsets.UTF_8));
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            JsonNode value = entry.getValue();
            if (entry.getKey().equals("__metadata__")) {
                value.properties().forEach((item) -> metadata.put(item.getKey(), item.getValue().asText()));
                continue;
            }
            if (!value.path("dtype").asText().equals("F32")) {
                throw new IOException(file + " holds " + entry.getKey() + " as " + value.path("dtype").asText()
                        + "; a checkpoint holds F32 only");
            }
            int from = value.path("data_offsets").path(0).asInt();
            int to = value.path("data_offsets").path(1).asInt();
            float[] values = new float[(to - from) / 4];
            bytes.slice(8 + headLength + from, to - from).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            List<Integer> shape = new ArrayList<>();
            value.path("shape").forEach((size) -> shape.add(size.asInt()));
            tensors.put(entry.getKey(), new Tensor(shape, values));
        }
        return new TensorFile(metadata, tensors);
    }

}
