package dev.cerberus.djl;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TorchScriptArchiveTests {

    private static final String SOURCE = """
            def twice(self, x: Tensor) -> Tensor:
              return x + x
            """;

    @Test
    void ofWhenCalledTwiceReturnsEqualBytes() {
        assertThat(TorchScriptArchive.of(SOURCE)).isEqualTo(TorchScriptArchive.of(SOURCE));
    }

    @Test
    void ofWhenSourceIsIndentedGivesTheSameProgram() {
        assertThat(TorchScriptArchive.of(SOURCE.indent(4))).isEqualTo(TorchScriptArchive.of(SOURCE));
    }

    @Test
    void ofStoresTheEntriesUncompressed() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(TorchScriptArchive.of(SOURCE)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getMethod()).as(entry.getName()).isEqualTo(ZipEntry.STORED);
                entries.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(entries).containsOnlyKeys("m/data.pkl", "m/code/__torch__.py", "m/constants.pkl", "m/version");
        assertThat(entries.get("m/code/__torch__.py")).isEqualTo("""
                class M(Module):
                  __parameters__ = []
                  __buffers__ = []
                  def twice(self, x: Tensor) -> Tensor:
                    return x + x
                """);
    }

    @Test
    void ofWhenSourceIsBlankExplains() {
        assertThatIllegalArgumentException().isThrownBy(() -> TorchScriptArchive.of(" \n"))
            .withMessageContaining("must define at least one method");
    }

}
