package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * Finds out what a heads file holds: of this project's layout from its metadata, of
 * published Medusa heads from names and shapes. Thread-safe.
 */
final class HeadsFileReader {

    static final String WITH_THIS_VERSION = "train the heads again with this version of cerberus train";

    private static final String DRAFT_VOCABULARY = "draft_vocabulary";

    // No hidden state and no vocabulary in use comes near.
    private static final int MAX_SIZE = 1 << 24;

    private HeadsFileReader() {
    }

    /**
     * Reads a heads file and checks that it is complete and consistent.
     * @throws ModelFileException as {@link HeadsFile#read} says
     */
    static HeadsFile read(Path file) {
        // the mapping outlives the channel
        try (Safetensors tensors = Safetensors.open(file)) {
            if (HeadsFile.FORMAT.equals(tensors.metadata().get("format"))) {
                return own(file, tensors);
            }
            Optional<HeadsNaming> published = HeadsNaming.published(tensors.names());
            if (published.isPresent()) {
                return published(file, tensors, published.get());
            }
            throw new ModelFileException(file, "holds no draft heads: its metadata lack format=" + HeadsFile.FORMAT
                    + " and it has no tensor 0.0.linear.weight or blocks.0.layers.0.weight as published Medusa heads do",
                    "name a file written by cerberus train");
        }
    }

    private static HeadsFile own(Path file, Safetensors tensors) {
        HeadsMetadata metadata = new HeadsMetadata(file, tensors.metadata());
        int vocabularySize = metadata.integer("vocab_size");
        requireSize(file, "vocab_size in its metadata", vocabularySize);
        int[] vocabulary = tensors.contains(DRAFT_VOCABULARY) ? vocabulary(file, tensors, vocabularySize)
                : IntStream.range(0, vocabularySize).toArray();
        HeadsDescription description;
        try {
            HeadsKind kind = HeadsKind.ofId(metadata.text("kind"));
            description = new HeadsDescription(kind, metadata.choice("condition", "root", "none"),
                    metadata.choice("links", "true", "false"), metadata.choice("lm_head", "own", "shared"),
                    metadata.integer("heads"), metadata.integer("layers"), metadata.integer("hidden_size"),
                    vocabulary.length,
                    tensors.contains(HeadsFile.TRANSITIONS_FROM) ? metadata.integer("transition_rank") : 0);
        }
        catch (IllegalArgumentException ex) {
            throw new ModelFileException(file, "its metadata are wrong: " + ex.getMessage(), WITH_THIS_VERSION, ex);
        }
        return new HeadsFile(file, tensors, description, vocabularySize, vocabulary, HeadsNaming.CERBERUS,
                metadata.positive("temperature", 1));
    }

    private static HeadsFile published(Path file, Safetensors tensors, HeadsNaming naming) {
        int heads = 0;
        while (tensors.contains(naming.blockWeight(heads, 0))) {
            heads++;
        }
        int layers = naming.layers();
        String lmHead = HeadsFile.lmHeadName(tensors.names(), naming, 0);
        List<Long> block = tensors.info(naming.blockWeight(0, 0)).shape();
        List<Long> output = tensors.contains(lmHead) ? tensors.info(lmHead).shape() : List.of();
        if (block.size() != 2 || output.size() != 2) {
            throw new ModelFileException(file,
                    "looks like published Medusa heads, but its tensors " + naming.blockWeight(0, 0) + " and " + lmHead
                            + " are not two matrices",
                    "convert the heads of one Medusa checkpoint to safetensors, names unchanged");
        }
        requireSize(file, naming.blockWeight(0, 0), block);
        requireSize(file, lmHead, output);
        int vocabularySize = Math.toIntExact(output.get(0));
        HeadsDescription description;
        try {
            description = new HeadsDescription(HeadsKind.MEDUSA, false, false, true, heads, layers,
                    Math.toIntExact(block.get(0)), vocabularySize);
        }
        catch (IllegalArgumentException ex) {
            throw new ModelFileException(file, "holds Medusa heads that are not supported: " + ex.getMessage(),
                    "use other heads", ex);
        }
        return new HeadsFile(file, tensors, description, vocabularySize, IntStream.range(0, vocabularySize).toArray(),
                naming, 1);
    }

    private static void requireSize(Path file, String name, List<Long> shape) {
        for (long size : shape) {
            requireSize(file, "a size of its tensor " + name, size);
        }
    }

    /** Tables are made by these numbers before a tensor bears them out. */
    private static void requireSize(Path file, String what, long size) {
        if (size < 1 || size > MAX_SIZE) {
            throw new ModelFileException(file, what + " must be in 1.." + MAX_SIZE + ", was " + size,
                    "fetch or make the heads again");
        }
    }

    private static int[] vocabulary(Path file, Safetensors tensors, int vocabularySize) {
        TensorInfo info = tensors.info(DRAFT_VOCABULARY);
        if (info.dtype() != TensorType.I32 || info.shape().size() != 1 || info.elements() < 1) {
            throw new ModelFileException(file, "its tensor " + DRAFT_VOCABULARY + " must be I32 of one dimension, was "
                    + info.dtype() + " of shape " + info.shape(), WITH_THIS_VERSION);
        }
        requireSize(file, "the length of its draft vocabulary", info.elements());
        int[] ids = new int[Math.toIntExact(info.elements())];
        tensors.data(DRAFT_VOCABULARY).asIntBuffer().get(ids);
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabularySize || (i > 0 && ids[i] <= ids[i - 1])) {
                throw new ModelFileException(file, "its draft vocabulary must ascend within 0.." + (vocabularySize - 1)
                        + ", but entry " + i + " is " + ids[i], WITH_THIS_VERSION);
            }
        }
        return ids;
    }

}
