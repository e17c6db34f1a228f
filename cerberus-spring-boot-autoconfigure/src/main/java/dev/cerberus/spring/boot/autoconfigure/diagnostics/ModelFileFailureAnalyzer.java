package dev.cerberus.spring.boot.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.cerberus.hf.ModelFileException;

/**
 * An analyzer of model files that are missing, damaged or not supported.
 */
final class ModelFileFailureAnalyzer extends AbstractFailureAnalyzer<ModelFileException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ModelFileException cause) {
        return new FailureAnalysis("Cerberus can not read " + cause.file() + ": " + cause.problem() + ".",
                sentence(cause.action()) + " The model is named by the property cerberus.model.location, its heads by "
                        + "cerberus.heads.location.",
                cause);
    }

    private static String sentence(String action) {
        return Character.toUpperCase(action.charAt(0)) + action.substring(1) + ".";
    }

}
