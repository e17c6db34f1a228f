package dev.cerberus.spring.boot.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.cerberus.text.TokenizerException;

/**
 * An analyzer of tokenizer files that can not be used.
 */
final class TokenizerFailureAnalyzer extends AbstractFailureAnalyzer<TokenizerException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, TokenizerException cause) {
        return new FailureAnalysis("Cerberus can not use the model's tokenizer: " + cause.getMessage(),
                "Put the tokenizer.json that was published with the model into the directory that "
                        + "cerberus.model.location names.",
                cause);
    }

}
