package dev.cerberus.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A reader of files that must be regular and of a bounded size, so that a device, a pipe
 * or a file of gigabytes is refused instead of read.
 */
final class SmallFile {

    private SmallFile() {
    }

    /**
     * Reads a whole file.
     * @param file the file; links are followed
     * @param maxBytes the largest size that is read
     * @return its content
     * @throws IOException if it can not be read, is no regular file or is too large; the
     * message completes a sentence that names the file
     */
    static byte[] read(Path file, int maxBytes) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(maxBytes);
            if (in.read() >= 0) {
                throw new IOException("it has more than the " + maxBytes + " bytes that a file of this kind may have");
            }
            return content;
        }
    }

}
