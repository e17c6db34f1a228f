package dev.cerberus.cli;

import java.io.IOException;
import java.io.Writer;

import org.jspecify.annotations.Nullable;

/**
 * Where results go. A {@link java.io.PrintWriter} keeps a failure to itself; over this it
 * passes on an {@link OutputException}, which ends the command, and does so at every
 * further use: what comes after a gap is no result. Not thread-safe by itself, but a
 * {@code PrintWriter} over it is.
 */
final class StandardOutput extends Writer {

    private final Writer out;

    private @Nullable OutputException failure;

    /**
     * Creates an output.
     * @param out takes the text
     */
    StandardOutput(Writer out) {
        this.out = out;
    }

    /**
     * Writes text.
     * @throws OutputException if it, or what came before, can not be written
     */
    @Override
    public void write(char[] text, int from, int length) {
        attempt(() -> this.out.write(text, from, length));
    }

    /**
     * Hands on what is held back.
     * @throws OutputException if it, or what came before, can not be written
     */
    @Override
    public void flush() {
        attempt(this.out::flush);
    }

    private void attempt(Use use) {
        if (this.failure != null) {
            throw this.failure;
        }
        try {
            use.run();
        }
        catch (IOException ex) {
            this.failure = new OutputException(ex);
            throw this.failure;
        }
    }

    @Override
    public void close() {
        flush(); // the descriptor is the process's
    }

    /** Something done with the writer. */
    private interface Use {

        void run() throws IOException;

    }

}
