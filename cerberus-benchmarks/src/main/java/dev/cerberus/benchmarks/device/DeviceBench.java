package dev.cerberus.benchmarks.device;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/**
 * The entry point of what is measured on a device.
 */
@Command(name = "device-bench", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT,
        description = "What a device makes of a model.", subcommands = { StepsCommand.class, OperatorsCommand.class,
                GoldenCommand.class, FirstRequestCommand.class, CompanyCommand.class, WriteModelCommand.class })
public final class DeviceBench {

    private DeviceBench() {
    }

    /**
     * Runs a command.
     * @param args the command and its options
     */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    /** Runs a command whose complaints go where its results go. */
    static int run(PrintWriter out, String... args) {
        return run(out, out, args);
    }

    private static int run(PrintWriter out, PrintWriter err, String... args) {
        int code = new CommandLine(new DeviceBench()).setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(out)
            .setErr(err)
            .execute(args);
        out.flush();
        return code;
    }

}
