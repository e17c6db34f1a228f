package dev.cerberus.benchmarks.device;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A tokenizer that cuts a text into its bytes, so that a model with random weights can
 * serve requests. Tokens beyond the bytes stand for two bytes; no text yields them, but
 * every token that the model chooses can be written.
 */
final class ByteVocabulary {

    /** The token that ends an answer. */
    static final int END = 0;

    private static final String END_TEXT = "<|end|>";

    private static final int BYTES = 256;

    private ByteVocabulary() {
    }

    /**
     * Returns the text of {@code tokenizer.json}.
     * @param size number of tokens, 257 to 65793
     */
    static String json(int size) {
        if (size <= BYTES || size > 1 + BYTES + BYTES * BYTES) {
            throw new IllegalArgumentException("a vocabulary of bytes and pairs has 257..65793 tokens, was " + size);
        }
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", "1.0");
        ArrayNode added = root.putArray("added_tokens");
        added.addObject()
            .put("id", END)
            .put("content", END_TEXT)
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", true);
        byteLevel(root.putObject("pre_tokenizer"));
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE").put("byte_fallback", false);
        ObjectNode vocabulary = model.putObject("vocab");
        vocabulary.put(END_TEXT, END);
        String[] letters = letters();
        for (int id = 1; id < size; id++) {
            int index = id - 1;
            vocabulary.put((index < BYTES) ? letters[index]
                    : letters[(index - BYTES) / BYTES] + letters[(index - BYTES) % BYTES], id);
        }
        model.putArray("merges");
        return root.toString();
    }

    private static void byteLevel(ObjectNode component) {
        component.put("type", "ByteLevel")
            .put("add_prefix_space", false)
            .put("trim_offsets", false)
            .put("use_regex", false);
    }

    /** Returns the printable character that stands for each byte in such files. */
    private static String[] letters() {
        String[] letters = new String[BYTES];
        int next = BYTES;
        for (int value = 0; value < BYTES; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC)
                    || (value >= 0xAE && value <= 0xFF);
            letters[value] = Character.toString(printable ? value : next++);
        }
        return letters;
    }

}
