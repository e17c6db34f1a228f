package dev.cerberus.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The 4 M chat model of this repository with its heads and memory, which is no part of
 * any jar.
 *
 * <p>
 * It is looked for above the working directory, which is that of a module or of the whole
 * repository, depending on who runs the tests.
 */
public final class DemoFixture {

    private static final Path FIXTURE = Path.of("cerberus-demo-model", "fixture");

    private DemoFixture() {
    }

    /**
     * Returns the directory of the model.
     * @return a directory in Hugging Face layout
     */
    public static Path model() {
        return root().resolve("cerberus-demo");
    }

    /**
     * Returns the folder with the model, its baselines and its prompts.
     * @return an existing folder
     */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            Path fixture = at.resolve(FIXTURE);
            if (Files.isDirectory(fixture)) {
                return fixture;
            }
        }
        throw new IllegalStateException("there is no " + FIXTURE + " in or above " + start
                + "; run the tests inside a checkout of the repository");
    }

}
