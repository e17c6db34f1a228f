package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * The weights of draft heads in one safetensors file, checked and memory-mapped.
 *
 * <p>
 * Two layouts are read. The one of this project says in its metadata what it holds and
 * for which target model it was trained; its tensors are, for head {@code k} and layer
 * {@code l}, {@code heads.k.blocks.l.weight} and {@code .residual} [hidden, in] and
 * {@code .bias} [hidden], {@code lm_head.weight} or {@code heads.k.lm_head.weight} [draft
 * vocabulary, hidden], {@code transitions.from} [draft vocabulary + 1, rank] and
 * {@code transitions.to} [draft vocabulary, rank], and {@code draft_vocabulary}.
 * Published Medusa heads have no metadata: {@code k.0.linear.weight},
 * {@code k.0.linear.bias}, {@code k.1.weight}, or {@code blocks.k.layers.0.weight},
 * {@code lm_heads.k.weight}. Immutable and thread-safe; the file must not be shortened
 * while this is in use.
 */
public final class HeadsFile {

    /** What the metadata of a heads file says under {@code format}. */
    public static final String FORMAT = "cerberus-heads";

    private static final String SHARED_LM_HEAD = "lm_head.weight";

    static final String TRANSITIONS_FROM = "transitions.from";

    private static final String TRANSITIONS_TO = "transitions.to";

    private final Path file;

    private final Map<String, String> metadata;

    private final Map<String, Tensor> tensors;

    private final HeadsDescription description;

    private final int vocabularySize;

    private final double temperature;

    private final int[] draftVocabulary; // ascending

    private final HeadsNaming naming;

    HeadsFile(Path file, Safetensors tensors, HeadsDescription description, int vocabularySize, int[] draftVocabulary,
            HeadsNaming naming, double temperature) {
        this.file = file;
        this.metadata = tensors.metadata();
        this.tensors = tensors.names()
            .stream()
            .collect(Collectors.toUnmodifiableMap(Function.identity(),
                    (name) -> new Tensor(tensors.info(name), tensors.data(name))));
        this.description = description;
        this.vocabularySize = vocabularySize;
        this.draftVocabulary = draftVocabulary;
        this.naming = naming;
        this.temperature = temperature;
        checkTensors();
    }

    /**
     * Reads a heads file and checks that it is complete and consistent.
     * @param file the safetensors file
     * @return the heads; their tensors are read from the mapped file when asked for
     * @throws ModelFileException if the file is missing or damaged, is no heads file, or
     * lacks a tensor
     */
    public static HeadsFile read(Path file) {
        return HeadsFileReader.read(file);
    }

    /**
     * Returns the LM head of a head: its own, or the only one that published heads have,
     * since a tensor that several share is stored once.
     */
    static String lmHeadName(Set<String> names, HeadsNaming naming, int head) {
        if (!naming.isPublished() || names.contains(naming.lmHead(head))) {
            return naming.lmHead(head);
        }
        boolean alone = !names.contains(naming.lmHead(1));
        if (alone && names.contains(naming.lmHead(0))) {
            return naming.lmHead(0);
        }
        return names.contains(SHARED_LM_HEAD) ? SHARED_LM_HEAD : naming.lmHead(head);
    }

    private void checkTensors() {
        long hidden = this.description.hiddenSize();
        for (int head = 0; head < this.description.heads(); head++) {
            for (int layer = 0; layer < this.description.layers(); layer++) {
                List<Long> matrix = List.of(hidden, (long) this.description.blockInput(head, layer));
                check(this.naming.blockWeight(head, layer), matrix);
                if (this.tensors.containsKey(this.naming.blockBias(head, layer)) || !this.naming.isPublished()) {
                    check(this.naming.blockBias(head, layer), List.of(hidden));
                }
                if (hasResidual()) {
                    check(HeadsNaming.residual(head, layer), matrix);
                }
            }
            if (this.description.ownLmHead()) {
                check(lmHeadName(this.tensors.keySet(), this.naming, head),
                        List.of((long) this.draftVocabulary.length, hidden));
            }
        }
        long rank = this.description.transitionRank();
        if (rank > 0) {
            check(TRANSITIONS_FROM, List.of(this.draftVocabulary.length + 1L, rank));
            check(TRANSITIONS_TO, List.of((long) this.draftVocabulary.length, rank));
        }
        if (!this.description.ownLmHead() && this.tensors.containsKey(SHARED_LM_HEAD)) {
            check(SHARED_LM_HEAD, List.of((long) this.draftVocabulary.length, hidden));
        }
    }

    private void check(String name, List<Long> shape) {
        if (!this.tensors.containsKey(name)) {
            throw new ModelFileException(this.file,
                    "lacks the tensor " + name + " of shape " + shape + ", which " + this.description.heads() + " "
                            + this.description.kind().id() + " heads of " + this.description.layers() + " layers need",
                    "copy the whole file again or train the heads again");
        }
        TensorInfo info = tensor(name).info();
        if (!info.shape().equals(shape) || !info.dtype().isWeight()) {
            throw new ModelFileException(this.file, "its tensor " + name + " should be floats of shape " + shape
                    + " but is " + info.dtype() + " of shape " + info.shape(), "train the heads again");
        }
    }

    /**
     * Checks that the heads belong to a target model.
     * @param config the target's configuration
     * @param checkpoint the target's weights
     * @throws ModelFileException if they were made for another hidden size, another
     * vocabulary or other weights; the message names both files
     */
    public void requireTarget(ModelConfig config, Checkpoint checkpoint) {
        requireEqual(checkpoint, "hidden_size", this.description.hiddenSize(), config.hiddenSize());
        requireEqual(checkpoint, "vocab_size", this.vocabularySize, config.vocabularySize());
        Optional<String> trainedFor = targetSha256();
        if (trainedFor.isPresent() && !List.of(trainedFor.get().split("\\s*,\\s*")).contains(checkpoint.sha256())) {
            throw new ModelFileException(this.file,
                    "holds heads for another target model than " + checkpoint.directory() + ": they were trained for "
                            + "weights of SHA-256 " + shorten(trainedFor.get()) + ", its weights have "
                            + shorten(checkpoint.sha256()),
                    "use the heads that belong to the model, or train heads for it with cerberus train");
        }
    }

    private void requireEqual(Checkpoint checkpoint, String field, int here, int target) {
        if (here != target) {
            throw new ModelFileException(this.file,
                    "holds heads for a model of " + field + " " + here + ", but " + checkpoint.directory() + " has "
                            + target,
                    "use the heads that belong to the model, or train heads for it with cerberus train");
        }
    }

    private static String shorten(String hash) {
        return (hash.length() > 12) ? hash.substring(0, 12) + "…" : hash;
    }

    /** The file this was read from. */
    public Path file() {
        return this.file;
    }

    /** The shape of the heads. */
    public HeadsDescription description() {
        return this.description;
    }

    /** The free-form metadata: how the heads were made. Unmodifiable. */
    public Map<String, String> metadata() {
        return this.metadata;
    }

    /**
     * SHA-256 of the target's weights, as {@link Checkpoint#sha256()}, if known; several,
     * separated by commas, where the same weights come in several files.
     */
    public Optional<String> targetSha256() {
        return Optional.ofNullable(metadata().get("target_sha256"));
    }

    /** What a user should know about these heads, one sentence each. */
    public List<String> notes() {
        return targetSha256().isPresent() ? List.of()
                : List.of("The heads in " + this.file + " do not say which target model they were trained for; with "
                        + "another model they would only slow decoding down");
    }

    /**
     * What the heads' scores are divided by when drafting, since heads are surer than
     * they are right on text unlike that which they learned from.
     * @return positive; 1 where the file says nothing
     */
    public double temperature() {
        return this.temperature;
    }

    /** Number of tokens of the target model. */
    public int vocabularySize() {
        return this.vocabularySize;
    }

    /**
     * The tokens that the heads can propose: row {@code i} of an LM head is token
     * {@code draftVocabulary()[i]}.
     * @return a fresh, ascending array
     */
    public int[] draftVocabulary() {
        return this.draftVocabulary.clone();
    }

    /** Whether the heads propose any token of the target model. */
    public boolean wholeVocabulary() {
        return this.draftVocabulary.length == this.vocabularySize;
    }

    /**
     * Whether blocks have a residual matrix; without one the residual is the identity.
     */
    public boolean hasResidual() {
        return this.description.kind() != HeadsKind.MEDUSA;
    }

    /** The gated matrix of a block, [hidden, in]. */
    public Tensor blockWeight(int head, int layer) {
        return tensor(this.naming.blockWeight(head, layer));
    }

    /** The bias of a block, [hidden]; zeros where published heads have none. */
    public Tensor blockBias(int head, int layer) {
        String name = this.naming.blockBias(head, layer);
        if (this.naming.isPublished() && !this.tensors.containsKey(name)) {
            int hidden = this.description.hiddenSize();
            ByteBuffer zeros = ByteBuffer.allocateDirect(Float.BYTES * hidden).order(ByteOrder.LITTLE_ENDIAN);
            return new Tensor(new TensorInfo(name, TensorType.F32, List.of((long) hidden), 0, zeros.capacity()),
                    zeros.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
        }
        return tensor(name);
    }

    /**
     * The residual matrix of a block, [hidden, in].
     * @throws ModelFileException if the residual is the identity
     */
    public Tensor blockResidual(int head, int layer) {
        return tensor(HeadsNaming.residual(head, layer));
    }

    /**
     * The LM head of one head, [draft vocabulary, hidden].
     * @throws ModelFileException if the heads share one
     */
    public Tensor lmHead(int head) {
        return tensor(lmHeadName(this.tensors.keySet(), this.naming, head));
    }

    /**
     * The LM head that all heads share, [draft vocabulary, hidden]; empty if it is the
     * target's own, or if every head has its own.
     */
    public Optional<Tensor> sharedLmHead() {
        return (!this.description.ownLmHead() && this.tensors.containsKey(SHARED_LM_HEAD))
                ? Optional.of(tensor(SHARED_LM_HEAD)) : Optional.empty();
    }

    /**
     * One factor of the transitions: how each token of the draft vocabulary, and any
     * other one in the last row, is followed; [draft vocabulary + 1, rank].
     * @throws ModelFileException if the heads have no transitions
     */
    public Tensor transitionsFrom() {
        return tensor(TRANSITIONS_FROM);
    }

    /**
     * The other factor: how each token follows; [draft vocabulary, rank].
     * @throws ModelFileException if the heads have no transitions
     */
    public Tensor transitionsTo() {
        return tensor(TRANSITIONS_TO);
    }

    private Tensor tensor(String name) {
        Tensor tensor = this.tensors.get(name);
        if (tensor == null) {
            throw new ModelFileException(this.file, "has no tensor " + name, "use heads of another kind");
        }
        return tensor;
    }

    /**
     * One tensor of the file.
     *
     * @param info type and shape
     * @param data its bytes, a read-only, little-endian view of the mapped file
     */
    public record Tensor(TensorInfo info, ByteBuffer data) {

        /** The values, widened to 32 bits, in row-major order; a fresh array. */
        public float[] floats() {
            float[] values = new float[Math.toIntExact(this.info.elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(i);
            }
            return values;
        }

        /**
         * One value, widened to 32 bits.
         * @param index its place in row-major order
         */
        public float value(int index) {
            return switch (this.info.dtype()) {
                case F32 -> this.data.getFloat(Float.BYTES * index);
                case F16 -> HalfFloats.fromFloat16(this.data.getShort(Short.BYTES * index));
                case BF16 -> HalfFloats.fromBFloat16(this.data.getShort(Short.BYTES * index));
                case F64, I64, I32, I16, I8, U8, BOOL -> throw new IllegalStateException(
                        "heads hold floats, tensor " + this.info.name() + " is " + this.info.dtype());
            };
        }

    }

}
