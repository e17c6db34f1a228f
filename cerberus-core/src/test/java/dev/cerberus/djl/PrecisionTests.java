package dev.cerberus.djl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.ReferenceModel;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The number formats and the ways of multiplying, against the reference and each other.
 */
class PrecisionTests {

    private static final int LENGTH = 60;

    private static final int[] TOKENS = RandomGeneratorFactory.of("L64X128MixRandom")
        .create(13)
        .ints(LENGTH, 0, TinyModels.VOCABULARY)
        .toArray();

    @TempDir
    private Path original;

    @TempDir
    private Path rewritten;

    static List<String> architectures() {
        return TinyModels.names();
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void bf16WithTheKernelOfThisMachineIsAsCloseAsItsRoundingAllows(String architecture) throws IOException {
        assertAsCloseAsRoundingAllows(architecture, TorchDevice.of("cpu").linearKernel(Precision.BF16));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void bf16WithTheGeneralKernelIsAsCloseAsItsRoundingAllows(String architecture) throws IOException {
        assertAsCloseAsRoundingAllows(architecture, LinearKernel.GENERAL);
    }

    /*
     * How far a rounding carries depends on the model, so the bound is measured: it is
     * the error of the exact arithmetic with every weight rounded to bf16 once. The model
     * rounds its activations as well, about as often, hence the factor. Less than half
     * the error would mean that it does not compute in bf16 at all.
     */
    private void assertAsCloseAsRoundingAllows(String architecture, LinearKernel kernel) throws IOException {
        TinyModels.write(architecture, this.original);
        rewriteAs(TensorType.BF16);
        double[][] expected = ReferenceModel.read(this.original).logits(TOKENS);
        double roundedWeights = relativeError(ReferenceModel.read(this.rewritten).logits(TOKENS), expected);
        double bf16 = relativeError(logits(this.original, TorchDevice.cpu(kernel), Precision.BF16), expected);
        assertThat(bf16).isBetween(roundedWeights / 2, roundedWeights * 2.5);
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void generalAndPackedKernelsAgree(String architecture) {
        Assumptions.assumeTrue(TorchDevice.of("cpu").linearKernel(Precision.FP32) == LinearKernel.PACKED,
                "skipped: libtorch on this machine has no oneDNN");
        TinyModels.write(architecture, this.original);
        assertClose(logits(this.original, TorchDevice.cpu(LinearKernel.GENERAL), Precision.FP32),
                logits(this.original, TorchDevice.cpu(LinearKernel.PACKED), Precision.FP32));
    }

    @ParameterizedTest
    @EnumSource(names = { "F16", "BF16" })
    void weightsStoredIn16BitsAreWidenedExactly(TensorType type) throws IOException {
        TinyModels.write("qwen3", this.original);
        rewriteAs(type);
        double[][] expected = ReferenceModel.read(this.rewritten).logits(TOKENS);
        assertClose(logits(this.rewritten, TorchDevice.of("cpu"), Precision.FP32), expected);
    }

    /*
     * What is computed is wider than the weights, so nothing more is lost than in fp32.
     */
    @ParameterizedTest
    @MethodSource("architectures")
    void weightsOf16BitsAreComputedWithAsExactlyAsThoseOf32(String architecture) throws IOException {
        TinyModels.write(architecture, this.original);
        rewriteAs(TensorType.F16);
        double[][] expected = ReferenceModel.read(this.rewritten).logits(TOKENS);
        assertClose(logits(this.rewritten, ExactFormat.FP16.device(), Precision.FP16), expected);
    }

    @Test
    void bf16DoesNotDependOnWhetherTheWeightsWereRoundedBefore() throws IOException {
        TinyModels.write("qwen2", this.original);
        rewriteAs(TensorType.BF16);
        assertThat(logits(this.original, TorchDevice.of("cpu"), Precision.BF16))
            .isDeepEqualTo(logits(this.rewritten, TorchDevice.of("cpu"), Precision.BF16));
    }

    private void rewriteAs(TensorType type) throws IOException {
        Files.copy(this.original.resolve(ModelConfig.FILE_NAME), this.rewritten.resolve(ModelConfig.FILE_NAME));
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint checkpoint = Checkpoint.open(this.original)) {
            for (String name : checkpoint.names()) {
                writer.add(name, type, checkpoint.info(name).dimensions(), checkpoint.floats(name));
            }
            writer.write(this.rewritten.resolve(Checkpoint.SINGLE_FILE_NAME));
        }
    }

    private static double[][] logits(Path directory, TorchDevice device, Precision precision) {
        ModelConfig config = ModelConfig.read(directory);
        double[][] logits = new double[LENGTH][TinyModels.VOCABULARY];
        try (Checkpoint checkpoint = Checkpoint.open(directory);
                DjlTargetModel model = DjlTargetModel.load(config, checkpoint, LENGTH, device, precision);
                KvCache cache = model.newCache(LENGTH)) {
            for (int position = 0; position < LENGTH; position++) {
                try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(TOKENS[position]))) {
                    float[] row = scores.logits(0);
                    for (int i = 0; i < row.length; i++) {
                        logits[position][i] = row[i];
                    }
                }
                cache.commit(new int[] { 0 });
            }
        }
        return logits;
    }

    private static void assertClose(double[][] actual, double[][] expected) {
        for (int position = 0; position < LENGTH; position++) {
            for (int i = 0; i < TinyModels.VOCABULARY; i++) {
                assertThat(Math.abs(actual[position][i] - expected[position][i]))
                    .as("logit %d at position %d", i, position)
                    .isLessThanOrEqualTo(1e-4 * (1 + Math.abs(expected[position][i])));
            }
        }
    }

    /**
     * Returns the root mean square over positions of |actual - expected| / |expected|.
     */
    private static double relativeError(double[][] actual, double[][] expected) {
        double total = 0;
        for (int position = 0; position < LENGTH; position++) {
            double difference = 0;
            double size = 0;
            for (int i = 0; i < TinyModels.VOCABULARY; i++) {
                double error = actual[position][i] - expected[position][i];
                difference += error * error;
                size += expected[position][i] * expected[position][i];
            }
            total += difference / size;
        }
        return Math.sqrt(total / LENGTH);
    }

}
