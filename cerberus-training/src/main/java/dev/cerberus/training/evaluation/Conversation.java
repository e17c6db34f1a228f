package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.List;

import dev.cerberus.engine.Prompt;
import dev.cerberus.text.ChatMessage;

/**
 * One entry of a prompt file: what a user says, turn by turn. Immutable and thread-safe.
 *
 * @param id name of the entry, unique within its file
 * @param category what kind of task it is
 * @param turns what the user says, at least one turn
 */
public record Conversation(String id, String category, List<String> turns) {

    /**
     * Checks the components and copies the list.
     */
    public Conversation {
        turns = List.copyOf(turns);
        if (turns.isEmpty()) {
            throw new IllegalArgumentException("prompt " + id + " has no turn; it needs at least one");
        }
        if (category.isBlank()) {
            throw new IllegalArgumentException("the category of prompt " + id + " must not be blank");
        }
    }

    /**
     * Returns what is thrown where a turn can not be answered.
     * @param turn the turn, 0-based
     * @param cause why
     * @return an exception whose message names the prompt
     */
    public EvaluationException refused(int turn, IllegalArgumentException cause) {
        return new EvaluationException("Prompt " + this.id + " of category " + this.category + ", turn " + (turn + 1)
                + ", can not be answered: " + cause.getMessage(), cause);
    }

    /**
     * Returns the prompt of a turn: all turns up to it, with the answers between them.
     * @param turn the turn to be answered, 0-based
     * @param answers answers to the turns before it
     * @param raw whether to leave out the chat template; the texts then follow one
     * another on lines of their own
     * @return the prompt
     */
    public Prompt prompt(int turn, List<String> answers, boolean raw) {
        if (answers.size() < turn) {
            throw new IllegalArgumentException(
                    "turn " + turn + " of prompt " + this.id + " needs " + turn + " answers, were " + answers.size());
        }
        if (raw) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < turn; i++) {
                text.append(this.turns.get(i)).append(answers.get(i)).append('\n');
            }
            return new Prompt.Raw(text.append(this.turns.get(turn)).toString());
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < turn; i++) {
            messages.add(ChatMessage.user(this.turns.get(i)));
            messages.add(ChatMessage.assistant(answers.get(i)));
        }
        messages.add(ChatMessage.user(this.turns.get(turn)));
        return new Prompt.Chat(messages, List.of());
    }

}
