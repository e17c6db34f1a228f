package dev.cerberus.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

class StandardOutputTests {

    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private Path model = Path.of("");

    private Path prompts = Path.of("");

    @BeforeEach
    void writeModel() throws IOException {
        this.model = TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny")));
        // the third prompt is too long, which would be said if it were asked
        this.prompts = Files.writeString(this.directory.resolve("prompts.jsonl"), """
                {"prompt": "one"}
                {"prompt": "two"}
                {"prompt": "%s"}
                """.formatted("three ".repeat(5000)));
    }

    /** A disk that is full after some lines. */
    private static final class Full extends Writer {

        private final StringBuilder written = new StringBuilder();

        private final String reason;

        private final int lines;

        Full(String reason, int lines) {
            this.reason = reason;
            this.lines = lines;
        }

        @Override
        public void write(char[] text, int from, int length) throws IOException {
            if (this.written.chars().filter((each) -> each == '\n').count() >= this.lines) {
                throw new IOException(this.reason);
            }
            this.written.append(text, from, length);
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is open
        }

    }

    private int run(Writer out, String... args) {
        return CerberusCommand.run(Reader.nullReader(), out, new PrintWriter(this.err, true), args);
    }

    /** Everything but that the model is being loaded. */
    private List<String> failures() {
        return this.err.toString().lines().filter((line) -> !line.startsWith("generate: ")).toList();
    }

    private int generate(Writer out, String... more) {
        String[] args = { "generate", "--model", this.model.toString(), "--prompts", this.prompts.toString(), "--raw",
                "--max-tokens", "4", "--precision", "fp32" };
        String[] all = new String[args.length + more.length];
        System.arraycopy(args, 0, all, 0, args.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return run(out, all);
    }

    @Test
    void fullDiskEndsTheCommandWithOneLine() {
        Full out = new Full("No space left on device", 1);
        assertThat(generate(out, "--json")).isEqualTo(1);
        assertThat(out.written.toString().lines()).singleElement().asString().contains("\"prompt\":\"one\"");
        assertThat(failures()).containsExactly("cerberus: standard output can not be written (No space left on "
                + "device); make room, or send it elsewhere");
    }

    @Test
    void answerThatIsBeingPrintedEndsToo() {
        assertThat(generate(new Full("No space left on device", 1))).isEqualTo(1);
        assertThat(failures()).singleElement().asString().startsWith("cerberus: standard output can not be written");
    }

    @Test
    void readerThatHasSeenEnoughIsNoNews() {
        assertThat(generate(new Full("Broken pipe", 1), "--json")).isEqualTo(1);
        assertThat(failures()).isEmpty();
    }

    @Test
    void helpThatCanNotBeWrittenIsAFailureToo() {
        assertThat(run(new Full("No space left on device", 0), "--help")).isEqualTo(1);
        assertThat(failures()).singleElement().asString().startsWith("cerberus: standard output can not be written");
    }

}
