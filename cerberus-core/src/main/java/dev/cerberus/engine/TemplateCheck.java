package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.text.TextTokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check that a model knows the tokens its chat template writes.
 */
final class TemplateCheck {

    private static final Logger LOGGER = LoggerFactory.getLogger(TemplateCheck.class);

    private static final List<ChatMessage> CONVERSATION = List.of(ChatMessage.user("Hello"));

    private TemplateCheck() {
    }

    /**
     * Checks a template.
     * @throws ModelFileException if it writes a token beyond the model's vocabulary
     */
    static void check(ChatTemplate template, TextTokenizer tokenizer, ModelConfig config, Path directory) {
        String text;
        try {
            text = template.render(CONVERSATION, List.of(), true, Map.of());
        }
        catch (ChatTemplateException ex) {
            // Some templates take only conversations of a certain form.
            LOGGER.debug("The tokens of {} can not be checked", template, ex);
            return;
        }
        for (int id : tokenizer.encode(text, false)) {
            if (id >= config.vocabularySize()) {
                throw new ModelFileException(directory.toString(),
                        "its chat template writes the token " + tokenizer.specialToken(id).orElse("of id " + id)
                                + " (id " + id + "), but its " + ModelConfig.FILE_NAME + " has a vocabulary of only "
                                + config.vocabularySize(),
                        List.of(Remedy.of("use tokenizer and template of this model"),
                                Remedy.of("set", Setting.CHAT_TEMPLATE, "to another one")));
            }
        }
    }

}
