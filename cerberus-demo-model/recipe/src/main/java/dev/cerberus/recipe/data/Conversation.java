package dev.cerberus.recipe.data;

import java.util.List;

/**
 * One generated chat together with what its last answer has to say.
 *
 * @param category lower-case category name, such as {@code writing}
 * @param tools JSON definitions of the tools that the assistant may call, empty for a
 * plain chat
 * @param turns messages in order; the last one is an assistant answer
 * @param mustContain texts that a correct last answer contains; used to measure accuracy
 */
public record Conversation(String category, List<String> tools, List<Turn> turns, List<String> mustContain) {

    public Conversation {
        tools = List.copyOf(tools);
        turns = List.copyOf(turns);
        mustContain = List.copyOf(mustContain);
        if (turns.isEmpty() || !turns.get(turns.size() - 1).role().equals("assistant")) {
            throw new IllegalArgumentException("turns must end with an assistant answer, was " + turns);
        }
        String answer = turns.get(turns.size() - 1).content();
        for (String text : mustContain) {
            if (!answer.contains(text)) {
                throw new IllegalArgumentException("mustContain names '" + text + "', the answer lacks it: " + answer);
            }
        }
    }

    /**
     * Returns the messages that a model is shown before it writes the last answer.
     */
    public List<Turn> prompt() {
        return this.turns.subList(0, this.turns.size() - 1);
    }

    /**
     * Returns the last assistant answer.
     */
    public String answer() {
        return this.turns.get(this.turns.size() - 1).content();
    }

    /**
     * Returns the messages of the user in order.
     */
    public List<String> userTurns() {
        return this.turns.stream().filter((turn) -> turn.role().equals("user")).map(Turn::content).toList();
    }
}
