package dev.cerberus.spring.boot.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.cerberus.spring.boot.autoconfigure.MissingModelException;

/**
 * An analyzer of applications that have no model.
 */
final class MissingModelFailureAnalyzer extends AbstractFailureAnalyzer<MissingModelException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, MissingModelException cause) {
        return new FailureAnalysis(
                "Cerberus has no model: cerberus.model.location is not set and the demo model is not on the class "
                        + "path.",
                """
                        Do one of these:

                            - set cerberus.model.location to a directory in Hugging Face layout (config.json, \
                        tokenizer.json, *.safetensors), \
                        a GGUF file, or a name on the hub, hf://ORG/NAME
                            - add the dependency dev.cerberus:cerberus-demo-model
                            - set cerberus.enabled to false""", cause);
    }

}
