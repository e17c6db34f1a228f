package dev.cerberus.cli;

import dev.cerberus.advice.Advised;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The text of failures for people: one line each.
 */
final class Failures {

    private Failures() {
    }

    /**
     * Returns what went wrong in one line. Our own exceptions and refused arguments say
     * it themselves; of others the type is named too.
     * @param failure what went wrong
     * @param command the command whose options are advised
     */
    static String line(Throwable failure, CommandSpec command) {
        Advised.told(failure, new SettingOptions(command));
        String message = (failure.getMessage() != null) ? failure.getMessage() : "";
        boolean tells = failure.getClass().getName().startsWith("dev.cerberus.")
                || failure instanceof IllegalArgumentException;
        if (!tells || message.isBlank()) {
            message = failure.getClass().getSimpleName() + (message.isBlank() ? "" : ": " + message);
        }
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

}
