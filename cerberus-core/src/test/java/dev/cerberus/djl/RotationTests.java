package dev.cerberus.djl;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Rotations of all widths, and that a rotated model computes what the model does.
 */
class RotationTests {

    /** Small widths, odd ones, and those of real models. */
    static IntStream widths() {
        return IntStream.concat(
                IntStream.concat(IntStream.rangeClosed(1, 24),
                        IntStream.iterate(25, (w) -> w + 23).takeWhile((w) -> w <= 600)),
                IntStream.of(64, 128, 192, 288, 576, 600, 896, 1536));
    }

    @ParameterizedTest
    @MethodSource("widths")
    void rotationIsOrthogonal(int width) {
        Rotation rotation = Rotation.of(width);
        assertThat(rotation.width()).isEqualTo(width);
        assertOrthogonal(rotation.left());
        assertOrthogonal(rotation.right());
    }

    private static void assertOrthogonal(double[][] matrix) {
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j <= i; j++) {
                double product = 0;
                for (int k = 0; k < matrix.length; k++) {
                    product += matrix[i][k] * matrix[j][k];
                }
                assertThat(product).as("rows %d and %d", i, j).isCloseTo((i == j) ? 1 : 0, within(1e-12));
            }
        }
    }

    /*
     * An entry of a Hadamard matrix of n is 1 / sqrt(n), one of cosines at most sqrt(2 /
     * n); an entry of the product is the product of two.
     */
    @ParameterizedTest
    @MethodSource("widths")
    void noCoordinateKeepsMoreThanItsShareOfALongOne(int width) {
        double largest = largest(Rotation.of(width).left()) * largest(Rotation.of(width).right());
        assertThat(largest).isLessThan(Math.sqrt(2.0 / width) + 1e-12);
    }

    private static double largest(double[][] matrix) {
        double largest = 0;
        for (double[] row : matrix) {
            for (double entry : row) {
                largest = Math.max(largest, Math.abs(entry));
            }
        }
        return largest;
    }

    /** Returns the whole matrix R, of which x·R is the rotated x. */
    private static double[][] whole(Rotation rotation) {
        int b = rotation.right().length;
        int width = rotation.width();
        double[][] whole = new double[width][width];
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < width; j++) {
                whole[i][j] = rotation.left()[i / b][j / b] * rotation.right()[i % b][j % b];
            }
        }
        return whole;
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 6, 17, 45, 48, 72, 192, 576 })
    void rowsAreMultipliedByTheRotationAndColumnsByItsInverse(int width) {
        Rotation rotation = Rotation.of(width);
        double[][] whole = whole(rotation);
        float[] matrix = numbers(5 * width);
        try (NDManager manager = TorchDevice.of("cpu").newManager();
                ScriptModule loading = program(manager, "loading.py")) {
            float[] rows = call(loading, "turned", manager, matrix, 5, width, rotation);
            float[] columns = call(loading, "turned_columns", manager, matrix, width, 5, rotation);
            for (int i = 0; i < 5; i++) {
                for (int j = 0; j < width; j++) {
                    double row = 0;
                    double column = 0;
                    for (int k = 0; k < width; k++) {
                        row += matrix[i * width + k] * whole[k][j];
                        column += whole[k][j] * matrix[k * 5 + i];
                    }
                    assertThat(rows[i * width + j]).isCloseTo((float) row, within(1e-5f));
                    assertThat(columns[j * 5 + i]).isCloseTo((float) column, within(1e-5f));
                }
            }
        }
    }

    /* (x·R)·(W·R)ᵀ = x·Wᵀ, and (x·Wᵀ)·R = x·(Rᵀ·W)ᵀ. */
    @ParameterizedTest
    @ValueSource(ints = { 1, 17, 45, 72, 576, 896 })
    void productsOfTheRotatedModelAreThoseOfTheModel(int width) {
        Rotation rotation = Rotation.of(width);
        float[] x = numbers(width);
        float[] reading = numbers(7 * width);
        float[] writing = numbers(width * 7);
        float[] inner = numbers(7);
        try (NDManager manager = TorchDevice.of("cpu").newManager();
                ScriptModule loading = program(manager, "loading.py")) {
            float[] rotatedX = call(loading, "turned", manager, x, 1, width, rotation);
            float[] rotatedReading = call(loading, "turned", manager, reading, 7, width, rotation);
            assertThat(product(rotatedReading, rotatedX)).containsExactly(product(reading, x), within(2e-5f));
            float[] rotatedWriting = call(loading, "turned_columns", manager, writing, width, 7, rotation);
            float[] written = call(loading, "turned", manager, product(writing, inner), 1, width, rotation);
            assertThat(product(rotatedWriting, inner)).containsExactly(written, within(2e-5f));
        }
    }

    /*
     * What heads read: the RMS norm of the row before it was rotated. floor is sqrt(width
     * · eps), and the norm's weight comes times sqrt(width).
     */
    @ParameterizedTest
    @ValueSource(ints = { 17, 45, 72, 576 })
    void restoredStatesAreTheNormedStatesOfTheModel(int width) {
        Rotation rotation = Rotation.of(width);
        float[] x = numbers(width);
        float[] norm = numbers(width);
        double eps = 1e-2;
        double squares = 0;
        for (float number : x) {
            squares += (double) number * number;
        }
        double[] expected = new double[width];
        float[] lengthened = new float[width];
        for (int i = 0; i < width; i++) {
            expected[i] = norm[i] * x[i] / Math.sqrt(squares / width + eps);
            lengthened[i] = (float) (norm[i] * Math.sqrt(width));
        }
        try (NDManager manager = TorchDevice.of("cpu").newManager();
                ScriptModule loading = program(manager, "loading.py");
                ScriptModule reading = program(manager, "rotated.py");
                NDArray rotated = manager.create(call(loading, "turned", manager, x, 1, width, rotation),
                        new Shape(1, width));
                IValue state = ScriptModule.argument(rotated);
                IValue parts = ScriptModule
                    .listArgument(List.of(manager.create(new float[] { (float) Math.sqrt(width * eps) }),
                            factor(manager, rotation.left()), factor(manager, rotation.right()).transpose(),
                            manager.create(lengthened)));
                NDArray restored = reading.callForArray("restored", manager, state, parts);
                NDArray rooted = reading.callForArray("rooted", manager, state, parts)) {
            for (int i = 0; i < width; i++) {
                assertThat((double) restored.toFloatArray()[i]).isCloseTo(expected[i], within(1e-5));
                assertThat(rooted.toFloatArray()[i]).isCloseTo(x[i], within(1e-5f));
            }
        }
    }

    private static ScriptModule program(NDManager manager, String file) {
        return ScriptModule.load(manager, new ProgramSource().files(file).toString());
    }

    private static float[] call(ScriptModule loading, String method, NDManager manager, float[] matrix, int rows,
            int columns, Rotation rotation) {
        try (NDArray array = manager.create(matrix, new Shape(rows, columns));
                IValue input = ScriptModule.argument(array);
                IValue left = ScriptModule.argument(factor(manager, rotation.left()));
                IValue right = ScriptModule.argument(factor(manager, rotation.right()));
                NDArray result = loading.callForArray(method, manager, input, left, right)) {
            return result.toFloatArray();
        }
    }

    private static NDArray factor(NDManager manager, double[][] matrix) {
        float[][] factor = new float[matrix.length][matrix.length];
        for (int i = 0; i < factor.length; i++) {
            for (int j = 0; j < factor.length; j++) {
                factor[i][j] = (float) matrix[i][j];
            }
        }
        return manager.create(factor);
    }

    private static float[] product(float[] matrix, float[] x) {
        float[] result = new float[matrix.length / x.length];
        for (int i = 0; i < result.length; i++) {
            double sum = 0;
            for (int j = 0; j < x.length; j++) {
                sum += matrix[i * x.length + j] * x[j];
            }
            result[i] = (float) sum;
        }
        return result;
    }

    private static float[] numbers(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextDouble(-1, 1);
        }
        return numbers;
    }

}
