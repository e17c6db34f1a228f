package dev.cerberus.djl;

import java.util.Locale;

import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * The one definition of draft heads as TorchScript, for training and for drafting.
 *
 * <p>
 * {@code states(h, e, ws)} maps hidden states h [rows, hidden] and embeddings of the root
 * tokens e [rows, hidden] to the heads' final states [heads, rows, hidden];
 * {@code logits(states, ws)} maps those to [heads, rows, draft vocabulary]. Serial heads
 * have {@code state(inputs, head, ws)} instead, with inputs [rows, width], and their
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
 * Drafting with the quantized kernel has the matrices of the parallel heads' first layer,
 * of hydra and of the LM head in a second list, {@code qs}, in the same order.
 */
/*
 * Cerberus states [1]: a residual block takes the concatenation of its own state and the
 * previous head's. The lattice below is our reading of it: layer l of every head reads
 * layer l-1 only, so K heads cost L batched products. Conditioning on the root token and
 * the trainable residual are ours.
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

    /** Returns the parameters that hold the weights. */
    String parameters() {
        return quantized() ? "ws: List[Tensor], qs: List[" + this.kernel.matrixType() + "]" : "ws: List[Tensor]";
    }

    /** Returns the weights as arguments to the program's methods. */
    String arguments() {
        return quantized() ? "ws, qs" : "ws";
    }

    private boolean quantized() {
        return this.kernel.quantized();
    }

    private static String linear(String input, String matrix, String bias) {
        return "self.linear(" + input + ", " + matrix + ", " + bias + ")";
    }

    private String firstMatrix() {
        return quantized() ? "qs[0]" : "ws[0]";
    }

    /** Returns the tensor of parallel heads that is behind a number of matrices. */
    private String tensor(int index) {
        return "ws[" + (quantized() ? index - 1 : index) + "]";
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
     * instead of multiplying: {@code ws[1]} is then a table [target vocabulary, K·2H],
     * bias included, {@code ws[0]} only the part for the hidden state, both with the
     * residual's rows of all heads before the gated ones, and {@code states} takes one
     * hidden state as h and a row of the table as e.
     */
    static boolean isTabled(HeadsDescription heads, int vocabularySize) {
        long bytes = 2L * Float.BYTES * heads.heads() * heads.hiddenSize() * vocabularySize;
        return heads.kind() == HeadsKind.CERBERUS && heads.rootConditioned() && heads.layers() == 1
                && bytes <= LARGEST_TABLE_BYTES;
    }

    boolean tabled() {
        return this.tabled;
    }

    /** Returns the table that {@link #tabled} heads look the root token up in. */
    String table() {
        return tensor(1);
    }

    /**
     * Returns the shapes of the weights, in the program's order.
     * @return one shape per weight
     */
    public long[][] weightShapes() {
        int count = this.heads.heads();
        int hidden = this.heads.hiddenSize();
        java.util.List<long[]> shapes = new java.util.ArrayList<>();
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
     * Returns the methods {@code states} and {@code logits}, {@code state} for serial
     * heads, and {@code followed(logits, parents, ws)} for heads with transitions, which
     * adds the scores for following the parents, [heads - 1, rows], in place.
     * @return TorchScript source, indented as {@link ScriptModule} expects
     */
    public String source() {
        String source = switch (this.heads.kind()) {
            case CERBERUS -> lattice() + logits() + transitions();
            case MEDUSA -> medusa() + logits() + transitions();
            case HYDRA -> hydra() + logits();
        };
        return products() + source.replace("$PARAMETERS", parameters()).replace("$ARGUMENTS", arguments());
    }

    private String products() {
        return new ProgramSource().headsProducts(this.kernel).toString().indent(2);
    }

    private String lattice() {
        int count = this.heads.heads();
        int hidden = this.heads.hiddenSize();
        boolean root = this.heads.rootConditioned();
        if (this.tabled) {
            String product = this.rounded ? "torch.add(torch._weight_int8pack_mm(h, ws[0], ws[2]), e)"
                    : linear("h", firstMatrix(), quantized() ? "e" : "torch.select(e, 0, 0)");
            return String.format(Locale.ROOT, """
                      def states(self: __torch__.M, h: Tensor, e: Tensor, $PARAMETERS) -> Tensor:
                        y = torch.reshape(%s, [2, %d, 1, %d])
                        return torch.add(torch.select(y, 0, 0), torch.silu(torch.select(y, 0, 1)))
                    """, product, count, hidden);
        }
        String neighbour = this.heads.linked()
                ? String.format(Locale.ROOT, "torch.cat([first, torch.slice(s, 0, 0, %d)], 0)", count - 1) : "s";
        StringBuilder later = new StringBuilder();
        for (int layer = 1; layer < this.heads.layers(); layer++) {
            later.append(
                    String.format(Locale.ROOT, "    z = torch.cat([s, %s%s], 2)\n", neighbour, root ? ", roots" : ""));
            later.append(String.format(Locale.ROOT, "    r, g, = torch.chunk(torch.baddbmm(%s, z, %s), 2, 2)\n",
                    tensor(2 * layer + 1), tensor(2 * layer)));
            later.append("    s = torch.add(r, torch.silu(g))\n");
        }
        return String.format(Locale.ROOT, """
                  def states(self: __torch__.M, h: Tensor, e: Tensor, $PARAMETERS) -> Tensor:
                    rows = torch.size(h, 0)
                    first = torch.unsqueeze(h, 0)
                %7$s    z = %3$s
                    y = torch.transpose(torch.reshape(%4$s, [rows, %1$d, %5$d]), 0, 1)
                    r, g, = torch.chunk(y, 2, 2)
                    s = torch.add(r, torch.silu(g))
                %6$s    return s
                """, count, hidden, root ? "torch.cat([h, e], 1)" : "h", linear("z", firstMatrix(), tensor(1)),
                2 * hidden, later,
                (root && this.heads.layers() > 1)
                        ? String.format(Locale.ROOT,
                                "    roots = torch.expand(torch.unsqueeze(e, 0), [%d, rows, %d])\n", count, hidden)
                        : "");
    }

    private String medusa() {
        StringBuilder later = new StringBuilder();
        for (int layer = 1; layer < this.heads.layers(); layer++) {
            later.append(String.format(Locale.ROOT, "    s = torch.add(s, torch.silu(torch.baddbmm(%s, s, %s)))\n",
                    tensor(2 * layer + 1), tensor(2 * layer)));
        }
        return String.format(Locale.ROOT, """
                  def states(self: __torch__.M, h: Tensor, e: Tensor, $PARAMETERS) -> Tensor:
                    rows = torch.size(h, 0)
                    y = torch.transpose(torch.reshape(%s, [rows, %d, %d]), 0, 1)
                    s = torch.add(torch.unsqueeze(h, 0), torch.silu(y))
                %s    return s
                """, linear("h", firstMatrix(), tensor(1)), this.heads.heads(), this.heads.hiddenSize(), later);
    }

    private String hydra() {
        StringBuilder blocks = new StringBuilder();
        for (int layer = 1; layer < this.heads.layers(); layer++) {
            blocks.append(String.format(Locale.ROOT, "    r, g, = torch.chunk(%s, 2, 1)\n", hydraLinear("s", layer)));
            blocks.append("    s = torch.add(r, torch.silu(g))\n");
        }
        return String.format(Locale.ROOT, """
                  def state(self: __torch__.M, z: Tensor, head: int, $PARAMETERS) -> Tensor:
                    at = torch.mul(head, %1$d)
                    r, g, = torch.chunk(%2$s, 2, 1)
                    s = torch.add(r, torch.silu(g))
                %3$s    return s
                  def states(self: __torch__.M, h: Tensor, e: Tensor, $PARAMETERS) -> Tensor:
                    all = annotate(List[Tensor], [])
                    for head in range(%4$d):
                      seen = torch.slice(e, 1, 0, torch.mul(torch.add(head, 1), %5$d))
                      z = torch.cat([h, seen], 1)
                      _0 = torch.append(all, (self).state(z, head, $ARGUMENTS))
                    return torch.stack(all, 0)
                """, quantized() ? this.heads.layers() : 2 * this.heads.layers(), hydraLinear("z", 0), blocks,
                this.heads.heads(), this.heads.hiddenSize());
    }

    private String hydraLinear(String input, int layer) {
        return quantized() ? linear(input, "qs[at + " + layer + "]", "ws[at + " + layer + "]")
                : linear(input, "ws[at + " + 2 * layer + "]", "ws[at + " + (2 * layer + 1) + "]");
    }

    private String transitions() {
        if (this.heads.transitionRank() == 0) {
            return "";
        }
        int last = weightShapes().length - 1;
        return String.format(Locale.ROOT, """
                  def followed(self: __torch__.M, y: Tensor, parents: Tensor, ws: List[Tensor]) -> Tensor:
                    scores = torch.matmul(torch.embedding(ws[%d], parents), ws[%d])
                    _0 = torch.add_(torch.slice(y, 0, 1), scores)
                    return y
                """, last - 2, last - 1);
    }

    private String logits() {
        if (quantized() && this.heads.ownLmHead()) {
            return String.format(Locale.ROOT, """
                      def logits(self: __torch__.M, s: Tensor, $PARAMETERS) -> Tensor:
                        all = annotate(List[Tensor], [])
                        for head in range(%d):
                          _0 = torch.append(all, %s)
                        return torch.stack(all, 0)
                    """, this.heads.heads(), ownLogits("torch.select(s, 0, head)"));
        }
        return String.format(Locale.ROOT, """
                  def logits(self: __torch__.M, s: Tensor, $PARAMETERS) -> Tensor:
                    return %s
                """, this.heads.ownLmHead() ? "torch.matmul(s, " + lmHead() + ")" : linear("s", lmHead(), "None"));
    }

    /** Returns the scores of the LM head of head {@code head}. */
    String ownLogits(String state) {
        return quantized() ? linear(state, "qs[torch.add(head, " + blockMatrices() + ")]", "None")
                : "torch.matmul(" + state + ", torch.select(" + lmHead() + ", 0, head))";
    }

    private String lmHead() {
        return quantized() ? "qs[" + blockMatrices() + "]"
                : "ws[" + (weightShapes().length - (this.rounded ? 0 : 1)) + "]";
    }

    /** Returns how many matrices come before the LM head among those that are packed. */
    private int blockMatrices() {
        return (this.heads.kind() == HeadsKind.HYDRA) ? this.heads.heads() * this.heads.layers() : 1;
    }

}
