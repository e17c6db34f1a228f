package dev.cerberus.djl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The source of a TorchScript program, put together from files of methods and constants.
 *
 * <p>
 * A constant is read as a method without parameters, {@code self.LAYERS()}, in whose
 * place its value is written. TorchScript has no names for types: the word {@code Matrix}
 * in a file stands for the type of a packed matrix, {@code Tensor} unless a kernel packs
 * something else. Not thread-safe.
 */
/*
 * A condition of constants alone is a literal then, and libtorch does not even compile
 * what it excludes. With methods it had compiled, inlined and analysed all of it, several
 * times in the first calls of every program.
 */
public final class ProgramSource {

    private static final String FOLDER = "torch/";

    private static final Pattern CONSTANT = Pattern.compile("\\bself\\.([A-Z][A-Z0-9_]*)\\(\\)");

    /** A whole operand of a condition: no part of it is an operand of something else. */
    private static final Pattern COMPARISON = Pattern
        .compile("(?<=(?:if|and|or|not) )(\\d{1,18}) (==|!=|<|>|<=|>=) (\\d{1,18})(?=:| and | or )");

    private final Map<String, String> constants = new LinkedHashMap<>();

    private final StringBuilder methods = new StringBuilder();

    private String matrixType = "Tensor";

    /**
     * Adds a constant.
     * @param name its name, in capitals
     * @param value its value
     * @return this source
     */
    public ProgramSource constant(String name, long value) {
        return constant(name, (value < 0) ? "(" + value + ")" : Long.toString(value));
    }

    /**
     * Adds a constant.
     * @param name its name, in capitals
     * @param value its value
     * @return this source
     */
    public ProgramSource constant(String name, boolean value) {
        return constant(name, literal(value));
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
        return constant(name, (value < 0) ? "(" + value + ")" : Double.toString(value));
    }

    /**
     * Adds a constant.
     * @param name its name, in capitals
     * @param values its values
     * @return this source
     */
    public ProgramSource constant(String name, List<Integer> values) {
        return constant(name, values.isEmpty() ? "annotate(List[int], [])" : values.toString());
    }

    private ProgramSource constant(String name, String value) {
        if (this.constants.put(name, value) != null) {
            throw new IllegalArgumentException("constant " + name + " has a value already");
        }
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

    private static String literal(boolean value) {
        return value ? "True" : "False";
    }

    private static boolean holds(MatchResult comparison) {
        int order = Long.compare(Long.parseLong(comparison.group(1)), Long.parseLong(comparison.group(3)));
        return switch (comparison.group(2)) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case ">" -> order > 0;
            case "<=" -> order <= 0;
            default -> order >= 0;
        };
    }

    /** Returns the source of all methods, for {@link ScriptModule#load}. */
    @Override
    public String toString() {
        String source = CONSTANT.matcher(this.methods.toString().replaceAll("\\bMatrix\\b", this.matrixType))
            .replaceAll((use) -> this.constants.getOrDefault(use.group(1), use.group()));
        return COMPARISON.matcher(source).replaceAll((found) -> literal(holds(found)));
    }

}
