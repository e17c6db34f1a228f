package dev.cerberus.cli;

import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.cerberus.testing.MarkdownFile;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The commands of README and docs, and of the help's own examples, are ones that the
 * command line takes.
 */
class DocumentedCommandTests {

    private static final Pattern CALL = Pattern
        .compile("^(?:java (?:-\\S+ )*-jar \\S*cerberus\\.jar|(?:\\S*/)?cerberus) (.*)$");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    private static CommandLine commandLine() {
        return CerberusCommand.withAll(Reader.nullReader()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static void check(String where, String command, List<String> wrong) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command.replaceAll("\\s[<>|].*$", ""));
        while (word.find()) {
            words.add(Stream.of(1, 2, 3).map(word::group).filter((each) -> each != null).findFirst().orElseThrow());
        }
        try {
            commandLine().parseArgs(words.toArray(String[]::new));
        }
        catch (CommandLine.ParameterException ex) {
            wrong.add(where + ": cerberus " + command + ": " + ex.getMessage());
        }
    }

    @Test
    void everyDocumentedCommandIsTaken() {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (MarkdownFile page : MarkdownFile.all()) {
            for (MarkdownFile.Block block : page.blocks()) {
                for (String command : block.commands()) {
                    Matcher call = CALL.matcher(command);
                    if (call.matches()) {
                        checked++;
                        check(page.file() + ":" + block.line(), call.group(1), wrong);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(8);
    }

    /**
     * In a sentence a command need not be whole: its name and its options have to be
     * there.
     */
    @Test
    void everyCommandThatIsNamedIsThere() {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (MarkdownFile page : MarkdownFile.all()) {
            for (String span : page.spans()) {
                if (span.matches("cerberus [a-z]+( .*)?")) {
                    checked++;
                    String[] words = span.split("\\s+");
                    CommandLine command = commandLine().getSubcommands().get(words[1]);
                    if (command == null || Stream.of(words)
                        .filter((word) -> word.startsWith("--"))
                        .anyMatch((word) -> command.getCommandSpec().findOption(word.split("=")[0]) == null)) {
                        wrong.add(page.file() + ": " + span);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(30);
    }

    @Test
    void everyExampleOfTheHelpIsTaken() {
        List<String> wrong = new ArrayList<>();
        commandLine().getSubcommands().forEach((name, subcommand) -> {
            for (String line : subcommand.getCommandSpec().usageMessage().footer()) {
                Matcher call = CALL.matcher(line.strip());
                if (call.matches()) {
                    check(name, call.group(1), wrong);
                }
            }
        });
        assertThat(wrong).isEmpty();
    }

}
