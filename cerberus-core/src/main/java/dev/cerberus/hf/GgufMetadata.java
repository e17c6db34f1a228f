package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The keys and values in the header of a GGUF file, with typed access that names the key
 * and its value when something is wrong. Immutable and thread-safe.
 */
final class GgufMetadata {

    private static final int MIN_ENTRY_BYTES = 8 + 4 + 1;

    private static final int SHOWN_CHARACTERS = 60;

    private final Path file;

    private final Map<String, Object> values;

    private GgufMetadata(Path file, Map<String, Object> values) {
        this.file = file;
        this.values = values;
    }

    static GgufMetadata read(Path file, GgufCursor cursor, int count) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = cursor.name("the key of metadata entry " + i);
            Object value = value(cursor, key, ValueType.of(cursor, key), true);
            if (values.put(key, value) != null) {
                throw cursor.damaged("the metadata has the key " + shorten(key) + " twice");
            }
        }
        return new GgufMetadata(file, Collections.unmodifiableMap(values));
    }

    /** The least number of bytes that one entry takes. */
    static int minEntryBytes() {
        return MIN_ENTRY_BYTES;
    }

    private static Object value(GgufCursor cursor, String key, ValueType type, boolean arrays) {
        String what = "the value of " + shorten(key);
        if (type == ValueType.TEXT) {
            return cursor.text(what);
        }
        if (type != ValueType.ARRAY) {
            return type.read(cursor.take(what, type.bytes), 0);
        }
        ValueType element = ValueType.of(cursor, key);
        if (element == ValueType.ARRAY || !arrays) {
            throw cursor.damaged(what + " is an array of arrays, which no known key has");
        }
        if (element != ValueType.TEXT) {
            int count = cursor.count("the length of " + shorten(key), element.bytes);
            return new Numbers(element, count, cursor.take(what, count * element.bytes));
        }
        int count = cursor.count("the length of " + shorten(key), Long.BYTES);
        return cursor.texts(count, (index) -> "element " + index + " of " + shorten(key));
    }

    Path file() {
        return this.file;
    }

    Set<String> keys() {
        return this.values.keySet();
    }

    boolean has(String key) {
        return this.values.containsKey(key);
    }

    Optional<String> text(String key) {
        return value(key, String.class, "a text");
    }

    Optional<Boolean> bool(String key) {
        return value(key, Boolean.class, "true or false");
    }

    /** An integer, of any width, that fits into 32 bits. */
    OptionalInt integer(String key) {
        Optional<Long> value = value(key, Long.class, "an integer");
        return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of(narrow(key, value.get()));
    }

    /** An integer of any width; an unsigned one of 64 bits may appear negative. */
    OptionalLong longInteger(String key) {
        Optional<Long> value = value(key, Long.class, "an integer");
        return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(value.get());
    }

    /**
     * An integer that some models state once and others per layer.
     * @throws ModelFileException if layers differ
     */
    OptionalInt uniformInteger(String key) {
        if (!(this.values.get(key) instanceof Numbers numbers)) {
            return integer(key);
        }
        if (numbers.count() == 0) {
            throw invalid(key, "an integer, or one per layer");
        }
        for (int i = 0; i < numbers.count(); i++) {
            if (!numbers.type().integral || !numbers.get(i).equals(numbers.get(0))) {
                throw new ModelFileException(this.file, "layers with different values of " + key + " are not supported",
                        "use a model whose layers are all alike");
            }
        }
        return OptionalInt.of(narrow(key, (Long) numbers.get(0)));
    }

    OptionalDouble number(String key) {
        Object value = this.values.get(key);
        if (value == null) {
            return OptionalDouble.empty();
        }
        if (!(value instanceof Number number)) {
            throw invalid(key, "a number");
        }
        return OptionalDouble.of(number.doubleValue());
    }

    @SuppressWarnings("unchecked") // lists hold texts only
    List<String> texts(String key) {
        return (List<String>) value(key, List.class, "a list of texts").orElse(List.of());
    }

    /** Integers, of any width; empty if absent. */
    int[] integers(String key) {
        Optional<Numbers> numbers = value(key, Numbers.class, "a list of integers")
            .filter((found) -> found.count() > 0);
        if (numbers.isEmpty()) {
            return new int[0];
        }
        if (!numbers.get().type().integral) {
            throw invalid(key, "a list of integers");
        }
        int[] values = new int[numbers.get().count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = narrow(key, (Long) numbers.get().get(i));
        }
        return values;
    }

    /** Truth values; empty if absent, or if it is a single number instead. */
    boolean[] truths(String key) {
        if (!(this.values.get(key) instanceof Numbers numbers)) {
            return new boolean[0];
        }
        boolean[] truths = new boolean[numbers.count()];
        for (int i = 0; i < truths.length; i++) {
            Object value = numbers.get(i);
            truths[i] = (value instanceof Boolean truth) ? truth : (value instanceof Long number) && number != 0;
        }
        return truths;
    }

    /** Floating-point numbers; empty if absent. */
    float[] floats(String key) {
        Optional<Numbers> numbers = value(key, Numbers.class, "a list of numbers");
        if (numbers.isEmpty()) {
            return new float[0];
        }
        float[] values = new float[numbers.get().count()];
        for (int i = 0; i < values.length; i++) {
            if (!(numbers.get().get(i) instanceof Number number)) {
                throw invalid(key, "a list of numbers");
            }
            values[i] = number.floatValue();
        }
        return values;
    }

    private int narrow(String key, long value) {
        if (value != (int) value) {
            throw invalid(key, "a 32-bit integer");
        }
        return (int) value;
    }

    private <T> Optional<T> value(String key, Class<T> type, String expected) {
        Object value = this.values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw invalid(key, expected);
        }
        return Optional.of(type.cast(value));
    }

    ModelFileException missing(String key) {
        return new ModelFileException(this.file, "its metadata lacks " + key,
                "use a complete GGUF file, as the converter of llama.cpp writes it");
    }

    ModelFileException invalid(String key, String expected) {
        return new ModelFileException(this.file, "its metadata says " + key + " = "
                + shorten(String.valueOf(this.values.get(key))) + ", which must be " + expected,
                "use a GGUF file that is not damaged");
    }

    static String shorten(String text) {
        return (text.length() <= SHOWN_CHARACTERS) ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }

    /** An array of numbers or truth values, read when asked for. */
    private record Numbers(ValueType type, int count, ByteBuffer bytes) {

        Object get(int index) {
            return this.type.read(this.bytes, index * this.type.bytes);
        }

        @Override
        public String toString() {
            return this.count + " values";
        }

    }

    /** What a value may be; the order is that of the numbers in files. */
    private enum ValueType {

        U8(1, true), I8(1, true), U16(2, true), I16(2, true), U32(4, true), I32(4, true), F32(4, false), BOOL(1, false),
        TEXT(0, false), ARRAY(0, false), U64(8, true), I64(8, true), F64(8, false);

        private final int bytes;

        private final boolean integral;

        ValueType(int bytes, boolean integral) {
            this.bytes = bytes;
            this.integral = integral;
        }

        static ValueType of(GgufCursor cursor, String key) {
            long id = cursor.u32("the type of " + shorten(key));
            if (id >= values().length) {
                throw cursor.damaged("the value of " + shorten(key) + " has the unknown type " + id);
            }
            return values()[(int) id];
        }

        Object read(ByteBuffer source, int at) {
            return switch (this) {
                case U8 -> (long) Byte.toUnsignedInt(source.get(at));
                case I8 -> (long) source.get(at);
                case U16 -> (long) Short.toUnsignedInt(source.getShort(at));
                case I16 -> (long) source.getShort(at);
                case U32 -> Integer.toUnsignedLong(source.getInt(at));
                case I32 -> (long) source.getInt(at);
                case U64, I64 -> source.getLong(at);
                case F32 -> (double) source.getFloat(at);
                case F64 -> source.getDouble(at);
                case BOOL -> source.get(at) != 0;
                case TEXT, ARRAY -> throw new IllegalStateException(this + " has no fixed size");
            };
        }

    }

}
