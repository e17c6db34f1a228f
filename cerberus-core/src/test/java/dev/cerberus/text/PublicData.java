package dev.cerberus.text;

import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The public test data, found through {@code CERBERUS_TEST_DATA}; tests that need it are
 * skipped without it.
 */
final class PublicData {

    private PublicData() {
    }

    static @Nullable Path root() {
        String root = System.getenv("CERBERUS_TEST_DATA");
        return (root != null) ? Path.of(root) : null;
    }

    static Path require(String path) {
        Path root = root();
        Path file = (root != null) ? root.resolve(path) : Path.of(path);
        Assumptions.assumeTrue(root != null && Files.exists(file),
                "CERBERUS_TEST_DATA must name the folder with the public data (needed: " + path + ")");
        return file;
    }

}
