package dev.cerberus.hf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Assumptions;

/** Files of small models made on the spot. */
final class TestModels {

    private static final JsonMapper MAPPER = new JsonMapper();

    private TestModels() {
    }

    /** A safetensors file of the given header and data. */
    static Path safetensors(Path file, String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return safetensors(file, json.length, json, dataBytes);
    }

    /** A safetensors file whose length field may lie. */
    static Path safetensors(Path file, long claimedLength, byte[] header, int dataBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(claimedLength).put(header);
        for (int i = 0; i < dataBytes; i++) {
            bytes.put((byte) i);
        }
        return write(file, bytes.array());
    }

    static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    static Path write(Path file, String text) {
        return write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The fields of a valid config.json: 8 wide, 2 layers, 4 heads of 2, 2 key-value
     * heads, 16 tokens.
     */
    static ObjectNode config(Architecture architecture) {
        ObjectNode json = MAPPER.createObjectNode();
        if (architecture == Architecture.GRANITE_HYBRID) {
            json.put("shared_intermediate_size", 12).put("num_local_experts", 0);
            json.putArray("layer_types").add("attention").add("attention");
        }
        return json.put("model_type", architecture.modelType())
            .put("hidden_size", 8)
            .put("intermediate_size", 12)
            .put("num_hidden_layers", 2)
            .put("num_attention_heads", 4)
            .put("num_key_value_heads", 2)
            .put("head_dim", 2)
            .put("vocab_size", 16)
            .put("max_position_embeddings", 32)
            .put("rms_norm_eps", 1e-5)
            .put("rope_theta", 10000.0);
    }

    static ObjectNode object(String json) {
        try {
            return (ObjectNode) MAPPER.readTree(json);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Zero weights of the expected shapes. */
    static SafetensorsWriter weights(Map<String, List<Long>> shapes) {
        SafetensorsWriter writer = new SafetensorsWriter();
        shapes.forEach((name, shape) -> {
            long[] dimensions = shape.stream().mapToLong(Long::longValue).toArray();
            int elements = (int) Arrays.stream(dimensions).reduce(1, Math::multiplyExact);
            writer.add(name, TensorType.F32, dimensions, new float[elements]);
        });
        return writer;
    }

    /** A complete model directory, apart from a usable tokenizer. */
    static Path directory(Path directory, ObjectNode config) {
        write(directory.resolve("config.json"), config.toString());
        write(directory.resolve("tokenizer.json"), "{}");
        weights(ExpectedTensors.of(ModelConfig.read(directory))).write(directory.resolve("model.safetensors"));
        return directory;
    }

    /** The public test data; the test is skipped without it. */
    static Path data() {
        String data = System.getenv("CERBERUS_TEST_DATA");
        Assumptions.assumeTrue(data != null, "set CERBERUS_TEST_DATA to the folder of public data to run this test");
        return Path.of(data);
    }

}
