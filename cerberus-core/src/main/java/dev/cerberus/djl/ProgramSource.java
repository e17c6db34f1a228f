package dev.cerberus.djl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The source of a TorchScript program, put together from files of methods and a header of
 * constants.
 *
 * <p>
 * A constant is a method without parameters, {@code self.LAYERS()}, which libtorch
 * inlines. TorchScript has no names for types: the word {@code Matrix} in a file stands
 * for the type of a packed matrix, {@code Tensor} unless a kernel packs something else.
 * Not thread-safe.
 */
public final class ProgramSource {

    private static final String FOLDER = "torch/";

    private final StringBuilder constants = new StringBuilder();

    private final StringBuilder methods = new StringBuilder();

    private String matrixType = "Tensor";

    /**
     * Adds a constant.
     * @param name its name, in capitals
     * @param value its value
     * @return this source
     */
    public ProgramSource constant(String name, long value) {
        return constant(name, "int", Long.toString(value));
    }

    /**
     * Adds a constant.
     * @param name its name, in capitals
     * @param value its value
     * @return this source
     */
    public ProgramSource constant(String name, boolean value) {
        return constant(name, "bool", value ? "True" : "False");
    }

    /**
     * Adds a constant.
     * @param name its name, in capitals
     * @param value its value, finite
     * @return this source
     * @throws IllegalArgumentException if the value is not finite
     */
    public ProgramSource constant(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("constant " + name + " must be finite, was " + value);
        }
        return constant(name, "float", Double.toString(value));
    }

    /**
     * Adds a constant.
     * @param name its name, in capitals
     * @param values its values
     * @return this source
     */
    public ProgramSource constant(String name, List<Integer> values) {
        return constant(name, "List[int]", values.isEmpty() ? "annotate(List[int], [])" : values.toString());
    }

    private ProgramSource constant(String name, String type, String value) {
        this.constants.append("def ").append(name).append("(self) -> ").append(type).append(":\n    return ");
        this.constants.append(value).append('\n');
        return this;
    }

    /**
     * Adds the methods of a file in the folder {@code torch} beside a class.
     * @param owner a class of the package that the file belongs to
     * @param name the file's name
     * @return this source
     * @throws IllegalArgumentException if there is no such file
     */
    public ProgramSource file(Class<?> owner, String name) {
        try (InputStream in = owner.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no program file " + FOLDER + name + " beside " + owner.getName());
            }
            this.methods.append(new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n"));
            this.methods.append('\n');
            return this;
        }
        catch (IOException ex) {
            throw new UncheckedIOException("The program file " + name + " can not be read", ex);
        }
    }

    /** Adds methods of this package. */
    ProgramSource files(String... names) {
        for (String name : names) {
            file(ProgramSource.class, name);
        }
        return this;
    }

    /** Adds the methods that multiply by what a kernel packs. */
    ProgramSource products(LinearKernel kernel) {
        this.matrixType = kernel.matrixType();
        return files(kernel, kernel.products());
    }

    /** Adds the methods by which draft heads multiply by what a kernel packs. */
    ProgramSource headsProducts(LinearKernel kernel) {
        this.matrixType = kernel.matrixType();
        return files(kernel, kernel.headsProducts());
    }

    private ProgramSource files(LinearKernel kernel, List<String> names) {
        if (kernel == LinearKernel.FP16_WEIGHTS) {
            FilledRows.found().orElseThrow().addTo(this);
        }
        return files(names.toArray(String[]::new));
    }

    /** Adds the method that packs matrices for a kernel. */
    ProgramSource packing(LinearKernel kernel) {
        this.matrixType = kernel.matrixType();
        return files(kernel.packing().toArray(String[]::new));
    }

    /** Returns the source of all methods, for {@link ScriptModule#load}. */
    @Override
    public String toString() {
        return (this.constants + "\n" + this.methods).replaceAll("\\bMatrix\\b", this.matrixType);
    }

}
