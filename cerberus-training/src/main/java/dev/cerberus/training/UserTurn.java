package dev.cerberus.training;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ChatTemplateException;

/**
 * What a chat template writes around the first message of a user.
 *
 * @param beginning text up to the message, the prompt of a model that is to write the
 * message itself
 * @param end what follows a message, up to the first blank; what a model that goes on
 * after its message writes next, unless that is a special token
 */
record UserTurn(String beginning, String end) {

    private static final Logger LOGGER = LoggerFactory.getLogger(UserTurn.class);

    private static final String MESSAGE = "What is the answer?";

    /**
     * Reads what a template writes.
     * @param template the template
     * @return empty if it refuses a plain message, or writes nothing before or after it
     */
    static Optional<UserTurn> of(ChatTemplate template) {
        String rendered;
        try {
            rendered = template.render(List.of(ChatMessage.user(MESSAGE)), List.of(), true, Map.of());
        }
        catch (ChatTemplateException ex) {
            LOGGER.debug("No user's turn can be read from {}", template, ex);
            return Optional.empty();
        }
        int at = rendered.lastIndexOf(MESSAGE);
        String after = (at < 0) ? "" : rendered.substring(at + MESSAGE.length()).strip();
        if (at <= 0 || after.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new UserTurn(rendered.substring(0, at), after.split("\\s", 2)[0]));
    }

    /**
     * Takes the message out of what a model wrote after the {@link #beginning}.
     * @param text what it wrote, without special tokens
     * @param ended whether it ended by itself
     * @return the message, empty if there is none or it has no end
     */
    Optional<String> message(String text, boolean ended) {
        int at = text.indexOf(this.end);
        if (at < 0 && !ended) {
            return Optional.empty();
        }
        String message = ((at < 0) ? text : text.substring(0, at)).strip();
        return message.isEmpty() ? Optional.empty() : Optional.of(message);
    }

}
