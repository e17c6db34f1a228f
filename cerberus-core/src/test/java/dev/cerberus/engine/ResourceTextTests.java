package dev.cerberus.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.hf.ModelFileException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ResourceTextTests {

    private static final String CLASSPATH = "dev/cerberus/text/templates/chatml.jinja";

    @TempDir
    private Path directory;

    @Test
    void findReadsPathsAndFileUrls() throws IOException {
        Path file = Files.writeString(this.directory.resolve("a b.jinja"), "text");
        assertThat(ResourceText.find(file.toString())).contains("text");
        assertThat(ResourceText.find(file.toUri().toString())).contains("text");
        assertThat(ResourceText.find("file:" + file)).contains("text");
    }

    @Test
    void findReadsTheClassPathWithAndWithoutSlash() {
        assertThat(ResourceText.find("classpath:" + CLASSPATH)).get().asString().contains("im_start");
        assertThat(ResourceText.find("classpath:/" + CLASSPATH)).isEqualTo(ResourceText.find("classpath:" + CLASSPATH));
    }

    @Test
    void findOfWhatIsNotThereIsEmpty() {
        assertThat(ResourceText.find("classpath:nowhere.jinja")).isEmpty();
        assertThat(ResourceText.find(this.directory.resolve("nowhere").toString())).isEmpty();
        assertThat(ResourceText.find("file:///no%zz")).isEmpty();
        assertThat(ResourceText.find("{{ nul\0 }}")).isEmpty();
    }

    @Test
    void findOfAFileThatIsNoTextSaysSo() throws IOException {
        Path file = Files.write(this.directory.resolve("binary"), new byte[] { (byte) 0xC3, 0x28 });
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> ResourceText.find(file.toString()))
            .withMessageContaining("UTF-8");
    }

}
