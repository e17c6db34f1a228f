package dev.cerberus.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

import dev.cerberus.training.TrainingException;

/**
 * The room that a training takes on the disk, said and checked before it begins.
 *
 * @param folder where the text goes
 * @param bytes most bytes that are still to come
 */
record DiskNeed(Path folder, long bytes) {

    /** A sequence that is begun is finished, and files hold this many. */
    private static final int SEQUENCES_OF_A_FILE = 256;

    private static final int TOKEN_BYTES = 4;

    private static final int STATE_BYTES = 2;

    private static final int SOFT_LABEL_BYTES = 8 * (4 + 4);

    /** Floats of a weight in a checkpoint: itself, two moments, and the one before. */
    private static final int CHECKPOINT_BYTES = 4 * Float.BYTES;

    /** Square matrices of a block of a head. */
    private static final int MATRICES = 3;

    /**
     * Estimates the need of text with hidden states.
     * @param folder where the text goes
     * @param tokens tokens asked for
     * @param longest tokens of the longest sequence
     * @param hiddenSize width of a hidden state
     * @param softLabels whether probabilities are kept too
     * @param blocks blocks of all heads, for their checkpoints; 0 for text alone
     */
    static DiskNeed of(Path folder, long tokens, int longest, int hiddenSize, boolean softLabels, int blocks) {
        long most = tokens + (long) SEQUENCES_OF_A_FILE * longest;
        long each = TOKEN_BYTES + (long) STATE_BYTES * hiddenSize + (softLabels ? SOFT_LABEL_BYTES : 0);
        long checkpoints = (long) CHECKPOINT_BYTES * blocks * MATRICES * hiddenSize * hiddenSize;
        return new DiskNeed(folder, Math.max(0, most * each - present(folder)) + checkpoints);
    }

    private static long present(Path folder) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter((file) -> file.getFileName().toString().startsWith("part-"))
                .mapToLong((file) -> file.toFile().length())
                .sum();
        }
        catch (IOException ex) {
            throw new TrainingException("The folder " + folder + " can not be read: " + ex.getMessage()
                    + "; correct its permissions or name another with --work", ex);
        }
    }

    /**
     * Says what is needed.
     * @param command name of the command
     * @param err takes the line
     * @throws TrainingException if there is less
     */
    void require(String command, PrintWriter err) {
        long free = free();
        String need = String.format(Locale.ROOT, "needs up to %s in %s, where %s are free", size(this.bytes),
                this.folder, size(free));
        if (free < this.bytes) {
            throw new TrainingException(
                    command + " " + need + "; make room, name another folder with --work, or ask for fewer --tokens");
        }
        err.println(command + ": " + need);
        err.flush();
    }

    private long free() {
        Path existing = this.folder.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return Files.getFileStore(existing).getUsableSpace();
        }
        catch (IOException ex) {
            throw new TrainingException("The room in " + existing + " can not be found out: " + ex.getMessage(), ex);
        }
    }

    private static String size(long bytes) {
        return (bytes >= 1_000_000_000) ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
                : Math.max(1, Math.round(bytes / 1e6)) + " MB";
    }

}
