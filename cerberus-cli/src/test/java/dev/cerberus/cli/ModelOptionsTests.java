package dev.cerberus.cli;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import static org.assertj.core.api.Assertions.assertThat;

class ModelOptionsTests {

    @ParameterizedTest
    @CsvSource({ "tiny.gguf, cerberus-heads.safetensors", "m/tiny.GGUF, m/cerberus-heads.safetensors",
            "C:\\m\\tiny.gguf, C:\\m\\cerberus-heads.safetensors", "/tiny.gguf, /cerberus-heads.safetensors",
            "m, m/cerberus-heads.safetensors", "m/, m/cerberus-heads.safetensors" })
    void headsAreLookedForBesideTheModel(String model, String heads) {
        Some some = new Some();
        new CommandLine(some).parseArgs("--model", model);
        assertThat(some.model.headsName()).isEqualTo(heads);
    }

    @Command(name = "some")
    private static final class Some {

        @Mixin
        private ModelOptions model = new ModelOptions();

    }

}
