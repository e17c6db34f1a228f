package dev.cerberus.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The help of all commands as it is printed. After a change that is meant, run this with
 * {@code CERBERUS_UPDATE_HELP=true} and look at the difference.
 */
class HelpTests extends AbstractCommandTests {

    private static final Path SNAPSHOTS = Path.of("src", "test", "resources", "help");

    private String help(String... args) {
        assertThat(run(args)).isZero();
        assertThat(this.err.toString()).isEmpty();
        return this.out.toString().replace(System.lineSeparator(), "\n");
    }

    static Stream<String> commands() {
        return Stream.of("pull", "info", "chat", "serve", "generate", "train", "remember", "calibrate", "bench", "load",
                "fidelity", "doctor");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpIsThatOfTheSnapshot(String command) throws IOException {
        compare(command, help(command, "--help"));
    }

    @Test
    void helpOfAllIsThatOfTheSnapshot() throws IOException {
        compare("cerberus", help("--help"));
    }

    private static void compare(String name, String help) throws IOException {
        Path snapshot = SNAPSHOTS.resolve(name + ".txt");
        if (System.getenv("CERBERUS_UPDATE_HELP") != null) {
            Files.createDirectories(SNAPSHOTS);
            Files.writeString(snapshot, help);
        }
        assertThat(help).isEqualTo(Files.readString(snapshot));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpHasExamplesAndNoBlankDefaults(String command) {
        String help = help(command, "--help");
        assertThat(help).contains("Examples:\n  cerberus " + command);
        String unwrapped = help.replaceAll("\n {10,}", " ");
        assertThat(unwrapped).doesNotContainPattern("(?i)default: *(\n|$|null|\\[\\])");
        assertThat(help).isEqualTo(sameFromHelpCommand(command));
    }

    private static String sameFromHelpCommand(String command) {
        return new HelpTests().help("help", command);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void requiredOptionsStandFirst(String command) {
        CommandLine all = CerberusCommand.withAll(Reader.nullReader());
        List<OptionSpec> options = Objects.requireNonNull(all.getSubcommands().get(command)).getCommandSpec().options();
        List<String> required = options.stream()
            .filter((option) -> option.required() && option.group() == null)
            .map(OptionSpec::longestName)
            .toList();
        List<String> printed = help(command, "--help").lines()
            .filter((line) -> line.matches(" {2,6}(-., )?--\\w.*")) // not the synopsis
            .map(String::strip)
            .map((line) -> line.replaceFirst("^-., ", "").split("[=, \\[]", -1)[0])
            .limit(required.size())
            .toList();
        assertThat(printed).containsExactlyInAnyOrderElementsOf(required);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyModelIsSaidToBeAnyThatIsRead(String command) {
        OptionSpec model = Objects
            .requireNonNull(CerberusCommand.withAll(Reader.nullReader()).getSubcommands().get(command))
            .getCommandSpec()
            .findOption("--model");
        if (model != null) {
            assertThat(String.join("", model.description())).containsIgnoringCase(
                    "directory in Hugging Face layout, GGUF file, classpath: resource or hf://ORG/NAME");
        }
    }

    /** Who asks for one command need not wait for the others. */
    @ParameterizedTest
    @MethodSource("commands")
    void commandIsTheSameWithoutTheOthers(String command) {
        CommandLine one = CerberusCommand.withWanted(Reader.nullReader(), command, "--help");
        CommandLine all = CerberusCommand.withAll(Reader.nullReader());
        assertThat(one.getSubcommands()).containsOnlyKeys(command);
        assertThat(Objects.requireNonNull(one.getSubcommands().get(command)).getUsageMessage())
            .isEqualTo(Objects.requireNonNull(all.getSubcommands().get(command)).getUsageMessage());
    }

    @Test
    void whoAsksForNoneOfThemSeesAll() {
        for (String[] args : new String[][] { {}, { "--help" }, { "help" }, { "completion" }, { "benhc" } }) {
            assertThat(CerberusCommand.withWanted(Reader.nullReader(), args).getSubcommands()).containsKeys("bench",
                    "help", "completion");
        }
    }

    @Test
    void completionIsAScriptForTheShell() {
        assertThat(help("completion")).contains("function _complete_cerberus", "--draft-vocabulary", "complete -F");
    }

}
