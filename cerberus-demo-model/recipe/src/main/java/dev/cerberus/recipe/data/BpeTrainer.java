package dev.cerberus.recipe.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Trainer of a byte-level BPE vocabulary. Counts words as texts are added, then merges.
 * Not thread-safe.
 */
public final class BpeTrainer {

    /** Splits text into words as Qwen2.5 does, digits one by one. */
    public static final String PATTERN = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /*
     * The usual algorithm, on word counts: take the most frequent pair of neighbours,
     * make it a token, replace it in the words that contain it, and adjust the counts of
     * the pairs around. Only those words are visited, found through an index from pair to
     * words. Ties are broken by the order of token ids, so equal texts give equal
     * vocabularies.
     */

    private static final Pattern WORD = Pattern.compile(PATTERN);

    private static final int BYTES = 256;

    private final List<String> reserved;

    // sorted, so that the result does not depend on the order of texts
    private final Map<String, Long> words = new TreeMap<>();

    /**
     * Creates a trainer.
     * @param reserved tokens with the first ids, never produced by a merge
     */
    public BpeTrainer(List<String> reserved) {
        this.reserved = List.copyOf(reserved);
    }

    /**
     * A vocabulary and the merges that produce it.
     *
     * @param vocabulary tokens in the alphabet of byte-level BPE, in order of id
     * @param merges pairs of tokens, first merge first
     */
    public record Vocabulary(List<String> vocabulary, List<List<String>> merges) {

        public Vocabulary {
            vocabulary = List.copyOf(vocabulary);
            merges = List.copyOf(merges);
        }
    }

    /**
     * Counts the words of a text.
     * @param ignored words that are not counted; compared without the space in front
     */
    public void add(String text, Set<String> ignored) {
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            String word = matcher.group();
            if (!ignored.contains(word.strip())) {
                this.words.merge(word, 1L, Long::sum);
            }
        }
    }

    /**
     * Merges until the vocabulary has the given size.
     * @param size number of tokens, reserved ones and the 256 bytes included
     * @throws IllegalArgumentException if the size is too small or the texts do not have
     * that many pairs
     */
    public Vocabulary train(int size) {
        if (size < this.reserved.size() + BYTES) {
            throw new IllegalArgumentException(
                    "size must be at least " + (this.reserved.size() + BYTES) + ", was " + size);
        }
        List<String> vocabulary = new ArrayList<>(this.reserved);
        char[] alphabet = alphabet();
        int first = vocabulary.size();
        for (char symbol : alphabet) {
            vocabulary.add(String.valueOf(symbol));
        }
        Merger merger = new Merger(first, this.words);
        List<List<String>> merges = new ArrayList<>();
        while (vocabulary.size() < size) {
            long pair = merger.best();
            String left = vocabulary.get((int) (pair >>> 32));
            String right = vocabulary.get((int) pair);
            merges.add(List.of(left, right));
            vocabulary.add(left + right);
            merger.merge(pair, vocabulary.size() - 1);
        }
        return new Vocabulary(vocabulary, merges);
    }

    /** Returns the printable character that stands for each byte value. */
    static char[] alphabet() {
        char[] alphabet = new char[BYTES];
        char next = BYTES;
        for (int value = 0; value < BYTES; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
            if (printable) {
                alphabet[value] = (char) value;
            }
            else {
                alphabet[value] = next++;
            }
        }
        return alphabet;
    }

    /** Words as token sequences, with pair counts kept up to date. */
    private static final class Merger {

        private final List<int[]> sequences = new ArrayList<>();

        private final List<Long> counts = new ArrayList<>();

        private final Map<Long, Long> pairs = new LinkedHashMap<>();

        private final Map<Long, Set<Integer>> places = new HashMap<>();

        Merger(int firstByte, Map<String, Long> words) {
            words.forEach((word, count) -> {
                byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
                int[] sequence = new int[bytes.length];
                for (int i = 0; i < bytes.length; i++) {
                    sequence[i] = firstByte + (bytes[i] & 0xff);
                }
                this.sequences.add(sequence);
                this.counts.add(count);
                count(this.sequences.size() - 1, 1);
            });
        }

        long best() {
            long best = 0;
            long bestCount = 0;
            for (Map.Entry<Long, Long> entry : this.pairs.entrySet()) {
                long count = entry.getValue();
                if (count > bestCount || (count == bestCount && entry.getKey() < best)) {
                    best = entry.getKey();
                    bestCount = count;
                }
            }
            if (bestCount == 0) {
                throw new IllegalArgumentException(
                        "The texts have too few different words for a vocabulary of that size; add more text");
            }
            return best;
        }

        void merge(long pair, int token) {
            int left = (int) (pair >>> 32);
            int right = (int) pair;
            for (int word : new ArrayList<>(this.places.getOrDefault(pair, Set.of()))) {
                count(word, -1);
                int[] old = this.sequences.get(word);
                int[] merged = new int[old.length];
                int length = 0;
                for (int i = 0; i < old.length; i++) {
                    if (i + 1 < old.length && old[i] == left && old[i + 1] == right) {
                        merged[length++] = token;
                        i++;
                    }
                    else {
                        merged[length++] = old[i];
                    }
                }
                this.sequences.set(word, Arrays.copyOf(merged, length));
                count(word, 1);
            }
            this.pairs.remove(pair);
            this.places.remove(pair);
        }

        private void count(int word, int sign) {
            int[] sequence = this.sequences.get(word);
            long change = sign * this.counts.get(word);
            for (int i = 0; i + 1 < sequence.length; i++) {
                long pair = ((long) sequence[i] << 32) | sequence[i + 1];
                if (this.pairs.merge(pair, change, Long::sum) == 0) {
                    this.pairs.remove(pair);
                }
                if (sign > 0) {
                    this.places.computeIfAbsent(pair, (key) -> new HashSet<>()).add(word);
                }
            }
        }

    }

}
