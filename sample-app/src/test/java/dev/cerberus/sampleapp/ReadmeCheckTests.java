package dev.cerberus.sampleapp;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.MarkdownFile;
import dev.cerberus.testing.MarkdownFile.Block;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The script that does what README says knows what to do with every block.
 */
@DisabledOnOs(OS.WINDOWS)
class ReadmeCheckTests {

    private static final Path CHECK = MarkdownFile.repository().resolve("docs/readme/check");

    @TempDir
    private Path folder;

    private record Ended(int code, String text) {

        /** Returns the numbers of the lines at which known blocks begin. */
        List<Integer> known() {
            return this.text.lines()
                .filter((line) -> line.matches("line +\\d+  [a-z_]+ .*"))
                .map((line) -> Integer.valueOf(line.replaceFirst("line +(\\d+) .*", "$1")))
                .toList();
        }

        /** Returns what failed, without the seconds it took, which are the machine's. */
        List<String> failed() {
            return this.text.lines()
                .filter((line) -> line.startsWith("failed "))
                .map((line) -> line.replaceFirst("failed +\\d+ s  ", ""))
                .toList();
        }

    }

    private static Ended dryRun(String... page) throws Exception {
        List<String> command = new ArrayList<>(List.of(CHECK.toString(), "--dry-run"));
        command.addAll(List.of(page));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), text);
    }

    @Test
    void everyBlockAndEveryCommandOfReadmeIsKnown() throws Exception {
        Ended ended = dryRun();
        assertThat(ended.code()).as(ended.text()).isZero();
        List<Integer> blocks = MarkdownFile.read(MarkdownFile.repository().resolve("README.md"))
            .blocks()
            .stream()
            .flatMap((block) -> Stream.generate(block::line).limit(deeds(block)))
            .toList();
        assertThat(blocks).hasSizeGreaterThan(15);
        assertThat(ended.known()).isEqualTo(blocks);
    }

    private static int deeds(Block block) {
        return block.language().isEmpty() ? block.commands().size() : 1;
    }

    @Test
    void whatIsNotKnownFails() throws Exception {
        Path page = Files.writeString(this.folder.resolve("page.md"), """
                ```
                curl -s localhost:8080 \\
                  -d text
                # a comment
                cerberus-cli/bin/cerberus sing
                ```

                ```ruby
                puts 1
                ```

                ```java
                class Known {
                }
                ```
                """);
        Ended ended = dryRun(page.toString());
        assertThat(ended.code()).isOne();
        assertThat(ended.known()).containsExactly(2, 13);
        assertThat(ended.failed()).containsExactly("line   2  cerberus-cli/bin/cerberus sing",
                "line   9  ruby: puts 1");
    }

}
