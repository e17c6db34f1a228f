package dev.cerberus.engine;

import java.util.List;
import java.util.Optional;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
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
    static TemplateInUse find(EngineOptions options, ModelDirectory directory, List<Advice> notes) {
        try {
            return new TemplateInUse(ModelTexts.chatTemplate(directory, options.chatTemplate())
                .map((each) -> each.withVariables(options.templateVariables())), Optional.empty());
        }
        catch (ChatTemplateException ex) {
            if (options.chatTemplate().isPresent()) {
                throw ex;
            }
            notes.add(ex.advice().after("Chat requests will fail: "));
            return new TemplateInUse(Optional.empty(), Optional.of(ex));
        }
    }

    /**
     * Returns the template for a chat request.
     * @throws ChatTemplateException if there is none, with the reason
     */
    ChatTemplate require() {
        return this.template.orElseThrow(this::unusable);
    }

    private ChatTemplateException unusable() {
        return this.failure.map((cause) -> new ChatTemplateException(cause.advice(), cause))
            .orElseGet(() -> new ChatTemplateException(Advice.of(
                    "The model has no chat template, so it serves raw generation only",
                    Remedy.of("set", Setting.CHAT_TEMPLATE, "to chatml, llama-2, vicuna, zephyr or a Jinja file"))));
    }

}
