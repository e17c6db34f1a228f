package dev.cerberus.engine;

import java.util.Optional;
import java.util.Set;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.hf.GgufModel;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.TokenizerSettings;

/**
 * Tokenizer, chat template and end of turn of a model, wherever its format keeps them.
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
        TokenizerSettings settings = settings(model);
        return model.gguf()
            .map((gguf) -> TextTokenizer.load(gguf.file().toString(), gguf.tokenizerJson(), settings))
            .orElseGet(() -> TextTokenizer.load(model.tokenizerJson(), settings));
    }

    /*
     * The tokenizer that is made of a GGUF file adds by itself what the file wants added.
     */
    private static TokenizerSettings settings(ModelDirectory model) {
        return model.gguf()
            .map((gguf) -> new TokenizerSettings(gguf.bosToken(), gguf.eosToken()))
            .orElseGet(() -> TokenizerSettings.read(model.path()));
    }

    /**
     * Finds the tokens that end an answer.
     * @param model the model
     * @param tokenizer its tokenizer
     * @param template the chat template in use, if there is one
     * @return token ids, all within the vocabulary
     */
    public static Set<Integer> endOfTurn(ModelDirectory model, TextTokenizer tokenizer,
            Optional<ChatTemplate> template) {
        return EndOfTurn.find(model, settings(model), tokenizer, template);
    }

    /**
     * Reads the chat template, with the model's special tokens. A file
     * {@code chat_template.jinja} beside a GGUF file wins over the template in it.
     * @param model the model
     * @return the template, empty if the model has none
     * @throws ChatTemplateException if it is not Jinja
     */
    public static Optional<ChatTemplate> chatTemplate(ModelDirectory model) {
        if (model.gguf().isEmpty()) {
            return ChatTemplate.fromTokenizerConfig(model.path());
        }
        GgufModel gguf = model.gguf().get();
        Optional<ChatTemplate> beside = model.chatTemplate().map(ChatTemplate::fromFile);
        return beside.or(() -> gguf.chatTemplate().map((source) -> template(gguf, source)))
            .map((template) -> withSpecialTokens(template, model));
    }

    /**
     * Reads a chat template in place of the model's own.
     * @param model the model
     * @param named a preset's name or the location of a Jinja file; empty for the model's
     * own template
     * @return the template, empty if none is named and the model has none
     * @throws ChatTemplateException if there is no such template, or it is not Jinja
     */
    public static Optional<ChatTemplate> chatTemplate(ModelDirectory model, Optional<String> named) {
        if (named.isEmpty()) {
            return chatTemplate(model);
        }
        String template = named.get();
        if (ChatTemplate.presets().contains(template)) {
            return Optional.of(withSpecialTokens(ChatTemplate.preset(template), model));
        }
        String source = ResourceText.find(template)
            .orElseThrow(() -> new ChatTemplateException(Advice.of(
                    "The chat template '" + template + "' is neither " + String.join(", ", ChatTemplate.presets())
                            + " nor a Jinja file",
                    Remedy.of("name one of these, a file or a classpath: resource with", Setting.CHAT_TEMPLATE))));
        return Optional.of(withSpecialTokens(ChatTemplate.of(template, source), model));
    }

    private static ChatTemplate template(GgufModel gguf, String source) {
        String name = "the template in " + gguf.file();
        return gguf.toolTemplate()
            .map((tools) -> ChatTemplate.of(name, source, tools))
            .orElseGet(() -> ChatTemplate.of(name, source));
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
