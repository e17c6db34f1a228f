package dev.cerberus.cli;

import java.io.PrintWriter;

/**
 * What is said when a command is stopped from outside, by Ctrl-C or a signal.
 */
final class Interruption implements AutoCloseable {

    private final Thread hook;

    /**
     * Promises a line.
     * @param line how to go on
     * @param err takes the line
     */
    Interruption(String line, PrintWriter err) {
        this.hook = new Thread(() -> {
            err.println();
            err.println("cerberus: stopped; " + line);
            err.flush();
        }, "interruption");
        Runtime.getRuntime().addShutdownHook(this.hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(this.hook);
        }
        catch (IllegalStateException stopping) {
            // the line is being said
            return;
        }
    }

}
