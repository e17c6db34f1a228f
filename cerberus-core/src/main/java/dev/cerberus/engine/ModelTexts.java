package dev.cerberus.engine;

import java.util.Optional;

import dev.cerberus.hf.GgufModel;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.TextTokenizer;

/**
 * Tokenizer and chat template of a model, wherever its format keeps them.
 */
public final class ModelTexts {

    private ModelTexts() {
    }

    /**
     * Loads the tokenizer.
     * @param model the model
     * @return the tokenizer, to be closed by the caller
     * @throws dev.cerberus.hf.ModelFileException if the model has none
     * @throws dev.cerberus.text.TokenizerException if it is damaged
     */
    public static TextTokenizer tokenizer(ModelDirectory model) {
        return model.gguf()
            .map((gguf) -> TextTokenizer.of(gguf.file(), gguf.tokenizerJson()))
            .orElseGet(() -> TextTokenizer.load(model.tokenizerJson()));
    }

    /**
     * Reads the chat template, with the model's special tokens. A file
     * {@code chat_template.jinja} beside a GGUF file wins over the template in it.
     * @param model the model
     * @return the template, empty if the model has none
     * @throws dev.cerberus.text.ChatTemplateException if it is not Jinja
     */
    public static Optional<ChatTemplate> chatTemplate(ModelDirectory model) {
        if (model.gguf().isEmpty()) {
            return ChatTemplate.fromTokenizerConfig(model.path());
        }
        GgufModel gguf = model.gguf().get();
        Optional<ChatTemplate> beside = model.chatTemplate().map(ChatTemplate::fromFile);
        return beside
            .or(() -> gguf.chatTemplate().map((source) -> ChatTemplate.of("the template in " + gguf.file(), source)))
            .map((template) -> withSpecialTokens(template, model));
    }

    /** Returns a template with the special tokens of a model, as far as it has any. */
    static ChatTemplate withSpecialTokens(ChatTemplate template, ModelDirectory model) {
        if (model.gguf().isEmpty()) {
            return template.withSpecialTokensOf(model.path());
        }
        GgufModel gguf = model.gguf().get();
        return template.withSpecialTokens(gguf.bosToken().or(() -> template.specialToken("bos_token")).orElse(""),
                gguf.eosToken().or(() -> template.specialToken("eos_token")).orElse(""));
    }

}
