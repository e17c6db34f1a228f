package dev.cerberus.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.GgufModel;
import dev.cerberus.hf.ModelConfig;

/**
 * A small model with random weights of one family, and what Hugging Face transformers
 * computes with it; made by {@code src/test/python/family_models.py}.
 */
final class FamilyModel {

    private final Path directory;

    private final ModelConfig config;

    private final int[] tokens;

    private final int[] greedy;

    private final float[][] logits; // [tokens, vocabulary]

    private FamilyModel(Path directory) {
        this.directory = directory;
        this.config = ModelConfig.read(directory);
        try {
            JsonNode golden = new ObjectMapper().readTree(directory.resolve("golden.json").toFile());
            this.tokens = integers(golden.get("tokens"));
            this.greedy = integers(golden.get("greedy"));
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("logits.f32")))
                .order(ByteOrder.LITTLE_ENDIAN);
            this.logits = new float[this.tokens.length][this.config.vocabularySize()];
            for (float[] row : this.logits) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = bytes.getFloat();
                }
            }
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static int[] integers(JsonNode array) {
        return IntStream.range(0, array.size()).map((i) -> array.get(i).intValue()).toArray();
    }

    private static Path folder() {
        try {
            URL url = Objects.requireNonNull(FamilyModel.class.getResource("families"));
            return Path.of(url.toURI());
        }
        catch (URISyntaxException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** Returns the names of all models. */
    static List<String> names() {
        try (Stream<Path> folders = Files.list(folder())) {
            return folders.map((path) -> path.getFileName().toString()).sorted().toList();
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    static FamilyModel of(String name) {
        return new FamilyModel(folder().resolve(name));
    }

    Path directory() {
        return this.directory;
    }

    /** Returns token ids. */
    int[] tokens() {
        return this.tokens;
    }

    /** Returns what comes after half of the tokens, the likeliest each time. */
    int[] greedy() {
        return this.greedy;
    }

    /** Returns the scores after a token and all before it. */
    float[] logits(int position) {
        return this.logits[position];
    }

    /*
     * The texts of phi3 lie within the original context; a model for longer ones would
     * rotate otherwise.
     */
    private int maxContext() {
        return this.directory.endsWith("phi3") ? 64 : this.config.maxPositions();
    }

    /** Returns the same model, written as a GGUF file and read from there. */
    DjlTargetModel loadGguf(Path file) {
        GgufModel gguf = GgufModel.open(FamilyGguf.write(this, file));
        try (Checkpoint checkpoint = gguf.openCheckpoint()) {
            return DjlTargetModel.load(gguf.config(), checkpoint, maxContext(), TorchDevice.of("cpu"), Precision.FP32);
        }
    }

    DjlTargetModel load(TorchDevice device, Precision precision) {
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            return DjlTargetModel.load(this.config, checkpoint, maxContext(), device, precision);
        }
    }

}
