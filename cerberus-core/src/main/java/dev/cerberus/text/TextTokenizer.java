package dev.cerberus.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face tokenizer read from a local {@code tokenizer.json}.
 *
 * <p>
 * Texts are never truncated or padded and nothing is fetched from a network. Thread-safe;
 * whoever loads it closes it, and closing waits for calls in progress.
 */
public final class TextTokenizer implements AutoCloseable {

    private static final Map<String, String> OPTIONS = Map.of("addSpecialTokens", "false", "truncation",
            "do_not_truncate", "padding", "do_not_pad");

    static {
        // Tokenizing runs on the CPU: without this, DJL looks for a CUDA build of its
        // tokenizer library on
        // hosts with a GPU and downloads it.
        setUnlessGiven("RUST_FLAVOR", "cpu");
        // DJL would ask an EC2 address whether it runs in that cloud.
        setUnlessGiven("OPT_OUT_TRACKING", "true");
    }

    private final HuggingFaceTokenizer tokenizer;

    private final Map<String, Integer> ids;

    private final int vocabularySize;

    // The native handle must not be freed under a running call: that would end the JVM.
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private boolean closed;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, Map<String, Integer> ids) {
        this.tokenizer = tokenizer;
        this.ids = ids;
        this.vocabularySize = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }

    /**
     * Loads a tokenizer.
     * @param tokenizerJson the file {@code tokenizer.json}, or the directory it lies in
     * @return the tokenizer, to be closed by the caller
     * @throws TokenizerException if the file is missing, empty, damaged or not a
     * tokenizer
     */
    public static TextTokenizer load(Path tokenizerJson) {
        Path file = Files.isDirectory(tokenizerJson) ? tokenizerJson.resolve("tokenizer.json") : tokenizerJson;
        return of(file, read(file));
    }

    /**
     * Creates a tokenizer from the content of a {@code tokenizer.json}.
     * @param file what messages name as the source
     * @param content the JSON text in UTF-8
     * @return the tokenizer, to be closed by the caller
     * @throws TokenizerException if the content is not a tokenizer
     */
    public static TextTokenizer of(Path file, byte[] content) {
        // Reading the vocabulary also finds damage before native code sees it, and where
        // it is.
        Map<String, Integer> ids = vocabulary(file, content);
        return new TextTokenizer(create(file, content), ids);
    }

    /**
     * Turns text into ids.
     * @param text the text, of any length; half a surrogate pair is read as U+FFFD
     * @param addSpecialTokens whether the tokens of the tokenizer's own post-processor
     * (such as BOS) are added; false for text rendered by a chat template, which writes
     * them itself
     * @return the ids, owned by the caller
     * @throws IllegalStateException if the tokenizer is closed
     */
    public int[] encode(String text, boolean addSpecialTokens) {
        String valid = withoutLoneSurrogates(text);
        return whileOpen(() -> {
            long[] encoded = this.tokenizer.encode(valid, addSpecialTokens, false).getIds();
            return Arrays.stream(encoded).mapToInt(Math::toIntExact).toArray();
        });
    }

    /**
     * Turns ids into text, leaving out special tokens.
     * @param ids the ids, each at least 0; ids without a token have no text
     * @return the text, with U+FFFD in place of incomplete characters
     * @throws IllegalStateException if the tokenizer is closed
     */
    public String decode(int[] ids) {
        return decode(ids, 0, ids.length);
    }

    /**
     * Turns a range of ids into text, leaving out special tokens.
     * @param ids the ids, each at least 0; ids without a token have no text
     * @param from first index, inclusive
     * @param to last index, exclusive
     * @return the text, with U+FFFD in place of incomplete characters
     * @throws IllegalStateException if the tokenizer is closed
     */
    public String decode(int[] ids, int from, int to) {
        if (from < 0 || from > to || to > ids.length) {
            throw new IndexOutOfBoundsException("range [" + from + ", " + to + ") of " + ids.length + " ids");
        }
        if (from == to) {
            return "";
        }
        long[] range = new long[to - from];
        for (int i = from; i < to; i++) {
            if (ids[i] < 0) {
                throw new IllegalArgumentException("id must be at least 0, was " + ids[i] + " at index " + i);
            }
            range[i - from] = ids[i];
        }
        return whileOpen(() -> this.tokenizer.decode(range, true));
    }

    /**
     * Returns the size of the vocabulary including added tokens: one more than the
     * highest id.
     *
     * <p>
     * The model's logits may be wider, since models round up.
     * @return the number of ids, positive
     */
    public int vocabularySize() {
        return this.vocabularySize;
    }

    /**
     * Returns the id of a token by its exact name in the vocabulary, such as
     * {@code <|im_end|>}.
     * @param token the token as the file spells it
     * @return the id, empty if there is no such token
     */
    public OptionalInt tokenId(String token) {
        Integer id = this.ids.get(token);
        return (id != null) ? OptionalInt.of(id) : OptionalInt.empty();
    }

    @Override
    public void close() {
        this.lock.writeLock().lock();
        try {
            if (!this.closed) {
                this.closed = true;
                this.tokenizer.close();
            }
        }
        finally {
            this.lock.writeLock().unlock();
        }
    }

    private <T> T whileOpen(Supplier<T> call) {
        Lock reading = this.lock.readLock();
        reading.lock();
        try {
            if (this.closed) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            return call.get();
        }
        finally {
            reading.unlock();
        }
    }

    private static byte[] read(Path file) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        }
        catch (NoSuchFileException ex) {
            throw new TokenizerException("tokenizer file " + file
                    + " does not exist; a model directory needs the tokenizer.json of its Hugging Face repository", ex);
        }
        catch (IOException ex) {
            throw new TokenizerException("tokenizer file " + file + " cannot be read (" + ex.getMessage()
                    + "); check that it is a readable file", ex);
        }
        if (content.length == 0) {
            throw new TokenizerException("tokenizer file " + file + " is empty; copy it again from the model's source");
        }
        return content;
    }

    private static HuggingFaceTokenizer create(Path file, byte[] content) {
        try (InputStream json = new ByteArrayInputStream(content)) {
            return HuggingFaceTokenizer.newInstance(json, OPTIONS);
        }
        catch (IOException | RuntimeException ex) {
            throw damaged(file, "refused by the tokenizer library: " + ex.getMessage(), ex);
        }
        catch (LinkageError ex) {
            throw new TokenizerException("the native library of ai.djl.huggingface:tokenizers cannot be loaded ("
                    + ex.getMessage() + "); supported are Linux x86-64 and aarch64, macOS aarch64, Windows x86-64", ex);
        }
    }

    private static TokenizerException damaged(Path file, String what, @Nullable Throwable cause) {
        String message = "tokenizer file " + file + " is damaged or not a tokenizer.json (" + what
                + "); copy it again from the model's source";
        return (cause != null) ? new TokenizerException(message, cause) : new TokenizerException(message);
    }

    private static Map<String, Integer> vocabulary(Path file, byte[] content) {
        Map<String, Integer> ids = new HashMap<>();
        boolean model = false;
        try (JsonParser json = JsonText.MAPPER.createParser(content)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw damaged(file, "it is not a JSON object", null);
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                if (field.equals("model") && value == JsonToken.START_OBJECT) {
                    readModel(json, ids);
                    model = true;
                }
                else if (field.equals("added_tokens") && value == JsonToken.START_ARRAY) {
                    readAddedTokens(json, ids);
                }
                else {
                    json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw damaged(file, "there is text after the JSON object", null);
            }
        }
        catch (JsonProcessingException ex) {
            throw damaged(file, ex.getOriginalMessage() + " in line " + ex.getLocation().getLineNr(), ex);
        }
        catch (IOException ex) {
            throw damaged(file, String.valueOf(ex.getMessage()), ex);
        }
        if (!model || ids.isEmpty()) {
            throw damaged(file, "it has no model with a vocabulary", null);
        }
        return ids;
    }

    private static void readModel(JsonParser json, Map<String, Integer> ids) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (field.equals("vocab") && value == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String token = json.currentName();
                    json.nextToken();
                    putId(ids, token, json.getIntValue());
                }
            }
            else if (field.equals("vocab") && value == JsonToken.START_ARRAY) {
                // Unigram models list [token, score], the id is the position.
                int id = 0;
                while (json.nextToken() == JsonToken.START_ARRAY) {
                    json.nextToken();
                    putId(ids, json.getText(), id++);
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        json.skipChildren();
                    }
                }
            }
            else {
                json.skipChildren();
            }
        }
    }

    private static void readAddedTokens(JsonParser json, Map<String, Integer> ids) throws IOException {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            int id = -1;
            String content = null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                if (field.equals("id")) {
                    id = json.getIntValue();
                }
                else if (field.equals("content")) {
                    content = json.getText();
                }
                else {
                    json.skipChildren();
                }
            }
            if (content == null) {
                throw new IOException("an added token has no content");
            }
            putId(ids, content, id);
        }
    }

    private static void putId(Map<String, Integer> ids, String token, int id) throws IOException {
        if (id < 0) {
            throw new IOException("token '" + token + "' has no valid id");
        }
        ids.put(token, id);
    }

    private static String withoutLoneSurrogates(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (repaired == null) {
                repaired = new StringBuilder(text);
            }
            repaired.setCharAt(i, '\uFFFD');
        }
        return (repaired != null) ? repaired.toString() : text;
    }

    private static void setUnlessGiven(String name, String value) {
        if (System.getenv(name) == null && System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

}
