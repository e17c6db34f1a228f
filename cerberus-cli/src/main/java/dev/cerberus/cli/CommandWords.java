package dev.cerberus.cli;

import java.util.stream.Collectors;

import picocli.CommandLine.Model.CommandSpec;

/**
 * The command line as it was given.
 */
final class CommandWords {

    private CommandWords() {
    }

    /**
     * Returns the command to give again.
     * @param spec the command that runs
     * @return one line for a POSIX shell
     */
    static String line(CommandSpec spec) {
        return "cerberus " + spec.root()
            .commandLine()
            .getParseResult()
            .originalArgs()
            .stream()
            .map(CommandWords::quoted)
            .collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:,=@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

}
