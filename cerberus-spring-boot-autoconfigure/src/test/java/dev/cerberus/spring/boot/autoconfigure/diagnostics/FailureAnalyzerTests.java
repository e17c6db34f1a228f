package dev.cerberus.spring.boot.autoconfigure.diagnostics;

import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cerberus.djl.NativeLibraryException;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.model.ModelException;
import dev.cerberus.spring.boot.autoconfigure.TinyEngine;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.text.TokenizerException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class FailureAnalyzerTests {

    private static FailureAnalysis analyze(FailureAnalyzer analyzer, RuntimeException failure) {
        return analyzer.analyze(new IllegalStateException("wrapped", failure));
    }

    private static FailureAnalysis analyzeLibrary(String reason) throws Exception {
        var create = NativeLibraryException.class.getDeclaredMethod("of", Throwable.class, Optional.class);
        create.setAccessible(true);
        return analyze(new ModelFailureAnalyzer(),
                (RuntimeException) create.invoke(null, new UnsatisfiedLinkError(reason), Optional.empty()));
    }

    @Test
    void missingNativeLibraryPrintsTheDependencyAndTheWaysToAGpu() throws Exception {
        FailureAnalysis analysis = analyzeLibrary("no torch");
        String[] parts = NativeLibraryException.dependency().split(":", -1);
        assertThat(analysis.getDescription()).contains("no torch");
        assertThat(analysis.getAction()).contains("<artifactId>pytorch-native-cpu</artifactId>",
                "<version>" + parts[2] + "</version>", "<classifier>" + parts[3] + "</classifier>",
                NativeLibraryException.dependency());
        assertThat(analysis.getAction()).contains("For an NVIDIA GPU leave that dependency out",
                "a folder with libtorch " + parts[2], "PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION", "PYTORCH_FLAVOR");
    }

    @Test
    void libraryThatIsThereButNotWhatItNeedsPrintsNoDependency() throws Exception {
        FailureAnalysis analysis = analyzeLibrary(
                "libcudart.so.12: cannot open shared object file: No such file or directory");
        assertThat(analysis.getDescription()).contains("libcudart.so.12", "LD_LIBRARY_PATH");
        assertThat(analysis.getAction()).doesNotContain("<dependency>");
    }

    @Test
    void modelThatCanNotBeRunIsToldWithItsMessage() {
        assertThat(analyze(new ModelFailureAnalyzer(), new ModelException("heads of hidden size 8 do not fit"))
            .getDescription()).contains("heads of hidden size 8 do not fit");
    }

    @Test
    void damagedFileIsToldWithProblemAndAction() {
        FailureAnalysis analysis = analyze(new ModelFileFailureAnalyzer(),
                new ModelFileException(Path.of("model.safetensors"), "the file ends early", "download it again"));
        assertThat(analysis.getDescription()).contains("model.safetensors", "the file ends early");
        assertThat(analysis.getAction()).startsWith("Download it again.").contains("cerberus.model.location");
    }

    @Test
    void tokenizerAndTemplateAreToldWithTheirProperties() {
        assertThat(analyze(new TokenizerFailureAnalyzer(), new TokenizerException("tokenizer.json is no JSON"))
            .getAction()).contains("tokenizer.json", "cerberus.model.location");
        assertThat(analyze(new ChatTemplateFailureAnalyzer(), new ChatTemplateException("unknown tag")).getAction())
            .contains("cerberus.chat.template");
    }

    @Test
    void applicationWithAMissingModelPrintsWhatToDo(CapturedOutput output) {
        start("--cerberus.model.location=/no/such/model");
        assertThat(output).contains("APPLICATION FAILED TO START", "/no/such/model", "cerberus.model.location");
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void applicationWithAnIllegalValuePrintsPropertyValueAndRange(CapturedOutput output) {
        start("--cerberus.model.location=" + TinyEngine.model(), "--cerberus.tree.max-nodes=0");
        assertThat(output).contains("APPLICATION FAILED TO START", "cerberus.tree.max-nodes", "0", "must be in 1..256");
    }

    @Test
    void applicationWithAnUnknownGatePrintsTheModes(CapturedOutput output) {
        start("--cerberus.model.location=" + TinyEngine.model(), "--cerberus.gate.mode=sometimes");
        assertThat(output).contains("APPLICATION FAILED TO START", "cerberus.gate.mode", "sometimes", "ADAPTIVE");
    }

    private static void start(String... arguments) {
        SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
            .build();
        assertThatException().isThrownBy(() -> application.run(arguments).close());
    }

    @EnableAutoConfiguration
    static class Application {

    }

}
