package dev.cerberus.cli;

import dev.cerberus.engine.EngineDescription;
import dev.cerberus.text.ChatTemplateException;

/**
 * A check that a model can be talked to.
 */
final class Chats {

    private Chats() {
    }

    /**
     * Refuses a model without chat template, unless prompts are sent as they are.
     * @throws ChatTemplateException if conversations can not be rendered
     */
    static void require(EngineDescription model, boolean raw) {
        if (!raw && !model.chat()) {
            throw new ChatTemplateException("The model " + model.modelName() + " has no chat template; add --raw to "
                    + "send prompts as they are, or name one with --chat-template");
        }
    }

}
