package dev.cerberus.spring.boot.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.cerberus.text.ChatTemplateException;

/**
 * An analyzer of chat templates that can not be read.
 */
final class ChatTemplateFailureAnalyzer extends AbstractFailureAnalyzer<ChatTemplateException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ChatTemplateException cause) {
        return new FailureAnalysis("Cerberus can not use the chat template: " + cause.getMessage(),
                "Set cerberus.chat.template to chatml, llama-2, vicuna, zephyr or a readable Jinja file, or leave it "
                        + "empty for the model's own.",
                cause);
    }

}
