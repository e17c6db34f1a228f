package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.WeightNames;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * Turns the tensors of a heads file into the weight list of a {@link HeadsProgram}: fused
 * over the heads, converted and packed, all on the device.
 */
final class HeadsWeights implements AutoCloseable {

    private final HeadsFile file;

    private final HeadsDescription heads;

    private final TensorWorkbench bench;

    private final boolean rounded;

    private final boolean boxed;

    private final double balance;

    private final List<NDArray> weights = new ArrayList<>();

    private final PackedMatrices matrices;

    /**
     * Sets up a loader.
     * @param balance what the weights for embeddings are divided by, see
     * {@link InputBalance}
     */
    HeadsWeights(HeadsFile file, HeadsDescription heads, Precision precision, LinearKernel kernel, double balance,
            NDManager owner) {
        this.file = file;
        this.heads = heads;
        this.balance = balance;
        this.rounded = HeadsProgram.isRounded(heads, kernel, precision);
        this.boxed = kernel.boxes();
        this.bench = new TensorWorkbench(precision, kernel, owner, "loading_heads.py");
        this.matrices = new PackedMatrices(this.bench);
    }

    /**
     * Returns the weights as the program's arguments {@code ws} and {@code ms}; the
     * caller closes them. Tensors behind them belong to the owner.
     */
    IValue[] load(ModelConfig config, Checkpoint checkpoint) {
        if (this.heads.kind() == HeadsKind.HYDRA) {
            for (int head = 0; head < this.heads.heads(); head++) {
                for (int layer = 0; layer < this.heads.layers(); layer++) {
                    addMatrix(matrix(head, layer));
                    this.weights.add(keep(bias(head, layer)));
                }
            }
        }
        else {
            boolean tabled = HeadsProgram.isTabled(this.heads, config.vocabularySize());
            for (int layer = 0; layer < this.heads.layers(); layer++) {
                if (layer == 0 && tabled) {
                    addTabled(checkpoint);
                }
                else {
                    addLayer(layer);
                }
            }
        }
        addLmHead(config, checkpoint);
        return new IValue[] { ScriptModule.listArgument(this.weights),
                this.boxed ? this.matrices.argument() : ScriptModule.listArgument(this.weights) };
    }

    private void addLayer(int layer) {
        List<NDArray> parts = new ArrayList<>();
        List<NDArray> biases = new ArrayList<>();
        for (int head = 0; head < this.heads.heads(); head++) {
            parts.add(matrix(head, layer));
            biases.add(bias(head, layer));
        }
        if (layer == 0) {
            addMatrix(call("joined", parts));
        }
        else {
            this.weights.add(keep(call("stacked", parts)));
        }
        this.weights.add(keep(call((layer == 0) ? "joined" : "stacked_rows", biases)));
    }

    private void addMatrix(NDArray matrix) {
        if (this.boxed) {
            this.matrices.add(matrix);
        }
        else {
            this.weights.add(this.bench.packTensor(matrix));
        }
    }

    private void addTabled(Checkpoint checkpoint) {
        List<NDArray> residuals = new ArrayList<>();
        List<NDArray> gated = new ArrayList<>();
        List<NDArray> biases = new ArrayList<>();
        for (int head = 0; head < this.heads.heads(); head++) {
            residuals.add(tensor(this.file.blockResidual(head, 0)));
            gated.add(tensor(this.file.blockWeight(head, 0)));
            biases.add(tensor(this.file.blockBias(head, 0)));
        }
        residuals.addAll(gated);
        NDArray matrix = call("joined", residuals);
        NDArray bias = unbiased(call("joined", biases));
        NDArray embedding = tensor(
                new HeadsFile.Tensor(checkpoint.info(WeightNames.EMBEDDING), checkpoint.data(WeightNames.EMBEDDING)));
        try (IValue input = ScriptModule.argument(matrix);
                IValue roots = ScriptModule.argument(embedding);
                IValue added = ScriptModule.argument(bias)) {
            NDArray forState = this.bench.call("for_state", input);
            NDArray byRoot = keep(this.bench.call("by_root", input, roots, added));
            if (this.rounded) {
                NDArray scales = call("scales", List.of(forState));
                this.weights.addAll(List.of(keep(call("rounded", List.of(forState, scales))), byRoot, keep(scales)));
            }
            else {
                addMatrix(forState);
                this.weights.add(byRoot);
            }
        }
    }

    private NDArray matrix(int head, int layer) {
        NDArray gated = tensor(this.file.blockWeight(head, layer));
        return this.file.hasResidual()
                ? balanced(call("joined", List.of(tensor(this.file.blockResidual(head, layer)), gated)), layer) : gated;
    }

    /** Returns a matrix with its columns for embeddings, which are the last, divided. */
    private NDArray balanced(NDArray matrix, int layer) {
        boolean reads = this.heads.rootConditioned() && (this.heads.kind() == HeadsKind.CERBERUS || layer == 0);
        if (!reads || this.balance == 1) {
            return matrix;
        }
        int states = (layer == 0) ? 1 : 2;
        try (IValue input = ScriptModule.argument(matrix);
                IValue first = IValue.from((long) states * this.heads.hiddenSize());
                IValue divisor = IValue.from(this.balance)) {
            return this.bench.call("balanced", input, first, divisor);
        }
    }

    private NDArray bias(int head, int layer) {
        NDArray bias = tensor(this.file.blockBias(head, layer));
        if (!this.file.hasResidual()) {
            return bias;
        }
        return unbiased(bias);
    }

    /** Returns biases after as many zeros, for the residuals. */
    private NDArray unbiased(NDArray bias) {
        try (IValue input = ScriptModule.argument(bias)) {
            return this.bench.call("unbiased", input);
        }
    }

    private void addLmHead(ModelConfig config, Checkpoint checkpoint) {
        if (this.heads.ownLmHead()) {
            List<NDArray> parts = new ArrayList<>();
            for (int head = 0; head < this.heads.heads(); head++) {
                parts.add(tensor(this.file.lmHead(head)));
            }
            if (this.boxed) {
                parts.forEach(this.matrices::add);
            }
            else {
                this.weights.add(keep(call("stacked", parts)));
            }
        }
        else if (this.file.sharedLmHead().isPresent()) {
            addMatrix(tensor(this.file.sharedLmHead().get()));
        }
        else {
            String name = config.tieWordEmbeddings() ? WeightNames.EMBEDDING : WeightNames.OUTPUT;
            NDArray rows = tensor(new HeadsFile.Tensor(checkpoint.info(name), checkpoint.data(name)));
            try (IValue input = ScriptModule.argument(rows);
                    IValue ids = IValue.listFrom(DjlTargetModel.longs(this.file.draftVocabulary()))) {
                addMatrix(this.bench.call("chosen", input, ids));
            }
        }
    }

    private NDArray tensor(HeadsFile.Tensor tensor) {
        return this.bench.tensor(tensor.info(), tensor.data());
    }

    private NDArray call(String method, List<NDArray> parts) {
        return this.bench.call(method, parts);
    }

    private NDArray keep(NDArray array) {
        return this.bench.keep(array);
    }

    @Override
    public void close() {
        this.matrices.close();
        this.bench.close();
    }

}
