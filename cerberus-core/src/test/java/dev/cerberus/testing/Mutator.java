package dev.cerberus.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A source of files that are almost right. The same seed gives the same mutants. Not
 * thread-safe.
 */
public final class Mutator {

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final String PLACE = "\"PLACE OF A HOSTILE VALUE\"";

    private static final List<String> HOSTILE = List.of("null", "true", "false", "-1", "0", "1", "2", "1e999", "-1e999",
            "1e-400", "0.5", "2147483647", "2147483648", "4294967296", "9223372036854775807",
            "123456789012345678901234567890", "\"\"", "\" \"", "\"NaN\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "{}",
            "[[]]", "[null]", "{\"type\":\"Sequence\"}", "{\"type\":\"Nope\"}", "\"(a+)+$\"", "\"[\"", "\"AAAA\"",
            "[1,2,3]");

    private final RandomGenerator random;

    /**
     * Creates a source.
     * @param seed its seed
     */
    public Mutator(long seed) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /**
     * Returns a number below a bound.
     * @param bound the bound
     * @return 0 to bound - 1
     */
    public int next(int bound) {
        return this.random.nextInt(bound);
    }

    /**
     * Returns a mutant of a JSON file.
     * @param json the file
     * @return the mutant, JSON or not
     */
    public byte[] json(byte[] json) {
        if (next(5) == 0) {
            return bytes(json, json.length);
        }
        try {
            JsonNode tree = MAPPER.readTree(json);
            List<ContainerNode<?>> containers = new ArrayList<>();
            collect(tree, containers);
            String text = null;
            for (int change = 1 + next(2); change > 0; change--) {
                text = changed(tree, containers.get(next(containers.size())));
            }
            return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
        }
        catch (JsonProcessingException ex) {
            throw new IllegalArgumentException("only JSON can be mutated as JSON", ex);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    // Containers with many entries, such as vocabularies, count as one.
    private static void collect(JsonNode node, List<ContainerNode<?>> containers) {
        if (node instanceof ContainerNode<?> container && !container.isEmpty()) {
            containers.add(container);
            if (container.size() < 80) {
                container.forEach((child) -> collect(child, containers));
            }
        }
    }

    private String changed(JsonNode tree, ContainerNode<?> at) throws JsonProcessingException {
        String hostile = hostile();
        JsonNode place = MAPPER.readTree(PLACE);
        if (at.isEmpty()) {
            return tree.toString();
        }
        if (at instanceof ArrayNode array) {
            int index = next(array.size());
            switch (next(4)) {
                case 0 -> array.remove(index);
                case 1 -> array.insert(index, array.get(index).deepCopy());
                case 2 -> array.insert(index, place);
                default -> array.set(index, place);
            }
        }
        else if (at instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(next(names.size()));
            JsonNode value = object.get(name);
            switch (next(6)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name + "x", object.remove(name));
                case 2 -> object.set(name, object.get(names.get(next(names.size()))).deepCopy());
                case 3 -> object.set(name,
                        (value.isTextual()) ? MAPPER.getNodeFactory().textNode(text(value.asText())) : place);
                default -> object.set(name, place);
            }
        }
        return tree.toString().replace(PLACE, hostile);
    }

    private String text(String text) {
        return switch (next(5)) {
            case 0 -> text + text;
            case 1 -> text.substring(0, text.length() / 2);
            case 2 -> text.toUpperCase(Locale.ROOT);
            case 3 -> "x".repeat(5000);
            default -> text + "\u0000\uFFFF";
        };
    }

    private String hostile() {
        return switch (next(12)) {
            case 0 -> "[".repeat(2000) + "]".repeat(2000);
            case 1 -> "{\"a\":".repeat(100) + "1" + "}".repeat(100);
            case 2 -> "\"" + "(".repeat(2000) + ")".repeat(2000) + "\"";
            default -> HOSTILE.get(next(HOSTILE.size()));
        };
    }

    /**
     * Returns a mutant of a file.
     * @param file the file
     * @param within how many of its first bytes to change
     * @return the mutant
     */
    public byte[] bytes(byte[] file, int within) {
        byte[] mutant = file.clone();
        int end = Math.max(1, Math.min(within, file.length));
        int at = next(end);
        switch (next(5)) {
            case 0 -> mutant[at] ^= (byte) (1 << next(8));
            case 1 -> mutant[at] = (byte) next(256);
            case 2 -> mutant = Arrays.copyOf(file, at);
            case 3 -> Arrays.fill(mutant, at, Math.min(mutant.length, at + 1 + next(16)), (byte) next(256));
            default -> {
                int length = Math.min(1 + next(32), file.length - at);
                mutant = new byte[file.length + length];
                System.arraycopy(file, 0, mutant, 0, at + length);
                System.arraycopy(file, at, mutant, at + length, file.length - at);
            }
        }
        return mutant;
    }

    /**
     * Returns a mutant of a safetensors file: of its header, or of the bytes around it.
     * @param file the file
     * @return the mutant
     */
    public byte[] safetensors(byte[] file) {
        int header = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (next(3) == 0) {
            return bytes(file, 8 + header);
        }
        byte[] changed = json(Arrays.copyOfRange(file, 8, 8 + header));
        ByteBuffer mutant = ByteBuffer.allocate(8 + changed.length + file.length - 8 - header)
            .order(ByteOrder.LITTLE_ENDIAN);
        mutant.putLong(changed.length).put(changed).put(file, 8 + header, file.length - 8 - header);
        return mutant.array();
    }

}
