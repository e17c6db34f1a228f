package dev.cerberus.djl;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.TensorInfo;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.ModelException;

/**
 * Turns the tensors of a Hugging Face checkpoint into the weight list of a
 * {@link LlamaProgram}: fused, permuted for interleaved rotary embedding, converted and
 * packed, all on the device.
 *
 * <p>
 * DJL knows neither bf16 nor a way to make such an array, so raw bytes enter as UINT8 and
 * get their type inside TorchScript.
 */
final class WeightLoader implements AutoCloseable {

    private static final String SOURCE = """
              def typed(self: __torch__.M, bytes: Tensor, source: int, shape: List[int], target: int) -> Tensor:
                return torch.clone(torch.to(torch.reshape(torch.view_copy(bytes, dtype=source), shape), target))
              def interleaved(self: __torch__.M, w: Tensor, heads: int) -> Tensor:
                rows = torch.size(w, 0)
                half = torch.floordiv(rows, torch.mul(heads, 2))
                split = torch.reshape(w, [heads, 2, half, -1])
                return torch.reshape(torch.transpose(split, 1, 2), torch.size(w))
              def joined(self: __torch__.M, parts: List[Tensor]) -> Tensor:
                return torch.cat(parts, 0)
              def packed(self: __torch__.M, w: Tensor) -> Tensor:
                return %s
            """;

    private final Checkpoint checkpoint;

    private final Precision precision;

    private final LinearKernel kernel;

    private final NDManager owner;

    private final NDManager scratch;

    private final ScriptModule script;

    WeightLoader(Checkpoint checkpoint, Precision precision, LinearKernel kernel, NDManager owner) {
        this.checkpoint = checkpoint;
        this.precision = precision;
        this.kernel = kernel;
        this.owner = owner;
        this.scratch = owner.newSubManager();
        this.script = ScriptModule.load(this.scratch, SOURCE.formatted(kernel.pack("w")));
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
            weights.add(pack(tensor(prefix + "self_attn.o_proj.weight")));
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
            closeScratchArrays();
        }
        NDArray embedding = tensor("model.embed_tokens.weight");
        weights.add(keep(tensor("model.norm.weight")));
        weights.add(pack(config.tieWordEmbeddings() ? embedding : tensor("lm_head.weight")));
        weights.add(keep(embedding));
        return weights;
    }

    private NDArray qkv(String prefix, String kind, ModelConfig config) {
        return joined(interleaved(tensor(prefix + "q_proj." + kind), config.heads()),
                interleaved(tensor(prefix + "k_proj." + kind), config.keyValueHeads()),
                tensor(prefix + "v_proj." + kind));
    }

    private NDArray tensor(String name) {
        TensorInfo info = this.checkpoint.info(name);
        ByteBuffer data = this.checkpoint.data(name);
        try (IValue shape = IValue.listFrom(info.dimensions());
                IValue source = IValue.from((long) scalarType(name, info.dtype()));
                IValue target = IValue.from((long) this.precision.scalarType());
                NDArray bytes = this.scratch.create(data, new Shape(data.remaining()), DataType.UINT8);
                IValue input = ScriptModule.argument(bytes)) {
            return this.script.callForArray("typed", this.scratch, input, source, shape, target);
        }
    }

    private NDArray interleaved(NDArray rows, int heads) {
        try (IValue input = ScriptModule.argument(rows); IValue count = IValue.from((long) heads)) {
            return this.script.callForArray("interleaved", this.scratch, input, count);
        }
    }

    private NDArray joined(NDArray... parts) {
        try (IValue list = ScriptModule.listArgument(List.of(parts))) {
            return this.script.callForArray("joined", this.scratch, list);
        }
    }

    private NDArray pack(NDArray matrix) {
        if (this.kernel == LinearKernel.GENERAL) {
            return keep(matrix);
        }
        try (IValue input = ScriptModule.argument(matrix)) {
            return this.script.callForArray("packed", this.owner, input);
        }
    }

    private NDArray keep(NDArray array) {
        array.attach(this.owner);
        return array;
    }

    private void closeScratchArrays() {
        for (var resource : this.scratch.getManagedArrays()) {
            resource.close();
        }
    }

    static int scalarType(String name, TensorType type) {
        return switch (type) {
            case F32 -> 6;
            case F16 -> 5;
            case BF16 -> 15;
            case F64, I64, I32, I16, I8, U8, BOOL -> throw new ModelException(
                    "tensor " + name + " is of type " + type + "; weights must be F32, F16 or BF16");
        };
    }

    @Override
    public void close() {
        this.script.close();
        this.scratch.close();
    }

}
