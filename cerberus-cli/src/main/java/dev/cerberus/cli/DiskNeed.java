package dev.cerberus.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import dev.cerberus.training.TrainingException;

/**
 * The room that a command takes on the disk which lets a model write text, said and
 * checked before it begins.
 *
 * @param folder where the text goes
 * @param bytes most bytes that are still to come, if no text is there that can be used
 * @param present bytes of text in the folder, of this run or of others: which they are
 * shows when prompts and model are read
 */
record DiskNeed(Path folder, long bytes, long present) {

    /** A sequence that is begun is finished, and files hold this many. */
    private static final int SEQUENCES_OF_A_FILE = 256;

    private static final int TOKEN_BYTES = 4;

    private static final int STATE_BYTES = 2;

    private static final int SOFT_LABEL_BYTES = 8 * (4 + 4);

    /** A checkpoint is written beside the one before it. */
    private static final int CHECKPOINTS = 2;

    /**
     * Estimates the need of heads: text with hidden states, and checkpoints.
     * @param folder where both go
     * @param tokens tokens asked for
     * @param longest tokens of the longest sequence
     * @param hiddenSize width of a hidden state
     * @param softLabels whether probabilities are kept too
     * @param checkpointBytes size of a checkpoint
     */
    static DiskNeed ofHeads(Path folder, long tokens, int longest, int hiddenSize, boolean softLabels,
            long checkpointBytes) {
        long each = TOKEN_BYTES + (long) STATE_BYTES * hiddenSize + (softLabels ? SOFT_LABEL_BYTES : 0);
        return new DiskNeed(folder, most(tokens, longest) * each + CHECKPOINTS * checkpointBytes, present(folder));
    }

    /**
     * Estimates the need of a memory: text with hidden states, and its tokens once more.
     * @param folder where the text goes
     * @param tokens tokens asked for
     * @param longest tokens of the longest sequence
     * @param hiddenSize width of a hidden state
     */
    static DiskNeed ofMemory(Path folder, long tokens, int longest, int hiddenSize) {
        long each = TOKEN_BYTES + (long) STATE_BYTES * hiddenSize + TOKEN_BYTES;
        return new DiskNeed(folder, most(tokens, longest) * each, present(folder));
    }

    private static long most(long tokens, int longest) {
        return tokens + (long) SEQUENCES_OF_A_FILE * longest;
    }

    /** Other folders there, such as lost+found, are nobody's business. */
    private static long present(Path folder) {
        long bytes = 0;
        if (!Files.isDirectory(folder)) {
            return bytes;
        }
        try (DirectoryStream<Path> texts = Files.newDirectoryStream(folder, "distilled-*")) {
            for (Path text : texts) {
                bytes += Files.isDirectory(text) ? bytes(text) : 0;
            }
            return bytes;
        }
        catch (IOException | DirectoryIteratorException ex) {
            throw new TrainingException("The folder " + folder + " can not be read: " + ex.getMessage()
                    + "; correct its permissions or name another with --work", ex);
        }
    }

    private static long bytes(Path text) throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(text, "part-*")) {
            for (Path part : parts) {
                bytes += part.toFile().length();
            }
        }
        return bytes;
    }

    /**
     * Says what is needed.
     * @param command name of the command
     * @param err takes the line
     * @throws TrainingException if there is less, even if all text that is there can be
     * used
     */
    void require(String command, PrintWriter err) {
        require(command, err, free());
    }

    void require(String command, PrintWriter err, long free) {
        String need = String.format(Locale.ROOT, "needs up to %s in %s, where %s are free", size(this.bytes),
                this.folder, size(free));
        if (free < this.bytes - this.present) {
            throw new TrainingException(
                    command + " " + need + "; make room, name another folder with --work, or ask for fewer --tokens");
        }
        if (free < this.bytes) {
            need += ", which is enough only if it can use the " + size(this.present) + " of text that are there";
        }
        else if (this.present > 0) {
            need += "; less if it can use text that is there";
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
