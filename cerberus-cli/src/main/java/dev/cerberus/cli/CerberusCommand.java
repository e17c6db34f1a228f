package dev.cerberus.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import dev.cerberus.training.evaluation.Versions;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command {@code cerberus}.
 *
 * <p>
 * It exits with 0; with 1 and one line on standard error if something failed; with 2 if
 * it was called wrongly.
 */
@Command(name = "cerberus", mixinStandardHelpOptions = true, versionProvider = CerberusCommand.VersionProvider.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Decodes language models in parallel, and trains and measures the heads that it takes.",
        footerHeading = "%nExamples:%n",
        footer = { "  cerberus doctor", "  cerberus chat", "  cerberus pull ORG/NAME", "  cerberus help train",
                "  source <(cerberus completion)", "",
                "Without --model, the model of cerberus-demo-model is used if it is on the class path." })
public final class CerberusCommand implements Callable<Integer> {

    private static final int HELP_WIDTH = 110;

    private static final List<Class<?>> SUBCOMMANDS = List.of(PullCommand.class, InfoCommand.class, ChatCommand.class,
            ServeCommand.class, GenerateCommand.class, TrainCommand.class, RememberCommand.class,
            CalibrateCommand.class, BenchCommand.class, LoadCommand.class, FidelityCommand.class, DoctorCommand.class,
            CommandLine.HelpCommand.class, AutoComplete.GenerateCompletion.class);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final BufferedReader in;

    CerberusCommand(Reader in) {
        this.in = new BufferedReader(in);
    }

    /** Returns the command with all subcommands. */
    static CommandLine withAll(Reader in) {
        CommandLine commandLine = new CommandLine(new CerberusCommand(in));
        SUBCOMMANDS.forEach((type) -> commandLine.addSubcommand(name(type), type));
        return commandLine;
    }

    /**
     * Returns the command with the subcommand that the arguments begin with, or with all
     * where they begin with none that can do without the others: to make all of them
     * takes longer than many a call.
     */
    static CommandLine withWanted(Reader in, String... args) {
        return SUBCOMMANDS.stream()
            .filter((type) -> type.getPackage().equals(CerberusCommand.class.getPackage()))
            .filter((type) -> args.length > 0 && args[0].equals(name(type)))
            .findFirst()
            .map((type) -> new CommandLine(new CerberusCommand(in)).addSubcommand(name(type), type))
            .orElseGet(() -> withAll(in));
    }

    private static String name(Class<?> subcommand) {
        return (subcommand == AutoComplete.GenerateCompletion.class) ? "completion"
                : subcommand.getAnnotation(Command.class).name();
    }

    /** Returns what a subcommand reads when it is told to read standard input. */
    static BufferedReader input(CommandSpec subcommand) {
        return ((CerberusCommand) subcommand.root().userObject()).in;
    }

    /**
     * Runs the command and ends the JVM.
     * @param args the arguments
     */
    public static void main(String[] args) {
        Reader in = new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(writer(FileDescriptor.err), true);
        Optional<String> unreadable = Arguments.unreadable(System.getProperty("sun.jnu.encoding", ""), args);
        if (unreadable.isPresent()) {
            err.println("cerberus: " + unreadable.get());
            System.exit(CommandLine.ExitCode.USAGE);
        }
        System.exit(run(in, writer(FileDescriptor.out), err, args));
    }

    /**
     * Text is UTF-8 whatever the locale: results are files as often as they are screens.
     */
    private static Writer writer(FileDescriptor descriptor) {
        return new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8);
    }

    /**
     * Runs the command.
     * @param in standard input
     * @param out takes results; once it can not be written, the command ends
     * @param err takes messages
     * @param args the arguments
     * @return the exit code
     */
    static int run(Reader in, Writer out, PrintWriter err, String... args) {
        StandardOutput results = new StandardOutput(out);
        PrintWriter printer = new PrintWriter(results, true);
        CommandLine commandLine = withWanted(in, args).setOut(printer)
            .setErr(err)
            .setUsageHelpWidth(HELP_WIDTH)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionStrategy(CerberusCommand::runOrHelp)
            .setExecutionExceptionHandler(CerberusCommand::failed)
            .setParameterExceptionHandler(CerberusCommand::misused);
        Locale machines = Locale.getDefault();
        Locale.setDefault(Locale.ROOT); // by which picocli sorts and compares names
        try {
            int code = commandLine.execute(args);
            printer.flush(); // throws if anything was lost
            return code;
        }
        catch (OutputException ex) {
            ex.line().ifPresent((line) -> err.println("cerberus: " + line));
            return CommandLine.ExitCode.SOFTWARE;
        }
        catch (OutOfMemoryError ex) {
            err.println("cerberus: out of memory; raise the heap with java -Xmx, or use a smaller model");
            return CommandLine.ExitCode.SOFTWARE;
        }
        finally {
            Locale.setDefault(machines);
            err.flush();
        }
    }

    /** Help is printed where no handler of exceptions is asked. */
    private static int runOrHelp(CommandLine.ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        }
        catch (OutputException ex) {
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private static int failed(Exception ex, CommandLine commandLine, CommandLine.ParseResult parsed) {
        if (ex instanceof ParameterException misuse) {
            return misused(misuse, parsed.originalArgs().toArray(String[]::new));
        }
        if (ex instanceof OutputException) {
            return CommandLine.ExitCode.SOFTWARE; // said in the end, whoever took it
        }
        commandLine.getErr().println("cerberus: " + Failures.line(ex, commandLine.getCommandSpec()));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int misused(ParameterException ex, String[] args) {
        CommandLine commandLine = ex.getCommandLine();
        PrintWriter err = commandLine.getErr();
        err.println("cerberus: " + ex.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(ex, err) || args.length == 0) {
            err.println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'.");
        }
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public Integer call() {
        throw new ParameterException(this.spec.commandLine(), "Missing command");
    }

    /**
     * Lists the versions in use.
     */
    static final class VersionProvider implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return Versions.all()
                .entrySet()
                .stream()
                .map((Map.Entry<String, String> version) -> version.getKey() + " " + version.getValue())
                .toArray(String[]::new);
        }

    }

}
