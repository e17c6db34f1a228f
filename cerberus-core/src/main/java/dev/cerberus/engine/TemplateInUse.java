package dev.cerberus.engine;

import java.util.List;
import java.util.Optional;

import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ChatTemplateException;

/**
 * The chat template of an engine, or why it has none. Immutable and thread-safe.
 *
 * @param template the template, if there is a usable one
 * @param failure why the model's own can not be used
 */
record TemplateInUse(Optional<ChatTemplate> template, Optional<ChatTemplateException> failure) {

    /**
     * Reads the template that the options name, or else the model's own. The latter is no
     * reason not to load a model that may only be asked for continuations of texts.
     * @param notes gets what a user should know
     * @throws ChatTemplateException if the template that the options name is not usable
     */
    static TemplateInUse find(EngineOptions options, ModelDirectory directory, List<String> notes) {
        try {
            return new TemplateInUse(
                    read(options, directory).map((each) -> each.withVariables(options.templateVariables())),
                    Optional.empty());
        }
        catch (ChatTemplateException ex) {
            if (options.chatTemplate().isPresent()) {
                throw ex;
            }
            notes.add("Chat requests will fail: " + ex.getMessage());
            return new TemplateInUse(Optional.empty(), Optional.of(ex));
        }
    }

    private static Optional<ChatTemplate> read(EngineOptions options, ModelDirectory directory) {
        if (options.chatTemplate().isEmpty()) {
            return ModelTexts.chatTemplate(directory);
        }
        String template = options.chatTemplate().get();
        if (ChatTemplate.presets().contains(template)) {
            return Optional.of(ModelTexts.withSpecialTokens(ChatTemplate.preset(template), directory));
        }
        String source = ResourceText.find(template)
            .orElseThrow(() -> new ChatTemplateException(
                    "cerberus.chat.template '" + template + "' is neither " + String.join(", ", ChatTemplate.presets())
                            + " nor a Jinja file; name one of these, a file, or a classpath: resource"));
        return Optional.of(ModelTexts.withSpecialTokens(ChatTemplate.of(template, source), directory));
    }

    /**
     * Returns the template for a chat request.
     * @throws ChatTemplateException if there is none, with the reason
     */
    ChatTemplate require() {
        return this.template.orElseThrow(this::unusable);
    }

    private ChatTemplateException unusable() {
        return this.failure.map((cause) -> new ChatTemplateException(String.valueOf(cause.getMessage()), cause))
            .orElseGet(() -> new ChatTemplateException(
                    "The model has no chat template, so it serves raw generation only; set "
                            + "cerberus.chat.template to chatml, llama-2, vicuna, zephyr or a Jinja file"));
    }

}
