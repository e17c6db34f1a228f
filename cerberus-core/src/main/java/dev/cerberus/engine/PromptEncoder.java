package dev.cerberus.engine;

import java.util.Map;
import java.util.Optional;

import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.text.TextTokenizer;

/**
 * Turns a prompt into token ids. Thread-safe.
 */
final class PromptEncoder {

    private final TextTokenizer tokenizer;

    private final Optional<ChatTemplate> template;

    PromptEncoder(TextTokenizer tokenizer, Optional<ChatTemplate> template) {
        this.tokenizer = tokenizer;
        this.template = template;
    }

    int[] encode(Prompt prompt) {
        int[] ids = ids(prompt);
        if (ids.length == 0) {
            throw new IllegalArgumentException("the prompt is empty; give it at least one character");
        }
        return ids;
    }

    private int[] ids(Prompt prompt) {
        if (prompt instanceof Prompt.Raw raw) {
            return this.tokenizer.encode(raw.text(), true);
        }
        if (prompt instanceof Prompt.Chat chat) {
            return this.tokenizer.encode(render(chat), false);
        }
        return ((Prompt.Tokens) prompt).ids();
    }

    private String render(Prompt.Chat chat) {
        if (this.template.isEmpty()) {
            throw new ChatTemplateException("The model has no chat template, so it serves raw generation only; set "
                    + "cerberus.chat.template to chatml, llama-2, vicuna, zephyr or a Jinja file");
        }
        return this.template.get().render(chat.messages(), chat.tools(), true, Map.of());
    }

}
