package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.WeightNames;

/**
 * Turns the tensors of a Hugging Face checkpoint into the weights of a
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
              def floor(self: __torch__.M, norm: Tensor, eps: float) -> Tensor:
                return torch.full([1], torch.sqrt(torch.mul(torch.size(norm, 0), eps)), dtype=6)
              def lengthened(self: __torch__.M, norm: Tensor) -> Tensor:
                return torch.mul(norm, torch.sqrt(torch.size(norm, 0)))
              def columns(self: __torch__.M, w: Tensor, factors: Tensor) -> Tensor:
                return torch.mul(w, factors)
            """;

    private final Checkpoint checkpoint;

    private final TensorWorkbench bench;

    private final boolean quantized;

    WeightLoader(Checkpoint checkpoint, Precision precision, LinearKernel kernel, NDManager owner) {
        this.checkpoint = checkpoint;
        this.bench = new TensorWorkbench(precision, kernel, owner, METHODS);
        this.quantized = kernel == LinearKernel.QUANTIZED;
    }

    /**
     * Returns the weights as the program's arguments; the caller closes them.
     */
    ProgramWeights load(ModelConfig config) {
        double eps = config.rmsNormEps();
        List<NDArray> vectors = new ArrayList<>();
        PackedMatrices matrices = new PackedMatrices(this.bench);
        try (matrices) {
            for (int layer = 0; layer < config.layers(); layer++) {
                String prefix = "model.layers." + layer + ".";
                NDArray before = tensor(prefix + "input_layernorm.weight");
                NDArray between = tensor(prefix + "post_attention_layernorm.weight");
                vectors.add(keep(this.quantized ? floor(before, eps) : before));
                vectors.add(keep(this.quantized ? floor(between, eps) : between));
                matrices.add(afterNorm(qkv(prefix + "self_attn.", "weight", config), before));
                matrices.add(ordered("group_major_columns", tensor(prefix + "self_attn.o_proj.weight"), config));
                matrices.add(afterNorm(
                        joined(tensor(prefix + "mlp.gate_proj.weight"), tensor(prefix + "mlp.up_proj.weight")),
                        between));
                matrices.add(tensor(prefix + "mlp.down_proj.weight"));
                if (config.attentionBias()) {
                    vectors.add(keep(qkv(prefix + "self_attn.", "bias", config)));
                }
                if (config.attentionOutputBias()) {
                    vectors.add(keep(tensor(prefix + "self_attn.o_proj.bias")));
                }
                if (config.qkNorm()) {
                    vectors.add(keep(interleaved(tensor(prefix + "self_attn.q_norm.weight"), 1)));
                    vectors.add(keep(interleaved(tensor(prefix + "self_attn.k_norm.weight"), 1)));
                }
                this.bench.clear();
            }
            NDArray last = tensor("model.norm.weight");
            vectors.add(keep(this.quantized ? joined(floor(last, eps), lengthened(last)) : last));
            NDArray embedding = keep(this.bench.stored(this.checkpoint.info(WeightNames.EMBEDDING),
                    this.checkpoint.data(WeightNames.EMBEDDING)));
            String output = config.tieWordEmbeddings() ? WeightNames.EMBEDDING : WeightNames.OUTPUT;
            boolean shared = config.tieWordEmbeddings() && !this.quantized;
            matrices.add(shared ? embedding : tensor(output));
            vectors.add(embedding);
            return new ProgramWeights(ScriptModule.listArgument(vectors), matrices.argument(), embedding);
        }
    }

    /** Returns a matrix that is to multiply what a norm yields. */
    private NDArray afterNorm(NDArray matrix, NDArray norm) {
        if (!this.quantized) {
            return matrix;
        }
        try (IValue input = ScriptModule.argument(matrix); IValue factors = ScriptModule.argument(lengthened(norm))) {
            return this.bench.call("columns", input, factors);
        }
    }

    private NDArray floor(NDArray norm, double eps) {
        try (IValue input = ScriptModule.argument(norm); IValue value = IValue.from(eps)) {
            return this.bench.call("floor", input, value);
        }
    }

    private NDArray lengthened(NDArray norm) {
        try (IValue input = ScriptModule.argument(norm)) {
            return this.bench.call("lengthened", input);
        }
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

    private NDArray keep(NDArray array) {
        return this.bench.keep(array);
    }

    @Override
    public void close() {
        this.bench.close();
    }

}
