package dev.cerberus.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.testing.TinyModels;

/**
 * A real engine over a model with random weights, small enough to be loaded in every
 * test.
 */
public final class TinyEngine {

    private static final Path MODEL = write();

    private TinyEngine() {
    }

    private static Path write() {
        try {
            Path directory = Files.createTempDirectory("tiny-llama-");
            TinyModels.writeWithTokenizer("llama", directory);
            try (var files = Files.list(directory)) {
                files.forEach((file) -> file.toFile().deleteOnExit());
            }
            directory.toFile().deleteOnExit();
            return directory;
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    public static Path model() {
        return MODEL;
    }

    public static String[] properties() {
        return new String[] { "cerberus.model.location=" + MODEL, "cerberus.model.name=tiny", "cerberus.device=cpu",
                "cerberus.model.precision=fp32", "cerberus.chat.max-output-tokens=8" };
    }

    public static CerberusEngine open() {
        return CerberusEngine.open(EngineOptions.builder(MODEL.toString()).device("cpu").precision("fp32").build());
    }

}
