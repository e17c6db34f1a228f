package dev.cerberus.djl;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import ai.djl.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class NativeLibraryExceptionTests {

    private static NativeLibraryException failure(String reason) {
        return NativeLibraryException.of(
                new EngineException("Failed to load PyTorch native library", new UnsatisfiedLinkError(reason)),
                Optional.empty());
    }

    @Test
    void theInnermostReasonIsTold() {
        NativeLibraryException failure = failure("/lib/libtorch_cpu.so: file too short");
        assertThat(failure).hasMessage("PyTorch's native library can not be loaded (/lib/libtorch_cpu.so: file too "
                + "short); add the dependency " + NativeLibraryException.dependency());
        assertThat(failure.isMissing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = { "libcudart.so.12", "libcublas.so.12", "libcudnn.so.9", "libnvrtc.so.12", "libnccl.so.2" })
    void aLibraryOfCudaThatIsNotFoundIsNamed(String library) {
        NativeLibraryException failure = failure(
                "/x/libtorch_cuda.so: " + library + ": cannot open shared object file: No such file or directory");
        assertThat(failure.getMessage()).endsWith(
                "put " + library + " of CUDA into the folder of libtorch, or add its " + "folder to LD_LIBRARY_PATH");
        assertThat(failure.isMissing()).isFalse();
    }

    @Test
    void anotherLibraryThatIsNotFoundIsNotTakenForCudas() {
        NativeLibraryException failure = failure(
                "/x/libtorch_cpu.so: libgomp.so.1: cannot open shared object file: No such file or directory");
        assertThat(failure.getMessage()).contains("libgomp.so.1").doesNotContain("of CUDA");
    }

    @Test
    void aFolderThatAVariableNamesIsNamed() {
        NativeLibraryException failure = NativeLibraryException.of(new UnsatisfiedLinkError("file too short"),
                Optional.of(Path.of("folder")));
        assertThat(failure.getMessage()).endsWith("; look at folder, which PYTORCH_LIBRARY_PATH names, or unset that "
                + "variable and add the dependency " + NativeLibraryException.dependency());
        assertThat(failure.isMissing()).isFalse();
    }

    static List<IOException> failuresToUnpack() {
        return List.of(new IOException("No space left on device"), new IOException("Disk quota exceeded"),
                new IOException("There is not enough space on the disk"), new AccessDeniedException("/cache"),
                new FileSystemException("/cache", null, "Read-only file system"));
    }

    @ParameterizedTest
    @MethodSource("failuresToUnpack")
    void aFolderThatTakesNoFilesIsTold(IOException cause) {
        NativeLibraryException failure = NativeLibraryException.of(
                new EngineException("Failed to load PyTorch native library",
                        new IllegalStateException("Failed to extract pytorch native library", cause)),
                Optional.empty());
        assertThat(failure).hasMessage("PyTorch's native library can not be loaded (" + cause
                + "); set DJL_CACHE_DIR to a folder that can be written, with room for it");
        assertThat(failure.isMissing()).isFalse();
    }

    /* DJL looks for what is no dependency in the network. */
    @Test
    void aNetworkThatCanNotBeReachedIsNotTakenForAFolder() {
        NativeLibraryException failure = NativeLibraryException
            .of(new EngineException("Failed", new UnknownHostException("publish.djl.ai")), Optional.empty());
        assertThat(failure.getMessage()).endsWith("add the dependency " + NativeLibraryException.dependency());
        assertThat(failure.isMissing()).isTrue();
    }

    @Test
    void aFailureWithoutAnyMessageIsToldByItsName() {
        assertThat(NativeLibraryException.of(new NoClassDefFoundError(), Optional.empty()))
            .hasMessageContaining("NoClassDefFoundError");
    }

}
