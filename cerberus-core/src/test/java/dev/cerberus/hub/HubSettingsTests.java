package dev.cerberus.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HubSettingsTests {

    @Test
    void settingsComeFromTheVariablesOfTheHubsTools(@TempDir Path home) throws IOException {
        HubSettings none = HubSettings.of(Map.of(), home);
        assertThat(none.endpoint()).hasToString(HubSettings.DEFAULT_ENDPOINT);
        assertThat(none.token()).isEmpty();
        assertThat(none.cache()).isEqualTo(home.resolve(".cache/cerberus/hub"));
        Files.createDirectories(home.resolve(".cache/huggingface/hub"));
        assertThat(HubSettings.of(Map.of(), home).cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(HubSettings.of(Map.of("HF_HOME", "/h"), home).cache()).isEqualTo(Path.of("/h/hub"));
        assertThat(HubSettings.of(Map.of("HF_HOME", "~/models/hf"), home).cache())
            .isEqualTo(home.resolve("models/hf/hub"));
        assertThat(HubSettings.of(Map.of("HF_HUB_CACHE", "~"), home).cache()).isEqualTo(home);
        assertThat(HubSettings.of(Map.of("HF_HUB_CACHE", "~other/x"), home).cache()).isEqualTo(Path.of("~other/x"));
        HubSettings all = HubSettings.of(Map.of("HF_HOME", "/h", "HF_HUB_CACHE", "/c", "HF_TOKEN", " t ", "HF_ENDPOINT",
                "http://mirror.example:81/x/"), home);
        assertThat(all.cache()).isEqualTo(Path.of("/c"));
        assertThat(all.token()).isEqualTo(Optional.of("t"));
        assertThat(all.endpoint()).hasToString("http://mirror.example:81/x");
        assertThatExceptionOfType(HubException.class).isThrownBy(() -> all.withEndpoint("ftp://x"));
        assertThatExceptionOfType(HubException.class).isThrownBy(() -> all.withEndpoint("no url"));
    }

}
