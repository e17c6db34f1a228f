package dev.cerberus.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Model directories with one damaged file each: every one works or is refused by one
 * message that names file or property, and none ends or stalls the process.
 *
 * <p>
 * {@code -Dcerberus.mutants=N} tries more of them, {@code -Dcerberus.mutants.seed=S}
 * others, and {@code -Dcerberus.mutants.whole=1} loads all of them with their weights
 * instead of one in thirty.
 */
class MutantTests {

    @TempDir
    private Path directory;

    @Test
    void everyMutantWorksOrIsRefusedByOneMessage() throws Exception {
        int mutants = Integer.getInteger("cerberus.mutants", 1000);
        ChildJvm.Outcome outcome = ChildJvm.run(List.of(), List.of("-Xmx512m", "-Xss1m"), MutantProcess.class,
                List.of(this.directory.toString(), Long.getLong("cerberus.mutants.seed", 1).toString(),
                        Integer.toString(mutants), Integer.getInteger("cerberus.mutants.whole", 30).toString()),
                Duration.ofSeconds(120 + mutants));
        String[] lines = outcome.output().split("\n");
        assertThat(outcome.output().lines().filter((line) -> line.startsWith("FAULT"))).isEmpty();
        assertThat(outcome.exitCode())
            .as("last lines: %s",
                    String.join(" | ", List.of(lines).subList(Math.max(0, lines.length - 20), lines.length)))
            .isZero();
        assertThat(lines[lines.length - 1]).startsWith("refused ");
    }

}
