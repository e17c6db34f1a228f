package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;

/**
 * Writes a model directory with random weights in bfloat16.
 *
 * <p>
 * All matrices are windows of one block of random numbers, since making numbers for
 * billions of weights would take longer than writing them. No two windows begin at the
 * same place.
 */
final class RandomModel {

    /** As models are initialised, so that nothing overflows. */
    private static final float DEVIATION = 0.02f;

    private static final short ONE = 0x3F80;

    private static final int STRIDE = 10_007; // weights between the begins of two windows

    private static final int TABLE = 1 << 16;

    private static final long PART_BYTES = 2_000_000_000;

    private RandomModel() {
    }

    /**
     * Writes a model.
     * @param shape its sizes
     * @param directory where to write; made if needed
     */
    static void write(ModelShape shape, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.deleteIfExists(directory.resolve(Checkpoint.INDEX_FILE_NAME)); // comes last
        Files.writeString(directory.resolve(ModelConfig.FILE_NAME), shape.config());
        Files.writeString(directory.resolve("tokenizer.json"), ByteVocabulary.json(shape.vocabulary()));
        Map<String, List<Long>> tensors = ExpectedTensors.of(ModelConfig.read(directory));
        int largest = (int) tensors.values().stream().mapToLong(RandomModel::size).max().orElseThrow();
        ByteBuffer block = block(largest + STRIDE * tensors.size());
        ByteBuffer ones = ones((int) tensors.values()
            .stream()
            .filter((dimensions) -> dimensions.size() == 1)
            .mapToLong(RandomModel::size)
            .max()
            .orElse(0));
        int parts = (int) (1 + Short.BYTES * tensors.values().stream().mapToLong(RandomModel::size).sum() / PART_BYTES);
        List<SafetensorsWriter> writers = Stream.generate(SafetensorsWriter::new).limit(parts).toList();
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        ObjectNode files = index.putObject("weight_map");
        int count = 0;
        for (Map.Entry<String, List<Long>> tensor : tensors.entrySet()) {
            long[] dimensions = tensor.getValue().stream().mapToLong(Long::longValue).toArray();
            int bytes = Math.toIntExact(Short.BYTES * size(tensor.getValue()));
            ByteBuffer values = (dimensions.length == 1) ? ones.slice(0, bytes)
                    : block.slice(Short.BYTES * STRIDE * count, bytes);
            writers.get(count % parts).add(tensor.getKey(), TensorType.BF16, dimensions, values);
            files.put(tensor.getKey(), part(count % parts, parts));
            count++;
        }
        // in parallel, since one thread does not write as fast as memory takes it
        IntStream.range(0, parts)
            .parallel()
            .forEach((part) -> writers.get(part).write(directory.resolve(part(part, parts))));
        Files.writeString(directory.resolve(Checkpoint.INDEX_FILE_NAME), index.toString());
    }

    private static String part(int part, int parts) {
        return String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", part + 1, parts);
    }

    /** Returns whether a model of these sizes was written to the end there. */
    static boolean isWritten(ModelShape shape, Path directory) throws IOException {
        Path config = directory.resolve(ModelConfig.FILE_NAME);
        return Files.exists(directory.resolve(Checkpoint.INDEX_FILE_NAME)) && Files.exists(config)
                && Files.readString(config).equals(shape.config());
    }

    /** Removes a directory with its files. */
    static void delete(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private static long size(List<Long> dimensions) {
        return dimensions.stream().reduce(1L, (a, b) -> a * b);
    }

    private static ByteBuffer ones(int count) {
        ByteBuffer ones = ByteBuffer.allocateDirect(Short.BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
        while (ones.hasRemaining()) {
            ones.putShort(ONE);
        }
        return ones.flip();
    }

    private static ByteBuffer block(int count) {
        SplittableRandom random = new SplittableRandom(1);
        short[] table = new short[TABLE]; // a draw from a table is cheaper than a
                                          // gaussian
        for (int i = 0; i < TABLE; i++) {
            table[i] = (short) (Float.floatToRawIntBits((float) (DEVIATION * random.nextGaussian())) >>> 16);
        }
        ByteBuffer block = ByteBuffer.allocateDirect(Short.BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
        long bits = 0;
        for (int i = 0; i < count; i++) {
            bits = (i % 4 == 0) ? random.nextLong() : bits >>> 16;
            block.putShort(table[(int) (bits & (TABLE - 1))]);
        }
        return block.flip();
    }

}
