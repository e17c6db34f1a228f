package dev.cerberus.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * Files of a small random model and of random heads for it.
 */
final class RandomHeads {

    static final int HIDDEN = 16;

    static final int VOCABULARY = 48;

    private RandomHeads() {
    }

    /** A Llama of two layers; its directory. */
    static Path target(Path directory) {
        return target(directory, HIDDEN);
    }

    static Path target(Path directory, int hidden) {
        return target(directory, hidden, 1);
    }

    /** The same with embeddings that are smaller by a factor. */
    static Path target(Path directory, int hidden, double smaller) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("config.json"), String.format(Locale.ROOT, """
                    {"model_type": "llama", "hidden_size": %d, "intermediate_size": 24, "num_hidden_layers": 2,
                     "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "vocab_size": 48,
                     "max_position_embeddings": 96, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
                     "tie_word_embeddings": false}
                    """, hidden));
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        SplittableRandom random = new SplittableRandom(7);
        SafetensorsWriter writer = new SafetensorsWriter();
        ExpectedTensors.of(ModelConfig.read(directory)).forEach((name, shape) -> {
            double scale = name.equals("lm_head.weight") ? 1.5 : 0.4;
            scale /= name.equals("model.embed_tokens.weight") ? smaller : 1;
            float[] values = floats(random, shape.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b), scale);
            writer.add(name, TensorType.F32, shape.stream().mapToLong(Long::longValue).toArray(), values);
        });
        writer.write(directory.resolve("model.safetensors"));
        return directory;
    }

    /**
     * A heads file of the given shape; {@code storedLmHead} for a shared LM head of its
     * own.
     */
    static SafetensorsWriter heads(HeadsDescription heads, Path target, boolean storedLmHead) {
        return heads(heads, target, storedLmHead, 1);
    }

    /** The same with weights for embeddings that are larger by a factor. */
    static SafetensorsWriter heads(HeadsDescription heads, Path target, boolean storedLmHead, float larger) {
        SplittableRandom random = new SplittableRandom(11);
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.metadata("format", "cerberus-heads")
            .metadata("kind", heads.kind().id())
            .metadata("condition", heads.condition())
            .metadata("heads", Integer.toString(heads.heads()))
            .metadata("layers", Integer.toString(heads.layers()))
            .metadata("hidden_size", Integer.toString(heads.hiddenSize()))
            .metadata("vocab_size", Integer.toString(VOCABULARY))
            .metadata("temperature", (heads.layers() == 1) ? "1.5" : "1")
            .metadata("transition_rank", Integer.toString(heads.transitionRank()))
            .metadata("links", Boolean.toString(heads.linked()))
            .metadata("lm_head", heads.ownLmHead() ? "own" : "shared");
        try (Checkpoint checkpoint = Checkpoint.open(target)) {
            writer.metadata("target_sha256", checkpoint.sha256());
        }
        int hidden = heads.hiddenSize();
        for (int head = 0; head < heads.heads(); head++) {
            for (int layer = 0; layer < heads.layers(); layer++) {
                String prefix = "heads." + head + ".blocks." + layer + ".";
                int in = heads.blockInput(head, layer);
                int states = (layer == 0) ? hidden : in - ((heads.kind() == HeadsKind.CERBERUS) ? hidden : 0);
                addMatrix(writer, prefix + "weight", random, hidden, in, states, larger);
                if (heads.kind() != HeadsKind.MEDUSA) {
                    addMatrix(writer, prefix + "residual", random, hidden, in, states, larger);
                }
                add(writer, prefix + "bias", random, hidden);
            }
            if (heads.ownLmHead()) {
                add(writer, "heads." + head + ".lm_head.weight", random, heads.draftVocabulary(), hidden);
            }
        }
        if (heads.transitionRank() > 0) {
            add(writer, "transitions.from", random, heads.draftVocabulary() + 1, heads.transitionRank());
            add(writer, "transitions.to", random, heads.draftVocabulary(), heads.transitionRank());
        }
        if (storedLmHead) {
            add(writer, "lm_head.weight", random, heads.draftVocabulary(), hidden);
        }
        if (heads.draftVocabulary() < VOCABULARY) {
            ByteBuffer ids = ByteBuffer.allocate(4 * heads.draftVocabulary()).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < heads.draftVocabulary(); i++) {
                ids.putInt(2 * i + 1);
            }
            writer.add("draft_vocabulary", TensorType.I32, new long[] { heads.draftVocabulary() }, ids.flip());
        }
        return writer;
    }

    /** Medusa heads as they are published: no metadata, the whole vocabulary. */
    static SafetensorsWriter publishedMedusa(int heads) {
        SplittableRandom random = new SplittableRandom(12);
        SafetensorsWriter writer = new SafetensorsWriter();
        for (int head = 0; head < heads; head++) {
            add(writer, head + ".0.linear.weight", random, HIDDEN, HIDDEN);
            add(writer, head + ".0.linear.bias", random, HIDDEN);
            add(writer, head + ".1.weight", random, VOCABULARY, HIDDEN);
        }
        return writer;
    }

    /** The shapes that differ in what the program does. */
    static List<HeadsDescription> descriptions() {
        return List.of(new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 4, 2, HIDDEN, 20),
                new HeadsDescription(HeadsKind.CERBERUS, false, true, false, 3, 3, HIDDEN, VOCABULARY),
                new HeadsDescription(HeadsKind.CERBERUS, true, false, true, 3, 2, HIDDEN, 20),
                new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 2, 1, HIDDEN, 20),
                new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 4, 1, HIDDEN, 20, 3),
                new HeadsDescription(HeadsKind.CERBERUS, false, true, true, 3, 2, HIDDEN, VOCABULARY, 16),
                new HeadsDescription(HeadsKind.MEDUSA, false, false, true, 4, 1, HIDDEN, 20),
                new HeadsDescription(HeadsKind.MEDUSA, false, false, false, 2, 2, HIDDEN, VOCABULARY),
                new HeadsDescription(HeadsKind.HYDRA, true, false, false, 4, 2, HIDDEN, 20),
                new HeadsDescription(HeadsKind.HYDRA, true, false, true, 3, 1, HIDDEN, VOCABULARY));
    }

    private static void addMatrix(SafetensorsWriter writer, String name, SplittableRandom random, int hidden, int in,
            int states, float larger) {
        float[] values = floats(random, hidden * in, 0.5);
        for (int i = 0; i < values.length; i++) {
            values[i] *= (i % in < states) ? 1 : larger;
        }
        writer.add(name, TensorType.F32, new long[] { hidden, in }, values);
    }

    private static void add(SafetensorsWriter writer, String name, SplittableRandom random, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        writer.add(name, TensorType.F32, shape, floats(random, size, 0.5));
    }

    private static float[] floats(SplittableRandom random, int size, double scale) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return values;
    }

}
