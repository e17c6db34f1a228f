package dev.cerberus.recipe.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import dev.cerberus.djl.ScriptModule;

/**
 * Parameters and optimizer state of a model in training.
 *
 * <p>
 * Not thread-safe. {@link #close()} frees the tensors and the programs.
 */
final class TrainableModel implements AutoCloseable {

    private static final String MOMENTUM = "optimizer.momentum.";

    private static final String VARIANCE = "optimizer.variance.";

    private final ModelShape shape;

    private final NDManager manager;

    private final ScriptModule training;

    private final ScriptModule evaluation;

    private final Map<String, NDArray> parameters = new LinkedHashMap<>();

    private final List<NDArray> momenta = new ArrayList<>();

    private final List<NDArray> variances = new ArrayList<>();

    TrainableModel(ModelShape shape, boolean bfloat16, int lossRows) {
        this.shape = shape;
        this.manager = NDManager.newBaseManager();
        this.training = ScriptModule.load(this.manager, TrainingProgram.source(shape, bfloat16, lossRows));
        this.evaluation = ScriptModule.load(this.manager, TrainingProgram.source(shape, false, lossRows));
        shape.parameters().forEach((name, size) -> {
            Shape sizes = new Shape(size.stream().mapToLong(Integer::longValue).toArray());
            this.parameters.put(name, this.manager.zeros(sizes));
            this.momenta.add(this.manager.zeros(sizes));
            this.variances.add(this.manager.zeros(sizes));
        });
    }

    ModelShape shape() {
        return this.shape;
    }

    /**
     * Draws the parameters a training begins with: norms are 1, the two matrices that
     * write to the residual stream are 0, the others normally distributed.
     * @param random source of the draws
     */
    void initialize(RandomGenerator random) {
        this.parameters.forEach((name, array) -> {
            float[] values = new float[Math.toIntExact(array.size())];
            double deviation = name.contains("embed_tokens") ? 0.02 : 0.5 / Math.sqrt(this.shape.hidden());
            if (name.contains("norm")) {
                Arrays.fill(values, 1f);
            }
            else if (!name.contains("o_proj") && !name.contains("down_proj")) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (deviation * random.nextGaussian());
                }
            }
            array.set(values);
        });
    }

    /**
     * Does one step of the optimizer.
     * @param batches the batches whose gradients are added up
     * @param settings the constants of this step
     * @return what the step saw
     */
    StepResult step(List<Batch> batches, float[] settings) {
        try (NDManager scope = this.manager.newSubManager()) {
            NDList result = this.training.callWithAutograd("step", scope, tensors(batches, scope),
                    List.copyOf(this.parameters.values()), this.momenta, this.variances,
                    List.of(scope.create(settings)));
            float[] sums = result.singletonOrThrow().toFloatArray();
            result.close();
            return new StepResult(sums[0] / sums[2], sums[1] / sums[2], sums[3]);
        }
    }

    /**
     * Computes the mean loss over batches in float32.
     * @param batches held-out batches
     * @param roundedToBfloat16 whether the parameters are rounded first, as an export
     * rounds them
     * @return the loss
     */
    Evaluation evaluate(List<Batch> batches, boolean roundedToBfloat16) {
        double[] totals = new double[3];
        try (NDManager scope = this.manager.newSubManager()) {
            List<NDArray> weights = new ArrayList<>();
            for (NDArray array : this.parameters.values()) {
                if (roundedToBfloat16) {
                    float[] values = array.toFloatArray();
                    for (int i = 0; i < values.length; i++) {
                        values[i] = TensorFile.bfloat16(values[i]);
                    }
                    weights.add(scope.create(values, array.getShape()));
                }
                else {
                    weights.add(array);
                }
            }
            for (Batch batch : batches) {
                try (NDManager inner = scope.newSubManager()) {
                    NDList result = this.evaluation.callWithAutograd("loss", inner, batch.tensors(inner), weights);
                    float[] sums = result.singletonOrThrow().toFloatArray();
                    for (int i = 0; i < totals.length; i++) {
                        totals[i] += sums[i];
                    }
                    result.close();
                }
            }
        }
        return new Evaluation(totals[0] / totals[1], totals[2] / totals[1]);
    }

    private static List<NDArray> tensors(List<Batch> batches, NDManager scope) {
        List<NDArray> tensors = new ArrayList<>();
        batches.forEach((batch) -> tensors.addAll(batch.tensors(scope)));
        return tensors;
    }

    Map<String, TensorFile.Tensor> parameterValues() {
        Map<String, TensorFile.Tensor> tensors = new LinkedHashMap<>();
        this.parameters.forEach((name, array) -> tensors.put(name, copy(array)));
        return tensors;
    }

    Map<String, TensorFile.Tensor> state() {
        Map<String, TensorFile.Tensor> tensors = parameterValues();
        int i = 0;
        for (String name : this.parameters.keySet()) {
            tensors.put(MOMENTUM + name, copy(this.momenta.get(i)));
            tensors.put(VARIANCE + name, copy(this.variances.get(i)));
            i++;
        }
        return tensors;
    }

    void restore(Map<String, TensorFile.Tensor> tensors) {
        int i = 0;
        for (Map.Entry<String, NDArray> parameter : this.parameters.entrySet()) {
            set(parameter.getValue(), tensors, parameter.getKey());
            set(this.momenta.get(i), tensors, MOMENTUM + parameter.getKey());
            set(this.variances.get(i), tensors, VARIANCE + parameter.getKey());
            i++;
        }
    }

    private static void set(NDArray array, Map<String, TensorFile.Tensor> tensors, String name) {
        TensorFile.Tensor tensor = tensors.get(name);
        if (tensor == null || tensor.values().length != array.size()) {
            throw new IllegalArgumentException(
                    "The checkpoint does not fit the model: " + name + " is missing or is not of shape "
                            + array.getShape() + "; give the options that the training began with");
        }
        array.set(tensor.values());
    }

    private static TensorFile.Tensor copy(NDArray array) {
        List<Integer> sizes = new ArrayList<>();
        for (long size : array.getShape().getShape()) {
            sizes.add(Math.toIntExact(size));
        }
        return new TensorFile.Tensor(sizes, array.toFloatArray());
    }

    @Override
    public void close() {
        this.training.close();
        this.evaluation.close();
        this.manager.close();
    }

    /**
     * What one step saw before it changed the parameters.
     *
     * @param loss mean negative log-likelihood, in nats per token
     * @param squaredNormalizer mean squared log-normaliser
     * @param gradientNorm norm of the gradient before clipping
     */
    record StepResult(double loss, double squaredNormalizer, double gradientNorm) {
    }

    /**
     * Quality on held-out text.
     *
     * @param loss mean negative log-likelihood, in nats per token
     * @param accuracy share of the tokens that the model finds most likely, in [0, 1]
     */
    record Evaluation(double loss, double accuracy) {
    }

}
