package dev.cerberus.djl;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Weights of 8-bit integers of which no two neighbours, times 255 each, overflow 16 bits.
 */
class BoundedPackingTests {

    private static final int ROWS = 16;

    static Stream<Arguments> matrices() {
        SplittableRandom random = new SplittableRandom(1);
        return Stream.of(Arguments.of("random", 64, random.doubles(-1, 1)),
                Arguments.of("odd width", 33, random.doubles(-1, 1)),
                Arguments.of("one column", 1, random.doubles(1, 2)),
                Arguments.of("all equal", 48, random.doubles().map((x) -> 1)),
                Arguments.of("all equal and negative, odd width", 47, random.doubles().map((x) -> -3.7)),
                Arguments.of("two values", 64, random.doubles().map((x) -> (x < 0.5) ? 0.5 : 0.503937)),
                Arguments.of("outliers", 64, random.doubles(-1, 1).map((x) -> (x > 0.9) ? 1000 * x : x)),
                Arguments.of("huge", 64, random.doubles(-1e30, 1e30)),
                Arguments.of("tiny", 64, random.doubles(-1e-18, 1e-18)),
                Arguments.of("below what a step can be", 64, random.doubles(-1e-33, 1e-33)),
                Arguments.of("zeros", 64, random.doubles().map((x) -> 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matrices")
    void neighboursOfOneSignAddUpToAtMost128(String name, int width, DoubleStream numbers) {
        float[] matrix = floats(numbers, width);
        Unpacked packed = packed(matrix, width);
        for (int row = 0; row < ROWS; row++) {
            double largest = 0;
            for (int i = 0; i < width; i++) {
                largest = Math.max(largest, Math.abs(matrix[row * width + i]));
                float weight = packed.integers()[row * width + i];
                float next = (i % 2 == 0 && i + 1 < width) ? packed.integers()[row * width + i + 1] : 0;
                assertThat(Math.abs(weight)).isLessThanOrEqualTo(127);
                if (weight * next > 0) {
                    assertThat(Math.abs(weight + next)).as("row %d, columns %d and %d", row, i, i + 1)
                        .isLessThanOrEqualTo(128);
                }
            }
            // a step is never wider than the bound asks for: at most twice that of a row
            // whose largest number decides
            assertThat(packed.steps()[row]).isLessThanOrEqualTo((float) Math.max(2.001 * largest / 127, 1e-30));
            for (int i = 0; i < width; i++) {
                assertThat(packed.integers()[row * width + i] * packed.steps()[row]).isCloseTo(matrix[row * width + i],
                        within(0.501f * packed.steps()[row]));
            }
        }
    }

    /* With neighbours of different signs the largest number alone decides the step. */
    @ParameterizedTest
    @MethodSource("widths")
    void neighboursOfDifferentSignsKeepAllSteps(int width) {
        float[] matrix = new float[ROWS * width];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (i % width % 2 == 0) ? 2.54f : -2.54f;
        }
        assertThat(packed(matrix, width).integers()).containsOnly(127, -127);
    }

    static Stream<Integer> widths() {
        return Stream.of(2, 31, 64);
    }

    private static float[] floats(DoubleStream numbers, int width) {
        double[] values = numbers.limit((long) ROWS * width).toArray();
        float[] matrix = new float[values.length];
        Arrays.setAll(values, (i) -> matrix[i] = (float) values[i]);
        return matrix;
    }

    private static Unpacked packed(float[] matrix, int width) {
        String source = new ProgramSource().packing(ExactFormat.INT8_BOUNDED.kernel())
            .file(BoundedPackingTests.class, "unpacked.py")
            .toString();
        try (NDManager manager = ExactFormat.INT8_BOUNDED.device().newManager();
                ScriptModule program = ScriptModule.load(manager, source);
                NDArray array = manager.create(matrix, new Shape(ROWS, width));
                IValue input = ScriptModule.argument(array);
                IValue packed = program.call("packed", input);
                NDArray integers = program.callForArray("integers", manager, packed);
                NDArray steps = program.callForArray("widths", manager, packed)) {
            return new Unpacked(integers.toFloatArray(), steps.toFloatArray());
        }
    }

    /**
     * What a packed matrix holds.
     *
     * @param integers [rows, width]
     * @param steps what one stands for, [rows]
     */
    private record Unpacked(float[] integers, float[] steps) {
    }

}
