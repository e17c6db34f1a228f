package dev.cerberus.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.engine.EngineOptions.HeadsOptions;
import dev.cerberus.engine.EngineOptions.MemoryOptions;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.model.ModelException;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FilesInUseTests {

    @TempDir
    private Path directory;

    private FilesInUse find(String heads, String memory) throws IOException {
        Path model = this.directory.resolve("model");
        if (Files.notExists(model)) {
            TinyModels.write("llama", Files.createDirectory(model));
        }
        return FilesInUse.find(EngineOptions.builder(model.toString())
            .heads(new HeadsOptions(true, Optional.of(heads), OptionalInt.empty()))
            .memory(new MemoryOptions(true, Optional.of(memory)))
            .build(), ModelDirectory.open(model));
    }

    @Test
    void filesAreNamedByPathsOrUrls() throws IOException {
        Path folder = Files.createDirectory(this.directory.resolve("my models"));
        Path heads = Files.createFile(folder.resolve("heads.safetensors"));
        Path memory = Files.createFile(folder.resolve("memory.safetensors"));
        FilesInUse urls = find(heads.toUri().toString(), memory.toUri().toString());
        assertThat(urls.heads()).hasValue(heads);
        assertThat(urls.memory()).hasValue(memory);
        assertThat(find(heads.toString(), "file:" + memory)).isEqualTo(urls);
        assertThat(find("FILE:" + heads, "file://" + memory)).isEqualTo(urls);
    }

    @Test
    void whatIsNoUrlIsNamed() {
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> find("file:///no%zz", "m"))
            .withMessageContaining("heads file 'file:///no%zz' is not a path");
    }

}
