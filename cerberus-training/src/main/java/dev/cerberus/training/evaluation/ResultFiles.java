package dev.cerberus.training.evaluation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writing of result files: a file is complete or untouched.
 */
public final class ResultFiles {

    private ResultFiles() {
    }

    /**
     * Writes a file by way of a temporary one beside it.
     * @param file the file; its directory is made if it is not there
     * @param text the whole content
     * @throws EvaluationException if it can not be written; an old file is then intact
     */
    public static void write(Path file, String text) {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new EvaluationException(file + " is a directory; name a file");
        }
        if (Files.exists(absolute) && !Files.isRegularFile(absolute) && !Files.isDirectory(absolute)) {
            throw new EvaluationException(
                    file + " is a device or a pipe, and a file would take its place; name a file");
        }
        try {
            Files.createDirectories(directory);
            Path temporary = absolute
                .resolveSibling("." + absolute.getFileName() + "." + ProcessHandle.current().pid());
            try {
                Files.writeString(temporary, text, StandardCharsets.UTF_8);
                move(temporary, absolute);
            }
            finally {
                Files.deleteIfExists(temporary);
            }
        }
        catch (IOException ex) {
            throw new EvaluationException(
                    "The file " + file + " can not be written: " + ex + "; an old file there is as it was", ex);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        catch (AtomicMoveNotSupportedException ex) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

}
