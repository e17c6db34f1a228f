package dev.cerberus.spring.boot.autoconfigure.diagnostics;

import java.util.Locale;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.cerberus.djl.NativeLibraryException;
import dev.cerberus.model.ModelException;

/**
 * An analyzer of models that can not be run as asked, the missing native library among
 * them.
 */
final class ModelFailureAnalyzer extends AbstractFailureAnalyzer<ModelException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ModelException cause) {
        String description = "Cerberus can not run the model: " + cause.getMessage();
        if (cause instanceof NativeLibraryException library && library.isMissing()) {
            return new FailureAnalysis(description, addDependency(NativeLibraryException.dependency()), cause);
        }
        return new FailureAnalysis(description,
                "Correct what the message names, or set cerberus.enabled to false to " + "start without a model.",
                cause);
    }

    private static String addDependency(String coordinates) {
        String[] parts = coordinates.split(":", -1);
        return String.format(Locale.ROOT, """
                Add PyTorch's library for this machine to the application, in Maven:

                    <dependency>
                        <groupId>%s</groupId>
                        <artifactId>%s</artifactId>
                        <version>%s</version>
                        <classifier>%s</classifier>
                        <scope>runtime</scope>
                    </dependency>

                in Gradle: runtimeOnly("%s")

                For an NVIDIA GPU leave that dependency out, so that a CUDA build is downloaded at the first start \
                (it takes a libcudart on the loader's path to be found), or name a folder with libtorch %s by the \
                environment variables PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR: docs/gpu.md.""",
                parts[0], parts[1], parts[2], parts[3], coordinates, parts[2]);
    }

}
