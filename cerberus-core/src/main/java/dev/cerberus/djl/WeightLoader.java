package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;

/**
 * Turns the tensors of a Hugging Face checkpoint into the weight list of a
 * {@link LlamaProgram}: fused, permuted for interleaved rotary embedding, converted and
 * packed, all on the device.
 */
final class WeightLoader implements AutoCloseable {

    private static final String METHODS = """
              def interleaved(self: __torch__.M, w: Tensor, heads: int) -> Tensor:
                rows = torch.size(w, 0)
                half = torch.floordiv(rows, torch.mul(heads, 2))
                split = torch.reshape(w, [heads, 2, half, -1])
                return torch.reshape(torch.transpose(split, 1, 2), torch.size(w))
              def group_major(self: __torch__.M, w: Tensor, groups: int, heads: int) -> Tensor:
                split = torch.reshape(w, [heads, groups, -1])
                return torch.reshape(torch.transpose(split, 0, 1), torch.size(w))
              def group_major_columns(self: __torch__.M, w: Tensor, groups: int, heads: int) -> Tensor:
                split = torch.reshape(w, [torch.size(w, 0), heads, groups, -1])
                return torch.reshape(torch.transpose(split, 1, 2), torch.size(w))
            """;

    private final Checkpoint checkpoint;

    private final TensorWorkbench bench;

    WeightLoader(Checkpoint checkpoint, Precision precision, LinearKernel kernel, NDManager owner) {
        this.checkpoint = checkpoint;
        this.bench = new TensorWorkbench(precision, kernel, owner, METHODS);
    }

    /**
     * Returns the weights in the program's order, attached to the owner.
     */
    List<NDArray> load(ModelConfig config) {
        List<NDArray> weights = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            weights.add(keep(tensor(prefix + "input_layernorm.weight")));
            weights.add(keep(tensor(prefix + "post_attention_layernorm.weight")));
            weights.add(pack(qkv(prefix + "self_attn.", "weight", config)));
            weights.add(pack(ordered("group_major_columns", tensor(prefix + "self_attn.o_proj.weight"), config)));
            weights.add(pack(joined(tensor(prefix + "mlp.gate_proj.weight"), tensor(prefix + "mlp.up_proj.weight"))));
            weights.add(pack(tensor(prefix + "mlp.down_proj.weight")));
            if (config.attentionBias()) {
                weights.add(keep(qkv(prefix + "self_attn.", "bias", config)));
            }
            if (config.attentionOutputBias()) {
                weights.add(keep(tensor(prefix + "self_attn.o_proj.bias")));
            }
            if (config.qkNorm()) {
                weights.add(keep(interleaved(tensor(prefix + "self_attn.q_norm.weight"), 1)));
                weights.add(keep(interleaved(tensor(prefix + "self_attn.k_norm.weight"), 1)));
            }
            this.bench.clear();
        }
        NDArray embedding = tensor("model.embed_tokens.weight");
        weights.add(keep(tensor("model.norm.weight")));
        weights.add(pack(config.tieWordEmbeddings() ? embedding : tensor("lm_head.weight")));
        weights.add(keep(embedding));
        return weights;
    }

    private NDArray qkv(String prefix, String kind, ModelConfig config) {
        return joined(ordered("group_major", interleaved(tensor(prefix + "q_proj." + kind), config.heads()), config),
                interleaved(tensor(prefix + "k_proj." + kind), config.keyValueHeads()),
                tensor(prefix + "v_proj." + kind));
    }

    private NDArray tensor(String name) {
        return this.bench.tensor(this.checkpoint.info(name), this.checkpoint.data(name));
    }

    private NDArray interleaved(NDArray rows, int heads) {
        try (IValue input = ScriptModule.argument(rows); IValue count = IValue.from((long) heads)) {
            return this.bench.call("interleaved", input, count);
        }
    }

    /**
     * Puts query heads into the order of their place within the group that shares a key
     * head, then of the key head, instead of the other way round.
     */
    private NDArray ordered(String method, NDArray weight, ModelConfig config) {
        int heads = config.keyValueHeads();
        if (heads == config.heads() || heads == 1) {
            return weight;
        }
        try (IValue input = ScriptModule.argument(weight);
                IValue groups = IValue.from((long) config.heads() / heads);
                IValue count = IValue.from((long) heads)) {
            return this.bench.call(method, input, groups, count);
        }
    }

    private NDArray joined(NDArray... parts) {
        return this.bench.joined(List.of(parts));
    }

    private NDArray pack(NDArray matrix) {
        return this.bench.pack(matrix);
    }

    private NDArray keep(NDArray array) {
        return this.bench.keep(array);
    }

    @Override
    public void close() {
        this.bench.close();
    }

}
