package dev.cerberus.cli;

import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import static org.assertj.core.api.Assertions.assertThat;

class CommandWordsTests {

    @Command(name = "cerberus", subcommands = Inner.class)
    static final class Outer {

    }

    /**
     * Prints how it was called.
     */
    @Command(name = "inner")
    static final class Inner implements Runnable {

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters
        private List<String> words = List.of();

        private String line = "";

        @Override
        public void run() {
            this.line = CommandWords.line(this.spec) + " " + this.words.size();
        }

    }

    private static String called(String... args) {
        CommandLine all = new CommandLine(new Outer());
        assertThat(all.execute(args)).isZero();
        Inner inner = Objects.requireNonNull(all.getSubcommands().get("inner")).getCommand();
        return inner.line;
    }

    @Test
    void plainWordsStayAsTheyAre() {
        assertThat(called("inner", "../a/b_1.jsonl", "4,2,1")).isEqualTo("cerberus inner ../a/b_1.jsonl 4,2,1 2");
    }

    @Test
    void wordsThatAShellWouldReadOtherwiseAreQuoted() {
        assertThat(called("inner", "two words", "it's", "$HOME", ""))
            .isEqualTo("cerberus inner 'two words' 'it'\\''s' '$HOME' '' 4");
    }

}
