package dev.cerberus.recipe.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class TrainableModelTests {

    private static final ModelShape SHAPE = new ModelShape(16, 2, 4, 2, 8, 24, 12, 32);

    private static final OptimizerSettings OPTIMIZER = new OptimizerSettings(0.02, 0.01, 0.01, 0, 0.95, 1, 1e-4, true);

    private final List<Batch> batches = randomBatches(new SplittableRandom(5));

    @Test
    void evaluateWhenLayersWriteNothingIsTheLossOfTheEmbeddingAlone() {
        // After initialization o_proj and down_proj are 0, so that the hidden state is
        // the
        // normalised embedding of the token itself and the logits are its products with
        // all.
        try (TrainableModel model = model(1)) {
            float[] table = model.parameterValues().get("model.embed_tokens.weight").values();
            Batch batch = this.batches.get(0);
            double sum = 0;
            for (int i = 0; i < batch.positions().length; i++) {
                int token = (int) batch.tokens()[(int) batch.positions()[i]];
                double[] logits = logits(table, token);
                double normalizer = 0;
                for (double logit : logits) {
                    normalizer += Math.exp(logit);
                }
                sum += Math.log(normalizer) - logits[(int) batch.targets()[i]];
            }
            assertThat(model.evaluate(List.of(batch), false).loss()).isCloseTo(sum / batch.positions().length,
                    within(1e-5));
        }
    }

    @Test
    void evaluateIsTheLossOfTheModelThatServes(@TempDir Path directory) throws IOException {
        Batch batch = this.batches.get(0);
        try (TrainableModel model = model(1)) {
            steps(model, 0, 6);
            new TensorFile(Map.of(), model.parameterValues()).write(directory.resolve("model.safetensors"), false);
            double sum = 0;
            try (Checkpoint checkpoint = Checkpoint.open(directory);
                    DjlTargetModel served = DjlTargetModel.load(TrainingProgram.config(SHAPE), checkpoint,
                            SHAPE.maxPositions(), TorchDevice.of("cpu"), Precision.FP32)) {
                for (int i = 0; i < batch.positions().length; i++) {
                    int last = (int) batch.positions()[i];
                    int[] text = Arrays.stream(batch.tokens(), last - last % batch.length(), last + 1)
                        .mapToInt(Math::toIntExact)
                        .toArray();
                    try (KvCache cache = served.newCache(SHAPE.maxPositions());
                            NodeScores scores = served.prefill(cache, text)) {
                        float[] logits = scores.logits(0);
                        double normalizer = 0;
                        for (float logit : logits) {
                            normalizer += Math.exp(logit);
                        }
                        sum += Math.log(normalizer) - logits[(int) batch.targets()[i]];
                    }
                }
            }
            assertThat(model.evaluate(List.of(batch), false).loss()).isCloseTo(sum / batch.positions().length,
                    within(1e-5));
        }
    }

    @Test
    void stepReportsTheLossBeforeItChangesTheParameters() {
        try (TrainableModel model = model(1)) {
            double before = model.evaluate(this.batches, false).loss();
            assertThat(model.step(this.batches, OPTIMIZER.at(1, 0, 0.9)).loss()).isCloseTo(before, within(1e-4));
            assertThat(model.evaluate(this.batches, false).loss()).isLessThan(before);
        }
    }

    @Test
    void stepWhenBatchIsSplitIsTheSameStep() {
        // Only the order of additions differs, so the gradient's norm is the same.
        try (TrainableModel model = model(1); TrainableModel other = model(1)) {
            Batch whole = this.batches.get(0);
            double norm = model.step(List.of(whole), OPTIMIZER.at(1, 0, 0.9)).gradientNorm();
            List<Batch> rows = new ArrayList<>();
            int perRow = whole.positions().length / whole.rows();
            for (int r = 0; r < whole.rows(); r++) {
                long[] tokens = Arrays.copyOfRange(whole.tokens(), r * whole.length(), (r + 1) * whole.length());
                long[] targets = Arrays.copyOfRange(whole.targets(), r * perRow, (r + 1) * perRow);
                rows.add(batch(1, whole.length(), tokens, targets));
            }
            assertThat(other.step(rows, OPTIMIZER.at(1, 0, 0.9)).gradientNorm()).isCloseTo(norm, within(1e-4 * norm));
        }
    }

    @Test
    void restoreBringsBackEverythingThatAStepDependsOn() {
        // Both instances have run before: libtorch compiles the first calls of a program
        // differently, and Muon's bfloat16 iteration makes that rounding visible.
        try (TrainableModel model = model(1); TrainableModel other = model(2)) {
            steps(model, 0, 3);
            Map<String, TensorFile.Tensor> state = model.state();
            steps(model, 3, 6);
            steps(other, 0, 3);
            other.restore(state);
            steps(other, 3, 6);
            Map<String, TensorFile.Tensor> restored = other.state();
            model.state()
                .forEach((name, tensor) -> assertThat(restored.get(name).values()).as(name)
                    .containsExactly(tensor.values()));
        }
    }

    @Test
    void restoreWhenTensorIsMissingNamesIt() {
        try (TrainableModel model = model(1)) {
            Map<String, TensorFile.Tensor> state = model.state();
            state.remove("optimizer.momentum.model.norm.weight");
            assertThatIllegalArgumentException().isThrownBy(() -> model.restore(state))
                .withMessageContaining("optimizer.momentum.model.norm.weight is missing");
        }
    }

    private void steps(TrainableModel model, int from, int to) {
        for (int i = from; i < to; i++) {
            model.step(this.batches, OPTIMIZER.at(1, i, 0.9));
        }
    }

    private static double[] logits(float[] table, int token) {
        int hidden = SHAPE.hidden();
        double square = 0;
        for (int i = 0; i < hidden; i++) {
            square += Math.pow(table[token * hidden + i], 2);
        }
        double scale = 1 / Math.sqrt(square / hidden + ModelShape.RMS_NORM_EPSILON);
        double[] logits = new double[SHAPE.vocabulary()];
        for (int id = 0; id < logits.length; id++) {
            for (int i = 0; i < hidden; i++) {
                logits[id] += scale * table[token * hidden + i] * table[id * hidden + i];
            }
        }
        return logits;
    }

    private static TrainableModel model(long seed) {
        TrainableModel model = new TrainableModel(SHAPE, false, 8);
        model.initialize(new SplittableRandom(seed));
        return model;
    }

    private static List<Batch> randomBatches(RandomGenerator random) {
        List<Batch> batches = new ArrayList<>();
        for (int rows = 2; rows < 4; rows++) {
            long[] tokens = random.longs(rows * 16L, 0, SHAPE.vocabulary()).toArray();
            batches.add(batch(rows, 16, tokens, random.longs(rows * 15L, 0, SHAPE.vocabulary()).toArray()));
        }
        return batches;
    }

    private static Batch batch(int rows, int length, long[] tokens, long[] targets) {
        long[] positions = new long[targets.length];
        float[] weights = new float[targets.length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = (long) i / (length - 1) * length + i % (length - 1);
            weights[i] = 1;
        }
        return new Batch(rows, length, tokens, positions, targets, weights);
    }

}
