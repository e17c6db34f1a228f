package dev.cerberus.djl;

import java.util.Locale;

import dev.cerberus.hf.ModelConfig;

/**
 * The source text of the target model as a TorchScript program, for one model
 * configuration and one way of multiplying.
 *
 * <p>
 * Shapes: {@code rows} = nodes or prompt tokens of one call, {@code heads} = query heads,
 * {@code kv} = key-value heads, {@code group} = heads / kv, {@code dim} = width of a
 * head. A layer's cache is [capacity, 2·kv, dim], keys first. Weights come as two lists:
 * vectors {@code vs}, {@link #vectorsPerLayer()} per layer (two norms, biases, head
 * norms), then the final norm and the embedding; and matrices {@code ms}, four per layer
 * (qkv, output, gate-up, down), then the LM head.
 */
/*
 * What keeps the number of operators low, which is what a step of a small model costs: -
 * query, key and value are one product, gate and up another; the residual is added inside
 * the product where the kernel can. - Rotary position embedding is one complex product
 * over query, key and value together, the value heads being multiplied by one. It needs
 * the two halves of a head interleaved; the rows of the query and key weights are
 * permuted once at loading, which leaves every score as it was. - Keys and values are
 * written to the cache by one copy, which converts them. - Grouped queries are rows of
 * the same attention call, [kv, rows·group, dim]. Query heads come in the order [group,
 * kv], to which the query and output weights are permuted at loading: then neither the
 * queries nor the result have to be moved for it. - The best token comes from max, whose
 * kernel is several times faster than argmax's.
 */
final class LlamaProgram {

    /** Matrices of a layer: qkv, output, gate-up, down. */
    static final int MATRICES_PER_LAYER = 4;

    private final ModelConfig config;

    private final Precision precision;

    private final LinearKernel kernel;

    LlamaProgram(ModelConfig config, Precision precision, LinearKernel kernel) {
        this.config = config;
        this.precision = precision;
        this.kernel = kernel;
    }

    int vectorsPerLayer() {
        return 2 + (hasBias() ? 1 : 0) + (this.config.attentionOutputBias() ? 1 : 0) + (this.config.qkNorm() ? 2 : 0);
    }

    private boolean hasBias() {
        return this.config.attentionBias();
    }

    String source() {
        int heads = this.config.heads();
        int kv = this.config.keyValueHeads();
        int dim = this.config.headDim();
        int index = 2;
        String qkvBias = "None";
        if (hasBias()) {
            qkvBias = "vs[at + " + index++ + "]";
        }
        String outputBias = "None";
        if (this.config.attentionOutputBias()) {
            outputBias = "vs[at + " + index++ + "]";
        }
        StringBuilder layer = new StringBuilder();
        line(layer, "qkv = torch.reshape(%s, [n, %d, %d])", normedLinear("vs[at]", "ms[mt]", qkvBias), heads + 2 * kv,
                dim);
        if (this.config.qkNorm()) {
            line(layer, "qn = torch.rms_norm(torch.slice(qkv, 1, 0, %d), [%d], vs[at + %d], %s)", heads, dim, index,
                    eps());
            line(layer, "kn = torch.rms_norm(torch.slice(qkv, 1, %d, %d), [%d], vs[at + %d], %s)", heads, heads + kv,
                    dim, index + 1, eps());
            line(layer, "qkv = torch.cat([qn, kn, torch.slice(qkv, 1, %d, %d)], 1)", heads + kv, heads + 2 * kv);
        }
        line(layer, "c = torch.view_as_complex(torch.reshape(%s, [n, %d, %d, 2]))", toFloat("qkv"), heads + 2 * kv,
                dim / 2);
        line(layer, "r = torch.reshape(torch.view_as_real(torch.mul(c, f)), [n, %d, %d])", heads + 2 * kv, dim);
        line(layer, "cache = kv[i]");
        line(layer, "_0 = torch.copy_(torch.slice(cache, 0, start, end), torch.slice(r, 1, %d, %d))", heads,
                heads + 2 * kv);
        line(layer, "q = torch.reshape(%s, [1, torch.mul(n, %d), %d, %d])",
                forAttention("torch.slice(r, 1, 0, " + heads + ")"), heads / kv, kv, dim);
        line(layer, "q = torch.transpose(q, 1, 2)");
        line(layer, "seen = torch.unsqueeze(torch.transpose(torch.slice(cache, 0, 0, end), 0, 1), 0)");
        line(layer, "o = torch.scaled_dot_product_attention(q, torch.slice(seen, 1, 0, %d), "
                + "torch.slice(seen, 1, %d, %d), bias)", kv, kv, 2 * kv);
        line(layer, "o = %s", fromAttention("torch.reshape(torch.transpose(o, 1, 2), [n, " + heads * dim + "])"));
        line(layer, "x = %s", this.kernel.linearPlus("o", "ms[mt + 1]", outputBias, "x"));
        line(layer, "g, u, = torch.chunk(%s, 2, 1)", normedLinear("vs[at + 1]", "ms[mt + 2]", "None"));
        line(layer, "x = %s", this.kernel.linearPlus("torch.mul(torch.silu(g), u)", "ms[mt + 3]", "None", "x"));
        return """
                  def layers(self: __torch__.M, ids: Tensor, positions: Tensor, start: int, bias: Optional[Tensor],
                             vs: List[Tensor], ms: List[%15$s], frequencies: Tensor, kv: List[Tensor]) -> Tensor:
                    n = torch.size(ids, 0)
                    end = torch.add(start, n)
                    x = %4$s
                    f = torch.index_select(frequencies, 0, positions)
                    f = torch.unsqueeze(f, 1)
                    f = torch.cat([torch.expand(f, [n, %1$d, %2$d]),
                                   torch.ones_like(torch.expand(f, [n, %3$d, %2$d]))], 1)
                    for i in range(%5$d):
                      at = torch.mul(i, %6$d)
                      mt = torch.mul(i, %8$d)
                %7$s    return %9$s
                  def prefill(self: __torch__.M, ids: List[int], start: int, vs: List[Tensor], ms: List[%15$s],
                              frequencies: Tensor, kv: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
                    tokens = torch.tensor(ids, dtype=4, device=ops.prim.device(frequencies))
                    n = torch.size(tokens, 0)
                    end = torch.add(start, n)
                    positions = torch.arange(start, end, dtype=4, device=ops.prim.device(frequencies))
                    full = torch.full([n, end], -inf, dtype=6, device=ops.prim.device(frequencies))
                    bias = (self).grouped(torch.triu(full, torch.add(start, 1)))
                    h = (self).layers(tokens, positions, start, bias, vs, ms, frequencies, kv)
                    last = torch.slice(h, 0, torch.sub(n, 1), n)
                    return (self).scores(last, ms)
                  def step(self: __torch__.M, ids: List[int], positions: List[int], start: int, mask: List[float],
                           vs: List[Tensor], ms: List[%15$s], frequencies: Tensor,
                           kv: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
                    tokens = torch.tensor(ids, dtype=4, device=ops.prim.device(frequencies))
                    at = torch.tensor(positions, dtype=4, device=ops.prim.device(frequencies))
                    n = torch.len(ids)
                    if torch.eq(n, 1):
                      h = (self).layers(tokens, at, start, None, vs, ms, frequencies, kv)
                    else:
                      rows = torch.mul(n, %13$d)
                      tree = torch.tensor(mask, dtype=%14$d, device=ops.prim.device(frequencies))
                      free = torch.zeros([1, 1, rows, start], dtype=%14$d, device=ops.prim.device(frequencies))
                      bias = torch.cat([free, torch.reshape(tree, [1, 1, rows, n])], 3)
                      h = (self).layers(tokens, at, start, bias, vs, ms, frequencies, kv)
                    return (self).scores(h, ms)
                  def scores(self: __torch__.M, h: Tensor, ms: List[%15$s]) -> Tuple[Tensor, Tensor, Tensor]:
                    logits = %11$s
                    _1, best, = torch.max(logits, 1)
                    return (h, logits, best)
                  def grouped(self: __torch__.M, bias: Tensor) -> Tensor:
                    n = torch.size(bias, 0)
                    end = torch.size(bias, 1)
                    rows = torch.expand(torch.unsqueeze(%12$s, 1), [n, %13$d, end])
                    return torch.reshape(rows, [1, 1, torch.mul(n, %13$d), end])
                  def commit(self: __torch__.M, all: Tensor, start: int, path: List[int]) -> int:
                    end = torch.add(start, torch.len(path))
                    rows = torch.tensor(path, dtype=4, device=ops.prim.device(all))
                    kept = torch.index_select(torch.slice(all, 1, start), 1, rows)
                    _0 = torch.copy_(torch.slice(all, 1, start, end), kept)
                    return end
                %10$s""".formatted(heads + kv, dim / 2, kv, embedded("ids"), this.config.layers(), vectorsPerLayer(),
                layer, MATRICES_PER_LAYER, finalNorm("x"), this.kernel.methods(), lmHead("h"), forAttention("bias"),
                heads / kv, this.precision.cacheScalarType(), this.kernel.matrixType());
    }

    private String normedLinear(String norm, String matrix, String bias) {
        return this.kernel.normedLinear("x", this.config.hiddenSize(), norm, eps(), matrix, bias);
    }

    /** Returns the rows of the embedding, which may be stored in a shorter format. */
    String embedded(String ids) {
        String rows = "torch.embedding(vs[" + embeddingIndex() + "], " + ids + ")";
        return (this.precision == Precision.INT8) ? "torch.to(" + rows + ", 6)" : rows;
    }

    String finalNorm(String states) {
        return this.kernel.normed(states, this.config.hiddenSize(), "vs[" + finalNormIndex() + "]", eps());
    }

    String lmHead(String states) {
        return this.kernel.linear(states, "ms[" + this.config.layers() * MATRICES_PER_LAYER + "]", "None");
    }

    private int finalNormIndex() {
        return this.config.layers() * vectorsPerLayer();
    }

    private int embeddingIndex() {
        return finalNormIndex() + 1;
    }

    private String toFloat(String tensor) {
        return (this.precision.scalarType() == Precision.FP32.scalarType()) ? tensor : "torch.to(" + tensor + ", 6)";
    }

    /** Returns float32 in the format of attention. */
    private String forAttention(String tensor) {
        int type = this.precision.cacheScalarType();
        return (type == Precision.FP32.scalarType()) ? tensor : "torch.to(" + tensor + ", " + type + ")";
    }

    private String fromAttention(String tensor) {
        int type = this.precision.scalarType();
        return (type == this.precision.cacheScalarType()) ? tensor : "torch.to(" + tensor + ", " + type + ")";
    }

    private String eps() {
        return Double.toString(this.config.rmsNormEps()).toLowerCase(Locale.ROOT);
    }

    private static void line(StringBuilder code, String format, Object... arguments) {
        code.append("      ").append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

}
