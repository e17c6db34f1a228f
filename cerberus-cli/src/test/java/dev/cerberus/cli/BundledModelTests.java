package dev.cerberus.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.cerberus.engine.BundledModel;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.testing.DemoFixture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The model in the box, where its jar is on the class path.
 */
class BundledModelTests {

    private static final String FOLDER = "/smollm2-135m-instruct/";

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = BundledModelTests.class.getResourceAsStream(FOLDER + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    private static String text(String name) throws IOException {
        return new String(resource(name), StandardCharsets.UTF_8);
    }

    @Test
    void isThereWithLicenceAndCardAndOpens() throws IOException {
        assertThat(BundledModel.isPresent()).isTrue();
        assertThat(text("LICENSE")).contains("Apache License");
        assertThat(text("README.md")).contains("SmolLM2-135M-Instruct", "Apache-2.0");
        ModelDirectory model = ModelDirectory.open(BundledModel.LOCATION);
        assertThat(model.name()).isEqualTo("SmolLM2-135M-Instruct.Q4_1");
        assertThat(model.config().layers()).isEqualTo(30);
        assertThat(model.config().contextTokens()).isEqualTo(8192);
    }

    @Test
    void sumsNameWhatIsThere() throws Exception {
        List<String> lines = text("SHA256SUMS").lines().toList();
        assertThat(lines).isNotEmpty();
        for (String line : lines) {
            String[] parts = line.split(" [ *]");
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(resource(parts[1]));
            assertThat(HexFormat.of().formatHex(hash)).as(parts[1]).isEqualTo(parts[0]);
        }
    }

    @Test
    void jarHoldsNothingElse() throws IOException {
        Path resources = DemoFixture.root().resolveSibling("src").resolve("main").resolve("resources");
        try (Stream<Path> folders = Files.list(resources)) {
            assertThat(folders.map((folder) -> folder.getFileName().toString()))
                .containsExactly(FOLDER.replace("/", ""));
        }
    }

}
