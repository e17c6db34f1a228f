package dev.cerberus.testing;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * The public data that tests read when it is there.
 */
public final class TestData {

    private TestData() {
    }

    /**
     * Returns a file or folder of the data, or skips the test.
     * @param name path below the folder that {@code CERBERUS_TEST_DATA} names
     * @return the path
     */
    public static Path require(String name) {
        String root = System.getenv("CERBERUS_TEST_DATA");
        Assumptions.assumeTrue(root != null && !root.isBlank(),
                "skipped: set CERBERUS_TEST_DATA to the folder with the public test data");
        Path path = Path.of(root).resolve(name);
        Assumptions.assumeTrue(Files.exists(path), "skipped: CERBERUS_TEST_DATA has no " + name);
        return path;
    }

}
