package dev.cerberus.djl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AddressSpaceTests {

    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max stack size            8388608              unlimited            bytes
            Max address space         %s            unlimited            bytes
            Max file locks            unlimited            unlimited            locks
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({ "Linux, 0, unlimited, true", "Linux, 1, unlimited, true", "Linux, 2, unlimited, false",
            "Linux, 0, 8589934592, false", "Linux, , unlimited, false", "Windows 11, 0, unlimited, false",
            "Mac OS X, 0, unlimited, false" })
    void addressesAreFreeWhereTheyAreNotCountedAndHaveNoLimit(String system, String overcommit, String limit,
            boolean free) throws IOException {
        Path file = this.folder.resolve("overcommit_memory");
        if (overcommit != null) {
            Files.writeString(file, overcommit + "\n");
        }
        Path limits = Files.writeString(this.folder.resolve("limits"), LIMITS.formatted(limit));
        assertThat(new AddressSpace(system, file, limits).isFree()).isEqualTo(free);
        assertThat(new AddressSpace(system, file, this.folder.resolve("none")).isFree()).isFalse();
    }

}
