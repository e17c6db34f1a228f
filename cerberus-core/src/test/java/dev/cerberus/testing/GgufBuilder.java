package dev.cerberus.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes small GGUF files: metadata in the order it was put, tensors one after another.
 */
public final class GgufBuilder {

    private static final int ALIGNMENT = 32;

    private final Map<String, Object> metadata = new LinkedHashMap<>();

    private final List<Tensor> tensors = new ArrayList<>();

    private int version = 3;

    /** An empty file. */
    public GgufBuilder() {
    }

    /**
     * A complete model of random weights: 2 layers of width 8, 4 heads of 2, 2 key-value
     * heads, 16 tokens a to p of a byte-level tokenizer of GPT-2's words.
     * @param architecture such as {@code llama}
     * @return the file, to be changed by the caller
     */
    public static GgufBuilder model(String architecture) {
        GgufBuilder file = new GgufBuilder().put("general.architecture", architecture)
            .put(architecture + ".block_count", 2)
            .put(architecture + ".context_length", 32)
            .put(architecture + ".embedding_length", 8)
            .put(architecture + ".feed_forward_length", 12)
            .put(architecture + ".attention.head_count", 4)
            .put(architecture + ".attention.head_count_kv", 2)
            .put(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
            .put(architecture + ".rope.freq_base", 10000f)
            .put("tokenizer.ggml.model", "gpt2")
            .put("tokenizer.ggml.pre", "gpt-2")
            .put("tokenizer.ggml.tokens",
                    List.of("<s>", "</s>", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "ab", "abc", "abcd"))
            .put("tokenizer.ggml.token_type", new int[] { 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })
            .put("tokenizer.ggml.merges", List.of("a b", "ab c", "abc d"))
            .put("tokenizer.ggml.bos_token_id", 0)
            .put("tokenizer.ggml.eos_token_id", 1)
            .put("tokenizer.chat_template", "{{ bos_token }}{{ messages[0]['content'] }}");
        file.floats("token_embd.weight", 8, 16);
        for (int layer = 0; layer < 2; layer++) {
            String prefix = "blk." + layer + ".";
            file.floats(prefix + "attn_norm.weight", 8);
            file.floats(prefix + "attn_q.weight", 8, 8);
            file.floats(prefix + "attn_k.weight", 8, 4);
            file.floats(prefix + "attn_v.weight", 8, 4);
            file.floats(prefix + "attn_output.weight", 8, 8);
            file.floats(prefix + "ffn_norm.weight", 8);
            file.floats(prefix + "ffn_gate.weight", 8, 12);
            file.floats(prefix + "ffn_up.weight", 8, 12);
            file.floats(prefix + "ffn_down.weight", 12, 8);
        }
        return file.floats("output_norm.weight", 8);
    }

    /** Writes another version into the header. */
    public GgufBuilder version(int newVersion) {
        this.version = newVersion;
        return this;
    }

    /**
     * Puts an entry: an Integer (written unsigned), Long, Float, Boolean, String, list of
     * strings, int[], float[] or boolean[].
     */
    public GgufBuilder put(String key, Object value) {
        this.metadata.put(key, value);
        return this;
    }

    /** Takes an entry out. */
    public GgufBuilder remove(String key) {
        this.metadata.remove(key);
        return this;
    }

    /** Takes a tensor out. */
    public GgufBuilder removeTensor(String name) {
        this.tensors.removeIf((tensor) -> tensor.name().equals(name));
        return this;
    }

    /**
     * Adds a tensor of 32-bit floats, seeded by its name.
     * @param dimensions innermost first
     */
    public GgufBuilder floats(String name, long... dimensions) {
        int elements = 1;
        for (long dimension : dimensions) {
            elements *= (int) dimension;
        }
        ByteBuffer data = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < elements; i++) {
            data.putFloat((float) random.nextGaussian());
        }
        return tensor(name, 0, data.array(), dimensions);
    }

    /**
     * Adds a tensor.
     * @param type the number of its type
     * @param dimensions innermost first
     */
    public GgufBuilder tensor(String name, int type, byte[] data, long... dimensions) {
        this.tensors.add(new Tensor(name, type, data, dimensions));
        return this;
    }

    /** Writes the file. */
    public Path write(Path file) {
        try {
            return Files.write(file, bytes());
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The bytes of the file. */
    public byte[] bytes() {
        Bytes out = new Bytes();
        out.i32(0x46554747);
        out.i32(this.version);
        out.i64(this.tensors.size());
        out.i64(this.metadata.size());
        this.metadata.forEach((key, value) -> {
            out.text(key);
            out.value(value);
        });
        long offset = 0;
        for (Tensor tensor : this.tensors) {
            out.text(tensor.name());
            out.i32(tensor.dimensions().length);
            for (long dimension : tensor.dimensions()) {
                out.i64(dimension);
            }
            out.i32(tensor.type());
            out.i64(offset);
            offset = (offset + tensor.data().length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        for (Tensor tensor : this.tensors) {
            out.align();
            out.writeBytes(tensor.data());
        }
        return out.toByteArray();
    }

    private record Tensor(String name, int type, byte[] data, long[] dimensions) {
    }

    private static final class Bytes extends ByteArrayOutputStream {

        void i32(int value) {
            writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        }

        void i64(long value) {
            writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            i64(utf8.length);
            writeBytes(utf8);
        }

        void align() {
            while (size() % ALIGNMENT != 0) {
                write(0);
            }
        }

        void value(Object value) {
            if (value instanceof Integer number) {
                i32(4);
                i32(number);
            }
            else if (value instanceof Long number) {
                i32(11);
                i64(number);
            }
            else if (value instanceof Float number) {
                i32(6);
                i32(Float.floatToIntBits(number));
            }
            else if (value instanceof Boolean truth) {
                i32(7);
                write(truth ? 1 : 0);
            }
            else if (value instanceof String text) {
                i32(8);
                text(text);
            }
            else {
                i32(9);
                array(value);
            }
        }

        private void array(Object value) {
            if (value instanceof int[] numbers) {
                i32(5);
                i64(numbers.length);
                for (int number : numbers) {
                    i32(number);
                }
            }
            else if (value instanceof float[] numbers) {
                i32(6);
                i64(numbers.length);
                for (float number : numbers) {
                    i32(Float.floatToIntBits(number));
                }
            }
            else if (value instanceof boolean[] truths) {
                i32(7);
                i64(truths.length);
                for (boolean truth : truths) {
                    write(truth ? 1 : 0);
                }
            }
            else if (value instanceof List<?> texts) {
                i32(8);
                i64(texts.size());
                texts.forEach((text) -> text((String) text));
            }
            else {
                throw new IllegalArgumentException("no metadata: " + value.getClass());
            }
        }

    }

}
