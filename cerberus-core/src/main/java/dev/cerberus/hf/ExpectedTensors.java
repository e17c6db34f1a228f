package dev.cerberus.hf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors that a configuration asks for, with their shapes. */
public final class ExpectedTensors {

    private ExpectedTensors() {
    }

    /**
     * Lists every tensor of a model.
     * @param config the model's configuration
     * @return shapes by name, in the order of the computation; unmodifiable
     */
    public static Map<String, List<Long>> of(ModelConfig config) {
        long hidden = config.hiddenSize();
        long intermediate = config.intermediateSize();
        long query = config.querySize();
        long keyValue = config.keyValueSize();
        long vocabulary = config.vocabularySize();
        ModelVariant variant = config.variant();
        Map<String, List<Long>> layer = new LinkedHashMap<>();
        // in a layer's order, like all others
        List<String> before = variant.norms().before();
        List<String> after = variant.norms().after();
        before.stream().limit(1).forEach((norm) -> layer.put(norm, List.of(hidden)));
        if (variant.fusedProjections()) {
            projection(layer, WeightNames.QKV, query + 2 * keyValue, hidden, config.attentionBias());
        }
        else {
            projection(layer, WeightNames.QUERY, query, hidden, config.attentionBias());
            projection(layer, WeightNames.KEY, keyValue, hidden, config.attentionBias());
            projection(layer, WeightNames.VALUE, keyValue, hidden, config.attentionBias());
        }
        if (variant.qkNorm() != ModelVariant.QkNorm.NONE) {
            boolean whole = variant.qkNorm() == ModelVariant.QkNorm.WIDTH;
            layer.put(WeightNames.QUERY_NORM, List.of(whole ? query : config.headDim()));
            layer.put(WeightNames.KEY_NORM, List.of(whole ? keyValue : config.headDim()));
        }
        projection(layer, WeightNames.ATTENTION_OUTPUT, hidden, query, config.attentionOutputBias());
        after.stream().limit(1).forEach((norm) -> layer.put(norm, List.of(hidden)));
        before.stream().skip(1).forEach((norm) -> layer.put(norm, List.of(hidden)));
        if (variant.fusedGateUp()) {
            layer.put(WeightNames.GATE_UP, List.of(2 * intermediate, hidden));
        }
        else {
            layer.put(WeightNames.GATE, List.of(intermediate, hidden));
            layer.put(WeightNames.UP, List.of(intermediate, hidden));
        }
        layer.put(WeightNames.DOWN, List.of(hidden, intermediate));
        after.stream().skip(1).forEach((norm) -> layer.put(norm, List.of(hidden)));

        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put(WeightNames.EMBEDDING, List.of(vocabulary, hidden));
        for (int i = 0; i < config.layers(); i++) {
            int index = i;
            layer.forEach((name, shape) -> shapes.put(WeightNames.inLayer(index, name), shape));
        }
        shapes.put(WeightNames.FINAL_NORM, List.of(hidden));
        if (!config.tieWordEmbeddings()) {
            shapes.put(WeightNames.OUTPUT, List.of(vocabulary, hidden));
        }
        return Collections.unmodifiableMap(shapes);
    }

    /**
     * Counts the parameters of a model.
     * @param config the model's configuration
     * @return the number of weights
     */
    public static long parameters(ModelConfig config) {
        return of(config).values().stream().mapToLong((shape) -> shape.stream().reduce(1L, (a, b) -> a * b)).sum();
    }

    private static void projection(Map<String, List<Long>> shapes, String name, long outputs, long inputs,
            boolean bias) {
        shapes.put(WeightNames.weight(name), List.of(outputs, inputs));
        if (bias) {
            shapes.put(WeightNames.bias(name), List.of(outputs));
        }
    }

    /**
     * Checks that a checkpoint holds every tensor of a model in the right shape and as
     * floats, and none in its layers that the model would silently leave out.
     * @param config the model's configuration
     * @param checkpoint the weights
     * @throws ModelFileException if it does not; the message names the tensor, and the
     * expected and the found shape
     */
    public static void check(ModelConfig config, Checkpoint checkpoint) {
        Map<String, List<Long>> expected = of(config);
        expected.forEach((name, shape) -> checkTensor(config, checkpoint, name, shape));
        for (String name : checkpoint.names()) {
            // older Llama checkpoints store the rotary frequencies, which follow from the
            // configuration
            if (name.startsWith(WeightNames.LAYER_PREFIX) && !expected.containsKey(name)
                    && !name.endsWith(".rotary_emb.inv_freq")) {
                throw new ModelFileException(checkpoint.directory(),
                        "its weights hold the tensor " + name + ", which a model of " + config.layers() + " layers of "
                                + config.architecture().className() + " with this " + ModelConfig.FILE_NAME
                                + " does not use",
                        "use weights and configuration of the same model");
            }
        }
    }

    private static void checkTensor(ModelConfig config, Checkpoint checkpoint, String name, List<Long> shape) {
        boolean borrowed = name.equals(WeightNames.EMBEDDING) && checkpoint.outputForEmbedding()
                && !config.tieWordEmbeddings();
        if (!checkpoint.contains(name) || borrowed) {
            boolean output = name.equals(WeightNames.OUTPUT);
            throw new ModelFileException(checkpoint.directory(),
                    "its weights lack the tensor " + name + " of shape " + shape,
                    output ? "set tie_word_embeddings to true in " + ModelConfig.FILE_NAME
                            + " if the model uses its embeddings for the output, else fetch the missing weights"
                            : "use the complete weights of a " + config.architecture().className() + " that fit "
                                    + ModelConfig.FILE_NAME);
        }
        TensorInfo info = checkpoint.info(name);
        if (!info.shape().equals(shape)) {
            throw new ModelFileException(
                    checkpoint.directory(), "tensor " + name + " should have the shape " + shape + " by "
                            + ModelConfig.FILE_NAME + " but has " + info.shape(),
                    "use weights and configuration of the same model");
        }
        if (!info.dtype().isWeight()) {
            throw new ModelFileException(checkpoint.directory(),
                    "tensor " + name + " is of type " + info.dtype() + " where floats are needed",
                    "store it as F32, F16 or BF16");
        }
    }

}
