package dev.cerberus.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;

import dev.cerberus.model.NativeSettings;

/**
 * A Hugging Face tokenizer read from a local {@code tokenizer.json}.
 *
 * <p>
 * Texts are never truncated or padded and nothing is fetched from a network. Thread-safe;
 * whoever loads it closes it, and closing waits for calls in progress.
 */
public final class TextTokenizer implements AutoCloseable {

    /**
     * The longest text that is tokenized. Native code gives up on longer runs of blanks,
     * and does that by ending the process.
     */
    public static final int MAX_CHARACTERS = 4_000_000;

    private static final int SPARE_IDS = 1024;

    private static final Map<String, String> OPTIONS = Map.of("addSpecialTokens", "false", "truncation",
            "do_not_truncate", "padding", "do_not_pad");

    // Letters, digits, blanks of several kinds and a character beyond the first plane.
    private static final String TRIAL_TEXT = "Hello, world!\n\n  42\t\u00e9\u4e16\u754c \uD83D\uDE00 ";

    static {
        NativeSettings.apply();
    }

    private final HuggingFaceTokenizer tokenizer;

    private final TokenizerFile file;

    private final BitSet knownIds = new BitSet();

    private final int vocabularySize;

    private final int longestToken;

    private final TokenBytes bytes;

    private final Map<Integer, String> specialTokens;

    // The native handle must not be freed under a running call: that would end the JVM.
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private final TextEnds ends;

    private boolean closed;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, TokenizerFile file, TokenizerSettings settings) {
        this.tokenizer = tokenizer;
        this.file = file;
        this.ends = new TextEnds(settings, file);
        file.ids().values().forEach(this.knownIds::set);
        this.vocabularySize = this.knownIds.length();
        this.longestToken = file.longestToken();
        this.bytes = new TokenBytes(file);
        this.specialTokens = file.addedTokens()
            .stream()
            .filter(TokenizerFile.AddedToken::special)
            .collect(Collectors.toUnmodifiableMap(TokenizerFile.AddedToken::id, TokenizerFile.AddedToken::content,
                    (first, second) -> first));
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
        return load(file.toString(), read(file));
    }

    /**
     * Loads the tokenizer of a model, heeding its settings.
     * @param tokenizerJson the file {@code tokenizer.json}
     * @param settings what {@code tokenizer_config.json} says
     * @return the tokenizer, to be closed by the caller
     * @throws TokenizerException if the file is missing, empty, damaged or not a
     * tokenizer
     */
    public static TextTokenizer load(Path tokenizerJson, TokenizerSettings settings) {
        return load(tokenizerJson.toString(), read(tokenizerJson), settings);
    }

    /**
     * Loads a tokenizer from the content of a {@code tokenizer.json}.
     * @param name what messages call it
     * @param json the content, UTF-8; kept and not copied
     * @return the tokenizer, to be closed by the caller
     * @throws TokenizerException if it is damaged or not a tokenizer
     */
    public static TextTokenizer load(String name, byte[] json) {
        return load(name, json, TokenizerSettings.NONE);
    }

    /**
     * Loads a tokenizer from the content of a {@code tokenizer.json}, heeding settings.
     * @param name what messages call it
     * @param json the content, UTF-8; kept and not copied
     * @param settings what stands beside it
     * @return the tokenizer, to be closed by the caller
     * @throws TokenizerException if it is damaged or not a tokenizer
     */
    public static TextTokenizer load(String name, byte[] json, TokenizerSettings settings) {
        TokenizerFile file = TokenizerFile.parse(name, json).with(settings.addedTokens());
        return load(file, file.content(), settings);
    }

    private static TextTokenizer load(TokenizerFile file, byte[] json, TokenizerSettings settings) {
        TextTokenizer loaded = new TextTokenizer(create(file.name(), json), file, settings);
        try {
            loaded.tryOut();
            return loaded;
        }
        catch (TokenizerException ex) {
            loaded.close();
            throw ex;
        }
    }

    /**
     * Returns this tokenizer with other texts for some tokens, their ids unchanged.
     * @param names new texts by the old ones
     * @return a tokenizer, to be closed by the caller
     */
    TextTokenizer renamed(Map<String, String> names) {
        byte[] json = this.file.renamed(names);
        return load(this.file, json, this.ends.settings());
    }

    /**
     * Turns text into ids.
     * @param text the text, of any length; half a surrogate pair is read as U+FFFD
     * @param addSpecialTokens whether the tokens of the tokenizer's own post-processor
     * (such as BOS) are added; false for text rendered by a chat template, which writes
     * them itself
     * @return the ids, owned by the caller
     * @throws IllegalArgumentException if the text is longer than {@link #MAX_CHARACTERS}
     * @throws TokenizerException if the tokenizer fails on the text
     * @throws IllegalStateException if the tokenizer is closed
     */
    public int[] encode(String text, boolean addSpecialTokens) {
        if (text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException("a text of " + text.length() + " characters is longer than the "
                    + MAX_CHARACTERS + " that are tokenized; shorten it");
        }
        String valid = withoutLoneSurrogates(text);
        return whileOpen(() -> {
            reserve(valid.length());
            boolean process = addSpecialTokens && !this.ends.replacePostProcessor();
            long encoding = TokenizersLibrary.LIB.encode(this.tokenizer.getHandle(), valid, process);
            try {
                long[] encoded = TokenizersLibrary.LIB.getTokenIds(encoding);
                int[] ids = Arrays.stream(encoded).mapToInt(Math::toIntExact).toArray();
                return addSpecialTokens ? this.ends.apply(ids, valid) : ids;
            }
            finally {
                TokenizersLibrary.LIB.deleteEncoding(encoding);
            }
        });
    }

    /*
     * Native code that finds no room for its result ends the process. So the room is
     * asked for here first, where a shortage is an OutOfMemoryError of the caller.
     */
    private static void reserve(int characters) {
        long[] room = new long[characters + SPARE_IDS];
        try {
            room[0] = characters;
        }
        finally {
            Reference.reachabilityFence(room);
        }
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
        return whileOpen(() -> {
            reserve(range.length);
            return TokenizersLibrary.LIB.decode(this.tokenizer.getHandle(), range, true);
        });
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
        Integer id = this.file.ids().get(token);
        return (id != null) ? OptionalInt.of(id) : OptionalInt.empty();
    }

    /**
     * Returns the length of the longest token, which tells how long a text of so many
     * tokens may be.
     * @return characters, at least 1
     */
    public int longestToken() {
        return this.longestToken;
    }

    /**
     * Returns the text of a token that decoding leaves out.
     * @param id the token
     * @return its text as the file spells it, empty if it is no special token
     */
    public Optional<String> specialToken(int id) {
        return Optional.ofNullable(this.specialTokens.get(id));
    }

    /**
     * Returns the special token that a text begins with.
     * @param text the text
     * @return the id of the longest such token
     */
    public OptionalInt specialTokenAtStart(String text) {
        return this.specialTokens.entrySet()
            .stream()
            .filter((token) -> text.startsWith(token.getValue()))
            .max(Comparator.comparingInt((token) -> token.getValue().length()))
            .map((token) -> OptionalInt.of(token.getKey()))
            .orElse(OptionalInt.empty());
    }

    /**
     * Returns the bytes that each token adds to a text.
     * @return bytes by id, none for tokens that decoding leaves out; empty for a
     * tokenizer whose tokens are not pieces of the text, one after the other
     */
    public Optional<byte[][]> pieces() {
        return this.file.decoding().joined() ? Optional.of(this.bytes.all()) : Optional.empty();
    }

    /**
     * Returns whether a text that begins with a blank loses it when decoded.
     * @return whether the first blank is not shown
     */
    public boolean dropsFirstBlank() {
        return this.file.decoding().blankFirst();
    }

    /** Returns the bytes that tokens stand for. */
    TokenBytes bytes() {
        return this.bytes;
    }

    /** Returns the checked file. */
    TokenizerFile file() {
        return this.file;
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
        catch (IllegalArgumentException | IllegalStateException ex) {
            throw ex;
        }
        catch (RuntimeException ex) {
            throw new TokenizerException("tokenizer file " + this.file.name() + " fails on a text (" + ex.getMessage()
                    + "); copy it again from the model's source", ex);
        }
        finally {
            reading.unlock();
        }
    }

    private static byte[] read(Path file) {
        byte[] content;
        try {
            content = SmallFile.read(file, TokenizerFile.MAX_BYTES);
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

    private static HuggingFaceTokenizer create(String name, byte[] content) {
        try (InputStream json = new ByteArrayInputStream(content)) {
            return HuggingFaceTokenizer.newInstance(json, OPTIONS);
        }
        catch (IOException | RuntimeException ex) {
            throw TokenizerFile.damaged(name, "refused by the tokenizer library: " + ex.getMessage(), ex);
        }
        catch (LinkageError ex) {
            throw new TokenizerException("the native library of ai.djl.huggingface:tokenizers cannot be loaded ("
                    + ex.getMessage() + "); supported are Linux x86-64 and aarch64, macOS aarch64, Windows x86-64", ex);
        }
    }

    /** What fails with any text fails now, with the file's name. */
    private void tryOut() {
        try {
            int[] encoded = encode(TRIAL_TEXT, true);
            for (int id : encoded) {
                if (!this.knownIds.get(id)) {
                    throw new IllegalArgumentException("it yields the id " + id + ", which is not in the vocabulary");
                }
            }
            decode(encoded);
        }
        catch (TokenizerException | IllegalArgumentException ex) {
            throw TokenizerFile.damaged(this.file.name(), "a trial failed: " + ex.getMessage(), ex);
        }
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

}
