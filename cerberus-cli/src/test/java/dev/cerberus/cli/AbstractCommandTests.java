package dev.cerberus.cli;

import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;

/** Runs commands and keeps what they write. */
abstract class AbstractCommandTests {

    /** What the command has written. */
    final StringWriter out = new StringWriter();

    /** What it has complained of, and its progress. */
    final StringWriter err = new StringWriter();

    /** Runs a command that is told nothing and returns its exit code. */
    final int run(String... args) {
        return run(Reader.nullReader(), args);
    }

    /** Runs a command and returns its exit code. */
    final int run(Reader in, String... args) {
        return CerberusCommand.run(in, new PrintWriter(this.out, true), new PrintWriter(this.err, true), args);
    }

}
