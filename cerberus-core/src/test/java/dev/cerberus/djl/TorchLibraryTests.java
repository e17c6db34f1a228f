package dev.cerberus.djl;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Which libtorch would be loaded, told from folders as they are distributed.
 */
class TorchLibraryTests {

    private final Map<String, String> settings = new HashMap<>();

    private Path lib;

    @BeforeEach
    void makeLibrary(@TempDir Path directory) throws IOException {
        this.lib = Files.createDirectories(directory.resolve("torch/lib"));
        Files.createFile(this.lib.resolve(System.mapLibraryName("torch")));
        this.settings.put("PYTORCH_LIBRARY_PATH", this.lib.toString());
    }

    private TorchLibrary find() {
        Properties engine = new Properties();
        engine.setProperty("pytorch_version", "2.7.1");
        engine.setProperty("djl_version", "0.36.0");
        return TorchLibrary.find((name) -> Optional.ofNullable(this.settings.get(name)), engine);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(this.lib.resolve(file), text);
    }

    @Test
    void aDistributionForCppTellsItsVersion() throws IOException {
        write("../build-version", "2.7.1+cu128\n");
        assertThat(find().version()).isEqualTo("2.7.1+cu128");
        assertThat(find().check()).isEmpty();
        assertThat(find()).hasToString("libtorch 2.7.1+cu128 in " + this.lib);
    }

    @Test
    void anInstallationForPythonTellsItsVersion() throws IOException {
        write("../version.py", "from typing import Optional\n__version__ = '2.7.1+cpu'\ndebug = False\n");
        assertThat(find().version()).isEqualTo("2.7.1+cpu");
        assertThat(find().check()).isEmpty();
    }

    @Test
    void anotherVersionThanTheBindingsIsRefused() throws IOException {
        write("../version.py", "__version__ = '2.11.0+cu130'\n");
        TorchLibrary library = find();
        assertThatThrownBy(library::check).isInstanceOf(NativeLibraryException.class)
            .hasMessage("The libtorch in " + this.lib + " is 2.11.0+cu130, but the Java binding is made for 2.7.1; "
                    + "loading it would end the process. Let PYTORCH_LIBRARY_PATH name a folder with libtorch 2.7.1, "
                    + "or unset it")
            .extracting((failure) -> ((NativeLibraryException) failure).isMissing())
            .isEqualTo(false);
    }

    @Test
    void theVersionThatIsSetIsTheBindings() throws IOException {
        this.settings.put("PYTORCH_VERSION", "2.5.1");
        write("../build-version", "2.7.1");
        TorchLibrary library = find();
        assertThatThrownBy(library::check).hasMessageContaining("is 2.7.1, but the Java binding is made for 2.5.1");
        write("../build-version", "2.5.1");
        assertThat(find().check()).isEmpty();
    }

    @Test
    void aBindingBesideTheLibraryIsMadeForIt() throws IOException {
        write("../build-version", "2.11.0");
        write("0.36.0-" + System.mapLibraryName("djl_torch"), "");
        assertThat(find().check()).isEmpty();
        assertThat(find().version()).isEqualTo("2.11.0");
    }

    @Test
    void aFolderThatDoesNotTellItsVersionIsTakenAndThatIsTold() {
        assertThat(find().version()).isEqualTo("2.7.1");
        assertThat(find().check()).get()
            .asString()
            .contains("The version of the libtorch in " + this.lib + " can not be told", "it has to be 2.7.1");
    }

    @Test
    void whatIsNoVersionIsNotTakenForOne() throws IOException {
        write("../build-version", "unknown");
        assertThat(find().found()).isEmpty();
    }

    @Test
    void aVariableWithoutALibraryIsTold() {
        this.settings.put("PYTORCH_LIBRARY_PATH", "/no/such/folder");
        assertThat(find().folder()).isEmpty();
        assertThat(find().version()).isEqualTo("2.7.1");
        assertThat(find().check()).get()
            .asString()
            .contains("PYTORCH_LIBRARY_PATH", "/no/such/folder", System.mapLibraryName("torch"));
    }

    @Test
    void theFirstOfSeveralFoldersWithALibraryCounts() {
        this.settings.put("PYTORCH_LIBRARY_PATH", "/no/such/folder" + File.pathSeparator + this.lib);
        assertThat(find().folder()).contains(this.lib);
        this.settings.put("PYTORCH_LIBRARY_PATH", this.lib.resolve(System.mapLibraryName("torch")).toString());
        assertThat(find().folder()).contains(this.lib);
    }

    @Test
    void withoutVariablesItIsTheBindingsOwn() {
        this.settings.clear();
        assertThat(find().version()).isEqualTo("2.7.1");
        assertThat(find().check()).isEmpty();
        assertThat(find()).hasToString("libtorch 2.7.1");
    }

    @Test
    void theLibraryOfThisBuildIsTheOneThatItsDependencyNames() {
        assertThat(NativeLibraryException.dependency()).contains(":" + TorchRuntime.libraryVersion() + ":");
    }

}
