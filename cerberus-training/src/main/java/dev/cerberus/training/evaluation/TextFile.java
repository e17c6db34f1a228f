package dev.cerberus.training.evaluation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * A reader of files that people name, whose failures tell what the file is instead.
 */
public final class TextFile {

    /** What some editors and shells put before UTF-8 text, and no part of it. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextFile() {
    }

    /**
     * Reads a whole file.
     * @param kind what the file is to be, for messages: {@code prompt file}
     * @param file the file, UTF-8
     * @return its text without a byte order mark, which may be empty
     * @throws EvaluationException if it is missing, a directory, not text or can not be
     * read; the message names the file
     */
    public static String read(String kind, Path file) {
        if (Files.isDirectory(file)) {
            throw new EvaluationException("The " + kind + " " + file + " is a directory; name a file");
        }
        if (!Files.exists(file)) {
            throw new EvaluationException("There is no " + kind + " " + file + "; correct the path");
        }
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        }
        catch (IOException ex) {
            throw new EvaluationException(
                    "The " + kind + " " + file + " can not be read (" + ex + "); correct its permissions", ex);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        }
        catch (CharacterCodingException ex) {
            throw new EvaluationException(
                    "The " + kind + " " + file + " is not UTF-8 (line " + line(bytes) + "); convert it", ex);
        }
        if (text.indexOf('\0') >= 0) {
            throw new EvaluationException("The " + kind + " " + file + " is not text; name another");
        }
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    /** Returns the line that a decoder has come to. */
    private static long line(ByteBuffer bytes) {
        return 1 + IntStream.range(0, bytes.position()).filter((i) -> bytes.get(i) == '\n').count();
    }

}
