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
 * head. A layer's cache is [capacity, 2·kv, dim], keys first. Weights come as one list,
 * {@link #weightsPerLayer()} per layer, then the final norm, the LM head and the
 * embedding.
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

    private final ModelConfig config;

    private final Precision precision;

    private final LinearKernel kernel;

    LlamaProgram(ModelConfig config, Precision precision, LinearKernel kernel) {
        this.config = config;
        this.precision = precision;
        this.kernel = kernel;
    }

    /**
     * Returns 6: two norms, qkv, output, gate-up, down; plus a bias, plus two head norms.
     */
    int weightsPerLayer() {
        return 6 + (hasBias() ? 1 : 0) + (this.config.attentionOutputBias() ? 1 : 0) + (this.config.qkNorm() ? 2 : 0);
    }

    private boolean hasBias() {
        return this.config.attentionBias();
    }

    String source() {
        int heads = this.config.heads();
        int kv = this.config.keyValueHeads();
        int dim = this.config.headDim();
        int index = 6;
        String qkvBias = "None";
        if (hasBias()) {
            qkvBias = "ws[at + " + index++ + "]";
        }
        String outputBias = "None";
        if (this.config.attentionOutputBias()) {
            outputBias = "ws[at + " + index++ + "]";
        }
        StringBuilder layer = new StringBuilder();
        line(layer, "a = torch.rms_norm(x, [%d], ws[at], %s)", this.config.hiddenSize(), eps());
        line(layer, "qkv = torch.reshape(%s, [n, %d, %d])", this.kernel.linear("a", "ws[at + 2]", qkvBias),
                heads + 2 * kv, dim);
        if (this.config.qkNorm()) {
            line(layer, "qn = torch.rms_norm(torch.slice(qkv, 1, 0, %d), [%d], ws[at + %d], %s)", heads, dim, index,
                    eps());
            line(layer, "kn = torch.rms_norm(torch.slice(qkv, 1, %d, %d), [%d], ws[at + %d], %s)", heads, heads + kv,
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
                fromFloat("torch.slice(r, 1, 0, " + heads + ")"), heads / kv, kv, dim);
        line(layer, "q = torch.transpose(q, 1, 2)");
        line(layer, "seen = torch.unsqueeze(torch.transpose(torch.slice(cache, 0, 0, end), 0, 1), 0)");
        line(layer, "o = torch.scaled_dot_product_attention(q, torch.slice(seen, 1, 0, %d), "
                + "torch.slice(seen, 1, %d, %d), bias)", kv, kv, 2 * kv);
        line(layer, "o = torch.reshape(torch.transpose(o, 1, 2), [n, %d])", heads * dim);
        line(layer, "x = %s", this.kernel.linearPlus("o", "ws[at + 3]", outputBias, "x"));
        line(layer, "a = torch.rms_norm(x, [%d], ws[at + 1], %s)", this.config.hiddenSize(), eps());
        line(layer, "g, u, = torch.chunk(%s, 2, 1)", this.kernel.linear("a", "ws[at + 4]", "None"));
        line(layer, "x = %s", this.kernel.linearPlus("torch.mul(torch.silu(g), u)", "ws[at + 5]", "None", "x"));
        return """
                  def layers(self: __torch__.M, ids: Tensor, positions: Tensor, start: int, bias: Optional[Tensor],
                             ws: List[Tensor], frequencies: Tensor, kv: List[Tensor]) -> Tensor:
                    n = torch.size(ids, 0)
                    end = torch.add(start, n)
                    x = torch.embedding(ws[%4$d], ids)
                    f = torch.index_select(frequencies, 0, positions)
                    f = torch.unsqueeze(f, 1)
                    f = torch.cat([torch.expand(f, [n, %1$d, %2$d]),
                                   torch.ones_like(torch.expand(f, [n, %3$d, %2$d]))], 1)
                    for i in range(%5$d):
                      at = torch.mul(i, %6$d)
                %7$s    return torch.rms_norm(x, [%8$d], ws[%9$d], %10$s)
                  def prefill(self: __torch__.M, ids: List[int], start: int, ws: List[Tensor], frequencies: Tensor,
                              kv: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
                    tokens = torch.tensor(ids, dtype=4, device=ops.prim.device(frequencies))
                    n = torch.size(tokens, 0)
                    end = torch.add(start, n)
                    positions = torch.arange(start, end, dtype=4, device=ops.prim.device(frequencies))
                    full = torch.full([n, end], -inf, dtype=6, device=ops.prim.device(frequencies))
                    bias = (self).grouped(torch.triu(full, torch.add(start, 1)))
                    h = (self).layers(tokens, positions, start, bias, ws, frequencies, kv)
                    last = torch.slice(h, 0, torch.sub(n, 1), n)
                    return (self).scores(last, ws)
                  def step(self: __torch__.M, ids: List[int], positions: List[int], start: int, mask: List[float],
                           ws: List[Tensor], frequencies: Tensor, kv: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
                    tokens = torch.tensor(ids, dtype=4, device=ops.prim.device(frequencies))
                    at = torch.tensor(positions, dtype=4, device=ops.prim.device(frequencies))
                    n = torch.len(ids)
                    if torch.eq(n, 1):
                      h = (self).layers(tokens, at, start, None, ws, frequencies, kv)
                    else:
                      rows = torch.mul(n, %13$d)
                      tree = torch.tensor(mask, dtype=%14$d, device=ops.prim.device(frequencies))
                      free = torch.zeros([1, 1, rows, start], dtype=%14$d, device=ops.prim.device(frequencies))
                      bias = torch.cat([free, torch.reshape(tree, [1, 1, rows, n])], 3)
                      h = (self).layers(tokens, at, start, bias, ws, frequencies, kv)
                    return (self).scores(h, ws)
                  def scores(self: __torch__.M, h: Tensor, ws: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
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
                """.formatted(heads + kv, dim / 2, kv, embeddingIndex(), this.config.layers(), weightsPerLayer(), layer,
                this.config.hiddenSize(), finalNormIndex(), eps(), lmHead(), fromFloat("bias"), heads / kv,
                this.precision.scalarType());
    }

    int finalNormIndex() {
        return this.config.layers() * weightsPerLayer();
    }

    int lmHeadIndex() {
        return finalNormIndex() + 1;
    }

    int embeddingIndex() {
        return finalNormIndex() + 2;
    }

    private String lmHead() {
        return this.kernel.linear("h", "ws[" + lmHeadIndex() + "]", "None");
    }

    private String toFloat(String tensor) {
        return (this.precision == Precision.FP32) ? tensor : "torch.to(" + tensor + ", 6)";
    }

    private String fromFloat(String tensor) {
        return (this.precision == Precision.FP32) ? tensor
                : "torch.to(" + tensor + ", " + this.precision.scalarType() + ")";
    }

    private String eps() {
        return Double.toString(this.config.rmsNormEps()).toLowerCase(Locale.ROOT);
    }

    private static void line(StringBuilder code, String format, Object... arguments) {
        code.append("      ").append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

}
