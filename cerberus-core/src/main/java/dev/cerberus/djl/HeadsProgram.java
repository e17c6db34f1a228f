package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * The one definition of draft heads as TorchScript, for training and for drafting.
 *
 * <p>
 * {@code states(h, e, ws, ms)} maps hidden states h [rows, hidden] and embeddings of the
 * root tokens e [rows, hidden] to the heads' final states [heads, rows, hidden];
 * {@code logits(states, ws, ms)} maps those to [heads, rows, draft vocabulary],
 * {@code logits_of(state, head, ws, ms)} does so for one head. Serial heads have
 * {@code state(inputs, head, ws, ms)} besides, with inputs [rows, width], and their
 * {@code states} takes the true tokens' embeddings, [rows, heads·hidden], as e. Immutable
 * and thread-safe.
 *
 * <p>
 * Weights ({@code ws}), with K heads and hidden size H, in the order of
 * {@link #weightShapes}:
 * <ul>
 * <li>parallel heads, first layer: [K·2H, in] and bias [K·2H]; per head first the
 * residual's H rows, then the gated ones; medusa has [K·H, in], its residual being the
 * identity</li>
 * <li>parallel heads, later layers: [K, in, 2H] and bias [K, 1, 2H]; medusa [K, H, H] and
 * [K, 1, H]</li>
 * <li>hydra: per head and layer [2H, in] and bias [2H]</li>
 * <li>transitions of rank r, for training alone: [vocabulary + 1, r], the last row for a
 * token that is not in the draft vocabulary, and [r, vocabulary]</li>
 * <li>LM head: [vocabulary, H] when shared, else [K, H, vocabulary]</li>
 * </ul>
 * <p>
 * Matrices ({@code ms}) are the same list, except with a kernel that boxes them: then the
 * matrices of the parallel heads' first layer, of hydra and of the LM head (one per head
 * when not shared) are in {@code ms} alone and all other weights in {@code ws} alone, in
 * the same order.
 */
/*
 * Cerberus states [1]: a residual block takes the concatenation of its own state and the
 * previous head's. The lattice is our reading of it: layer l of every head reads layer
 * l-1 only, so K heads cost L batched products. Conditioning on the root token and the
 * trainable residual are ours.
 *
 * h_i^(l) = W_res z + SiLU(W z + b), z = [h_i^(l-1); h_(i-1)^(l-1); e], h_0^(l) = h
 *
 * [1] Cerberus, https://arxiv.org/abs/2410.13344
 */
public final class HeadsProgram {

    /**
     * A table halves the weights that a draft reads, and is worth the memory where that
     * is little.
     */
    private static final long LARGEST_TABLE_BYTES = 64L << 20;

    /** The int8 kernel takes rows of a multiple of this. */
    private static final int ROUNDED_MULTIPLE = 32;

    private final HeadsDescription heads;

    private final LinearKernel kernel;

    private final boolean tabled;

    private final boolean rounded;

    private HeadsProgram(HeadsDescription heads, LinearKernel kernel, boolean tabled, boolean rounded) {
        this.heads = heads;
        this.kernel = kernel;
        this.tabled = tabled;
        this.rounded = rounded;
    }

    /**
     * Returns the program with general kernels, differentiable, for training.
     * @param heads shape of the heads
     * @return the program
     */
    public static HeadsProgram forTraining(HeadsDescription heads) {
        return new HeadsProgram(heads, LinearKernel.GENERAL, false, false);
    }

    static HeadsProgram forDrafting(HeadsDescription heads, LinearKernel kernel, Precision precision,
            int vocabularySize) {
        boolean tabled = isTabled(heads, vocabularySize);
        return new HeadsProgram(heads.withoutTransitions(), kernel, tabled,
                tabled && isRounded(heads, kernel, precision));
    }

    /**
     * Returns whether drafting with a table rounds the first layer's matrix to int8,
     * which halves the bytes that it reads: {@code ws[0]} is then int8 and {@code ws[2]}
     * has a scale for each of its rows.
     */
    static boolean isRounded(HeadsDescription heads, LinearKernel kernel, Precision precision) {
        return kernel == LinearKernel.PACKED && precision == Precision.BF16
                && heads.hiddenSize() % ROUNDED_MULTIPLE == 0;
    }

    /**
     * Returns whether drafting looks up what the root token adds to the first layer,
     * instead of multiplying: in place of the first layer's bias there is then a table
     * [target vocabulary, K·2H], bias included, the layer's matrix is only the part for
     * the hidden state, both with the residual's rows of all heads before the gated ones,
     * and {@code states} takes one hidden state as h and a row of the table as e.
     */
    static boolean isTabled(HeadsDescription heads, int vocabularySize) {
        long bytes = 2L * Float.BYTES * heads.heads() * heads.hiddenSize() * vocabularySize;
        return heads.kind() == HeadsKind.CERBERUS && heads.rootConditioned() && heads.layers() == 1
                && bytes <= LARGEST_TABLE_BYTES;
    }

    /**
     * Returns how many weights a draft reads, but for single rows of tables.
     */
    static long weightsRead(HeadsDescription heads, int vocabularySize) {
        long[][] shapes = forTraining(heads.withoutTransitions()).weightShapes();
        if (isTabled(heads, vocabularySize)) {
            shapes[0][1] /= 2;
        }
        return Arrays.stream(shapes).mapToLong((shape) -> Arrays.stream(shape).reduce(1, Math::multiplyExact)).sum();
    }

    /**
     * Returns the shapes of the weights, in the program's order.
     * @return one shape per weight
     */
    public long[][] weightShapes() {
        int count = this.heads.heads();
        int hidden = this.heads.hiddenSize();
        List<long[]> shapes = new ArrayList<>();
        if (this.heads.kind() == HeadsKind.HYDRA) {
            for (int head = 0; head < count; head++) {
                for (int layer = 0; layer < this.heads.layers(); layer++) {
                    shapes.add(new long[] { 2L * hidden, this.heads.blockInput(head, layer) });
                    shapes.add(new long[] { 2L * hidden });
                }
            }
        }
        else {
            long out = (this.heads.kind() == HeadsKind.MEDUSA) ? hidden : 2L * hidden;
            for (int layer = 0; layer < this.heads.layers(); layer++) {
                long in = this.heads.blockInput(0, layer);
                shapes.add((layer == 0) ? new long[] { count * out, in } : new long[] { count, in, out });
                shapes.add((layer == 0) ? new long[] { count * out } : new long[] { count, 1, out });
            }
        }
        long vocabulary = this.heads.draftVocabulary();
        if (this.heads.transitionRank() > 0) {
            shapes.add(new long[] { vocabulary + 1, this.heads.transitionRank() });
            shapes.add(new long[] { this.heads.transitionRank(), vocabulary });
        }
        shapes
            .add(this.heads.ownLmHead() ? new long[] { count, hidden, vocabulary } : new long[] { vocabulary, hidden });
        return shapes.toArray(long[][]::new);
    }

    /**
     * Returns the methods {@code states}, {@code logits} and {@code logits_of},
     * {@code state} for serial heads, and {@code followed(logits, parents, ws)}, which
     * adds the scores for following the parents, [heads - 1, rows], in place where heads
     * have transitions.
     *
     * <p>
     * Constants are among others {@code HEADS}, {@code HIDDEN}, {@code LAYERS} and
     * {@code LM_HEAD}, the LM head's place among the weights.
     * @return the source, to which further constants and methods may be added
     */
    public ProgramSource source() {
        ProgramSource source = heads();
        if (this.heads.transitionRank() > 0) {
            int last = weightShapes().length - 1;
            return source.constant("FROM", last - 2).constant("TO", last - 1).files("heads_transitions.py");
        }
        return source.files("heads_independent.py");
    }

    /**
     * Returns the method {@code draft} and those that it calls.
     * @param basis the file that defines how hidden states of the model come into its own
     * basis
     * @param balance what embeddings are multiplied by, see {@link InputBalance}
     */
    ProgramSource draftSource(String basis, double balance) {
        ProgramSource source = heads().constant("BALANCE", balance).files(basis, "draft_ranked.py");
        if (this.heads.kind() == HeadsKind.HYDRA) {
            return source.files("draft_serial.py");
        }
        return source.files(this.tabled ? "draft_root_tabled.py" : "draft_root.py", "draft_parallel.py");
    }

    /** Returns the methods that training and drafting have in common. */
    private ProgramSource heads() {
        boolean apart = this.kernel.boxes();
        ProgramSource source = new ProgramSource().constant("HEADS", this.heads.heads())
            .constant("HIDDEN", this.heads.hiddenSize())
            .constant("LAYERS", this.heads.layers())
            .constant("FIRST", 0)
            .constant("BIASES", apart ? 0 : 1)
            .constant("LM_HEAD", lmHead());
        switch (this.heads.kind()) {
            case CERBERUS -> {
                if (this.tabled) {
                    source.constant("ROUNDED", this.rounded)
                        .constant("SCALES", 2)
                        .constant("TABLE", apart ? 0 : 1)
                        .files("heads_tabled.py");
                }
                else {
                    source.constant("ROOTED", this.heads.rootConditioned())
                        .constant("LINKED", this.heads.linked())
                        .files("heads_cerberus.py");
                }
            }
            case MEDUSA -> source.files("heads_medusa.py");
            case HYDRA -> source.constant("STRIDE", apart ? 1 : 2).files("heads_hydra.py");
        }
        String each = this.kernel.exact() ? "heads_rowwise.py" : "heads_batched.py";
        return source.headsProducts(this.kernel).files(each, scores());
    }

    private String scores() {
        if (!this.heads.ownLmHead()) {
            return "scores_shared.py";
        }
        return this.kernel.boxes() ? "scores_own_packed.py" : "scores_own.py";
    }

    private int lmHead() {
        if (this.kernel.boxes()) {
            return (this.heads.kind() == HeadsKind.HYDRA) ? this.heads.heads() * this.heads.layers() : 1;
        }
        return weightShapes().length - (this.rounded ? 0 : 1);
    }

}
