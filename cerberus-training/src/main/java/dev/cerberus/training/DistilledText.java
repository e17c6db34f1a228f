package dev.cerberus.training;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import dev.cerberus.hf.Safetensors;
import dev.cerberus.training.evaluation.Loops;

/**
 * What a target model wrote: tokens in memory, hidden states in mapped files.
 *
 * <p>
 * A position is the index of a token over all sequences. At position p, the state that
 * the token was chosen from is what the heads see, the token is the root token, and the
 * tokens at p+1, p+2, … of the same sequence are what the first, second, … head should
 * propose.
 */
final class DistilledText {

    private static final int HELD_OUT_ONE_IN = 20;

    private static final int MAX_HELD_OUT = 20_000;

    private final int hiddenBytes;

    private final String name;

    private final List<Part> parts = new ArrayList<>();

    private final int[] tokens;

    private final int[] ends; // [tokens], index after the last token of the sequence

    private final int[] training;

    private final int[] heldOut;

    /**
     * Maps the files.
     * @param files files of a {@link SelfDistillation}, at least one
     * @param hidden width of the states
     * @param seed decides which sequences are held out
     */
    DistilledText(List<Path> files, int hidden, long seed) {
        this.hiddenBytes = 2 * hidden;
        Path first = files.get(0).toAbsolutePath();
        this.name = first.getName(first.getNameCount() - 2).toString();
        int total = 0;
        for (Path file : files) {
            try (Safetensors tensors = DistilledFile.open(file)) { // buffers stay valid
                boolean soft = tensors.contains("likely");
                Part part = new Part(total, tensors.data("tokens").asIntBuffer(), tensors.data("ends").asIntBuffer(),
                        tensors.data("hidden"), soft ? tensors.data("likely") : null,
                        soft ? tensors.data("shares") : null);
                this.parts.add(part);
                total += part.tokens.capacity();
            }
        }
        this.tokens = new int[total];
        this.ends = new int[total];
        SplittableRandom random = new SplittableRandom(seed);
        IntStream.Builder train = IntStream.builder();
        IntStream.Builder test = IntStream.builder();
        int tested = 0;
        for (Part part : this.parts) {
            part.tokens.get(0, this.tokens, part.first, part.tokens.capacity());
            int start = part.first;
            for (int s = 0; s < part.ends.capacity(); s++) {
                int end = part.first + part.ends.get(s);
                Arrays.fill(this.ends, start, end, end);
                boolean held = random.nextInt(HELD_OUT_ONE_IN) == 0 && tested < MAX_HELD_OUT;
                tested += held ? end - start : 0;
                for (int p = start; p + 1 < end; p++) {
                    (held ? test : train).add(p);
                }
                start = end;
            }
        }
        this.training = train.build().toArray();
        this.heldOut = test.build().toArray();
    }

    /** Returns the share of the sequences that end in a loop. */
    double loopingShare() {
        int sequences = 0;
        int looping = 0;
        for (int start = 0; start < this.tokens.length; start = this.ends[start]) {
            sequences++;
            looping += Loops.endIn(this.tokens, start, this.ends[start]) ? 1 : 0;
        }
        return (sequences == 0) ? 0 : (double) looping / sequences;
    }

    /**
     * Returns the name of the text: that of the folder, which is made of the model, the
     * prompts and all else that decides what it is.
     */
    String name() {
        return this.name;
    }

    /** Returns the number of tokens. */
    int size() {
        return this.tokens.length;
    }

    /** Returns the positions to learn from; each has at least one label. */
    int[] training() {
        return this.training;
    }

    /** Returns the positions to measure on, from sequences that are not learnt from. */
    int[] heldOut() {
        return this.heldOut;
    }

    int token(int position) {
        return this.tokens[position];
    }

    /** Returns the number of labels that a position has. */
    int labels(int position) {
        return this.ends[position] - position - 1;
    }

    /** Appends the hidden state of a position, bf16. */
    void hidden(int position, ByteBuffer target) {
        Part part = part(position);
        target.put(part.hidden.slice((position - part.first) * this.hiddenBytes, this.hiddenBytes));
    }

    /**
     * Returns the target's most probable tokens for the token at a position.
     * @return token ids by falling probability, or null without soft labels
     */
    int @Nullable [] likely(int position) {
        Part part = part(position);
        if (part.likely == null) {
            return null;
        }
        int ranks = part.likely.capacity() / part.tokens.capacity() / Integer.BYTES;
        int[] ids = new int[ranks];
        for (int i = 0; i < ranks; i++) {
            ids[i] = part.likely.getInt(((position - part.first) * ranks + i) * Integer.BYTES);
        }
        return ids;
    }

    /** Returns the probabilities of {@link #likely}. */
    float share(int position, int rank) {
        Part part = part(position);
        if (part.shares == null) {
            throw new IllegalStateException("this text was distilled without soft labels");
        }
        int ranks = part.shares.capacity() / part.tokens.capacity() / Float.BYTES;
        return part.shares.getFloat(((position - part.first) * ranks + rank) * Float.BYTES);
    }

    private Part part(int position) {
        int low = 0;
        int high = this.parts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (this.parts.get(middle).first <= position) {
                low = middle;
            }
            else {
                high = middle - 1;
            }
        }
        return this.parts.get(low);
    }

    /**
     * Returns the most frequent tokens.
     * @param count how many, at most; 0 for the whole vocabulary
     * @param vocabularySize tokens of the target
     * @return ascending ids
     */
    int[] frequentTokens(int count, int vocabularySize) {
        if (count == 0 || count >= vocabularySize) {
            return IntStream.range(0, vocabularySize).toArray();
        }
        long[] counts = new long[vocabularySize];
        for (int token : this.tokens) {
            counts[token]++;
        }
        return IntStream.range(0, vocabularySize)
            .boxed()
            .sorted(Comparator.comparingLong((Integer token) -> -counts[token]).thenComparingInt((token) -> token))
            .limit(count)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray();
    }

    /** Returns the share of the tokens that a vocabulary covers. */
    double coverage(int[] vocabulary) {
        long covered = Arrays.stream(this.tokens)
            .filter((token) -> Arrays.binarySearch(vocabulary, token) >= 0)
            .count();
        return (double) covered / this.tokens.length;
    }

    /** Returns all tokens that occur, ascending. */
    int[] distinctTokens() {
        return Arrays.stream(this.tokens).distinct().sorted().toArray();
    }

    /** Returns the root mean square of the hidden states' elements, from a sample. */
    double hiddenRms() {
        double sum = 0;
        long count = 0;
        int stride = Math.max(1, this.training.length / 4096);
        for (int i = 0; i < this.training.length; i += stride) {
            Part part = part(this.training[i]);
            int at = (this.training[i] - part.first) * this.hiddenBytes;
            for (int b = 0; b < this.hiddenBytes; b += Short.BYTES) {
                double value = Float.intBitsToFloat(part.hidden.getShort(at + b) << 16);
                sum += value * value;
                count++;
            }
        }
        return Math.sqrt(sum / count);
    }

    private record Part(int first, IntBuffer tokens, IntBuffer ends, ByteBuffer hidden, @Nullable ByteBuffer likely,
            @Nullable ByteBuffer shares) {
    }

}
