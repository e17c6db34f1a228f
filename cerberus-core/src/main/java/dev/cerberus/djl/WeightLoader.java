package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.WeightNames;

/**
 * Turns the tensors of a Hugging Face checkpoint into the weights of a
 * {@link LlamaProgram}: fused, permuted for interleaved rotary embedding, rotated if they
 * are to be rounded to integers, converted and packed, all on the device.
 */
/*
 * A rotated model: with R the rotation of the residual stream, x' = x·R. What writes to
 * the stream is multiplied by it from behind (embedding, output, down and output bias),
 * what reads from it by its inverse (query-key-value, gate-up and LM head; in rows: W·R).
 * The norms before those are weightless then, their weights being part of the matrices,
 * since a rotation leaves the length of a row as it is. Inside a head values are rotated
 * as well, undone by the columns of the output matrix, and the input of down is rotated
 * in blocks at run time, undone by its columns.
 */
final class WeightLoader implements AutoCloseable {

    private final Checkpoint checkpoint;

    private final TensorWorkbench bench;

    private final boolean rotated;

    private final NDManager rotations;

    WeightLoader(Checkpoint checkpoint, Precision precision, LinearKernel kernel, NDManager owner) {
        this.checkpoint = checkpoint;
        this.bench = new TensorWorkbench(precision, kernel, owner, "loading.py");
        this.rotated = kernel.quantized();
        this.rotations = owner.newSubManager();
    }

    /**
     * Returns the weights as the program's arguments; the caller closes them.
     */
    ProgramWeights load(ModelConfig config) {
        double eps = config.rmsNormEps();
        Turn stream = new Turn(Rotation.of(config.hiddenSize()));
        Turn head = new Turn(Rotation.of(config.headDim()));
        Turn block = new Turn(Rotation.of(LlamaProgram.block(config)));
        List<NDArray> vectors = new ArrayList<>();
        PackedMatrices matrices = new PackedMatrices(this.bench);
        try (matrices) {
            for (int layer = 0; layer < config.layers(); layer++) {
                String prefix = "model.layers." + layer + ".";
                NDArray before = tensor(prefix + "input_layernorm.weight");
                NDArray between = tensor(prefix + "post_attention_layernorm.weight");
                vectors.add(keep(this.rotated ? floor(before, eps) : before));
                vectors.add(keep(this.rotated ? floor(between, eps) : between));
                matrices.add(stream.rows(afterNorm(qkv(prefix + "self_attn.", "weight", config, head), before)));
                matrices.add(stream.columns(
                        ordered("group_major_columns", head.rows(tensor(prefix + "self_attn.o_proj.weight")), config)));
                matrices.add(stream.rows(afterNorm(
                        joined(tensor(prefix + "mlp.gate_proj.weight"), tensor(prefix + "mlp.up_proj.weight")),
                        between)));
                matrices.add(stream.columns(block.rows(tensor(prefix + "mlp.down_proj.weight"))));
                if (config.attentionBias()) {
                    vectors.add(keep(qkv(prefix + "self_attn.", "bias", config, head)));
                }
                if (config.attentionOutputBias()) {
                    vectors.add(keep(stream.rows(tensor(prefix + "self_attn.o_proj.bias"))));
                }
                if (config.qkNorm()) {
                    vectors.add(keep(interleaved(tensor(prefix + "self_attn.q_norm.weight"), 1)));
                    vectors.add(keep(interleaved(tensor(prefix + "self_attn.k_norm.weight"), 1)));
                }
                this.bench.clear();
            }
            NDArray last = tensor("model.norm.weight");
            vectors.add(keep(this.rotated ? floor(last, eps) : last));
            NDArray embedding = keep(
                    this.rotated ? halved(stream.rows(tensor(WeightNames.EMBEDDING))) : tensor(WeightNames.EMBEDDING));
            vectors.add(embedding);
            String output = config.tieWordEmbeddings() ? WeightNames.EMBEDDING : WeightNames.OUTPUT;
            boolean shared = config.tieWordEmbeddings() && !this.rotated;
            matrices.add(shared ? embedding : stream.rows(afterNorm(tensor(output), last)));
            List<NDArray> rotation = new ArrayList<>(List.of(embedding));
            if (this.rotated) {
                vectors.add(block.right);
                rotation = List.of(vectors.get(vectors.size() - 3), stream.left, keep(transposed(stream.right)),
                        keep(lengthened(last)));
            }
            return new ProgramWeights(ScriptModule.listArgument(vectors), matrices.argument(), embedding,
                    ScriptModule.listArgument(rotation));
        }
    }

    /** A rotation on the device, the identity for a model that is not rotated. */
    private final class Turn {

        private final NDArray left;

        private final NDArray right;

        Turn(Rotation rotation) {
            this.left = array(rotation.left());
            this.right = array(rotation.right());
        }

        private NDArray array(double[][] matrix) {
            float[] values = new float[matrix.length * matrix.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) matrix[i / matrix.length][i % matrix.length];
            }
            return WeightLoader.this.rotations.create(values, new Shape(matrix.length, matrix.length));
        }

        NDArray rows(NDArray weight) {
            return turned("turned", weight);
        }

        NDArray columns(NDArray weight) {
            return turned("turned_columns", weight);
        }

        private NDArray turned(String method, NDArray weight) {
            if (!WeightLoader.this.rotated) {
                return weight;
            }
            try (IValue input = ScriptModule.argument(weight);
                    IValue outer = ScriptModule.argument(this.left);
                    IValue inner = ScriptModule.argument(this.right)) {
                return WeightLoader.this.bench.call(method, input, outer, inner);
            }
        }

    }

    /** Returns a matrix that is to multiply what a norm yields. */
    private NDArray afterNorm(NDArray matrix, NDArray norm) {
        if (!this.rotated) {
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
        return call("lengthened", norm);
    }

    private NDArray halved(NDArray weight) {
        return call("halved", weight);
    }

    private NDArray transposed(NDArray weight) {
        return call("transposed", weight);
    }

    private NDArray call(String method, NDArray array) {
        try (IValue input = ScriptModule.argument(array)) {
            return this.bench.call(method, input);
        }
    }

    private NDArray qkv(String prefix, String kind, ModelConfig config, Turn head) {
        NDArray values = tensor(prefix + "v_proj." + kind);
        return joined(ordered("group_major", interleaved(tensor(prefix + "q_proj." + kind), config.heads()), config),
                interleaved(tensor(prefix + "k_proj." + kind), config.keyValueHeads()),
                kind.equals("bias") ? head.rows(values) : head.columns(values));
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
