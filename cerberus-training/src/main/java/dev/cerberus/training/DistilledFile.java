package dev.cerberus.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

import dev.cerberus.hf.ModelFileException;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;

/**
 * A file of continuations while they are written. Used by one thread.
 */
/*-
 * It holds, for its sequences one after another,
 *
 *   tokens  [n]            what was written
 *   hidden  [n, hidden]    bf16, the state that each token was chosen from
 *   ends    [sequences]    index after the last token of each sequence
 *   likely  [n, ranks]     optional: the target's most probable tokens instead of tokens[i]
 *   shares  [n, ranks]     and their probabilities, 0 where there are fewer
 *
 * Every file is made from scratch and from its own random numbers: which files were there
 * before does not matter.
 */
final class DistilledFile {

    /** What the states of a file may take in memory while it is written. */
    private static final long MOST_BYTES = 256L << 20;

    private final Path path;

    private final List<Continuation> sequences;

    private int begun;

    /**
     * Creates a file of which nothing is written.
     * @param path where it will be
     * @param sequences its sequences, at least one
     */
    DistilledFile(Path path, List<Continuation> sequences) {
        this.path = path;
        this.sequences = sequences;
    }

    /**
     * Opens a file that was written.
     * @param path the file
     * @return its tensors, to be closed by the caller
     * @throws TrainingException if it is damaged
     */
    static Safetensors open(Path path) {
        try {
            return Safetensors.open(path);
        }
        catch (ModelFileException ex) {
            throw new TrainingException("The text in " + path + " can not be read (" + ex.problem()
                    + "); delete the file, and the same command writes it again", ex);
        }
    }

    /**
     * Returns how many sequences a file can hold.
     * @param tokens tokens of the longest one
     * @param hidden width of the states
     * @return at least 1
     */
    static int sequencesOf(int tokens, int hidden) {
        return (int) Math.max(1, MOST_BYTES / ((long) Short.BYTES * hidden * tokens));
    }

    Path path() {
        return this.path;
    }

    /** Returns whether all sequences have begun. */
    boolean isBegun() {
        return this.begun == this.sequences.size();
    }

    /** Returns the sequence that begins next. */
    Continuation next() {
        return this.sequences.get(this.begun);
    }

    /** Returns the sequence that begins now. */
    Continuation begin() {
        return this.sequences.get(this.begun++);
    }

    /** Returns whether all sequences are finished. */
    boolean isFinished() {
        return isBegun() && this.sequences.stream().allMatch(Continuation::isFinished);
    }

    /** Returns the number of tokens written so far. */
    long tokens() {
        return this.sequences.stream().mapToLong(Continuation::length).sum();
    }

    /** Returns the number of its sequences. */
    int sequences() {
        return this.sequences.size();
    }

    /**
     * Returns how many tokens it is likely to have in the end.
     * @param likely what a sequence has on average
     */
    double expected(double likely) {
        return this.sequences.stream()
            .mapToDouble((sequence) -> sequence.isFinished() ? sequence.length() : Math.max(likely, sequence.length()))
            .sum();
    }

    /** Writes the file, whole or not at all. */
    void save() {
        int total = Math.toIntExact(tokens());
        int hidden = this.sequences.get(0).hidden().length / Short.BYTES / this.sequences.get(0).length();
        int ranks = this.sequences.get(0).ranks();
        ByteBuffer tokens = bytes(Integer.BYTES * total);
        ByteBuffer states = bytes(Short.BYTES * hidden * total);
        ByteBuffer ends = bytes(Integer.BYTES * this.sequences.size());
        ByteBuffer likely = bytes(Integer.BYTES * ranks * total);
        ByteBuffer shares = bytes(Float.BYTES * ranks * total);
        int end = 0;
        for (Continuation sequence : this.sequences) {
            end += sequence.length();
            ends.putInt(end);
            sequence.tokens().forEach(tokens::putInt);
            states.put(sequence.hidden());
            for (LikelyTokens found : sequence.likely()) {
                for (int rank = 0; rank < ranks; rank++) {
                    boolean known = rank < found.tokens().length;
                    likely.putInt(known ? found.tokens()[rank] : 0);
                    shares.putFloat(known ? found.probabilities()[rank] : 0);
                }
            }
        }
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "cerberus-distilled")
            .add("tokens", TensorType.I32, new long[] { total }, tokens.flip())
            .add("hidden", TensorType.BF16, new long[] { total, hidden }, states.flip())
            .add("ends", TensorType.I32, new long[] { this.sequences.size() }, ends.flip());
        if (ranks > 0) {
            writer.add("likely", TensorType.I32, new long[] { total, ranks }, likely.flip())
                .add("shares", TensorType.F32, new long[] { total, ranks }, shares.flip());
        }
        writer.write(this.path);
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

}
