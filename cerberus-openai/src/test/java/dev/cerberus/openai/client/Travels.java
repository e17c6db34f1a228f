package dev.cerberus.openai.client;

import java.util.List;

import dev.cerberus.testing.KnownAnswers.Turn;

/**
 * What the model of these tests knows: the weather and the time somewhere, by tools and
 * as JSON, and a story without end.
 */
final class Travels {

    private static final String CALLS = call("weather", "{\"city\": \"Rome\"}") + "\n"
            + call("time", "{\"city\": \"Oslo\"}");

    private static final String REPORT = "{\"degrees\": 22, \"sky\": \"sunny\", \"time\": \"14:35\"}";

    private Travels() {
    }

    static List<String> answers(List<Turn> conversation) {
        Turn last = conversation.get(conversation.size() - 1);
        if (last.content().contains("<tool_response>")) {
            return List.of("It is sunny in Rome and 14:35 in Oslo.", REPORT);
        }
        if (last.content().contains("story")) {
            return List.of("Once upon a time there was a traveller. " + "She went on and on. ".repeat(300));
        }
        return last.content().contains("Rome") ? List.of(CALLS) : List.of("Hello, where do you go?");
    }

    private static String call(String name, String arguments) {
        return "<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>";
    }

}
