package dev.cerberus.langchain4j.kit;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.cerberus.testing.KnownAnswers.Turn;

/**
 * What a model has to know for LangChain4j's tests: to every question the answers that
 * follow each other while tools are called, and for each of these what it would rather
 * say, and what where that is forbidden.
 */
final class KitAnswers implements Function<List<Turn>, List<String>> {

    private static final String PERSON = "{\"name\": \"Klaus\", \"age\": 37, \"height\": 1.78, \"married\": false}";

    private static final String OTHER_PERSON = "{\"name\": \"Franny\", \"age\": 35, \"height\": 1.65, \"married\": true}";

    private static final String COLOURS = "{\"name\": \"Klaus\", \"favouriteColors\": [\"orange\", \"green\"]}";

    private final Map<String, List<List<String>>> known = new LinkedHashMap<>();

    KitAnswers() {
        conversations();
        tools();
        arithmetic();
        persons();
        values();
        animals();
    }

    @Override
    public List<String> apply(List<Turn> conversation) {
        int question = question(conversation);
        if (question < 0) {
            return List.of();
        }
        String text = conversation.get(question).content();
        List<List<String>> answers = this.known.entrySet()
            .stream()
            .filter((entry) -> text.contains(entry.getKey()))
            .max(Comparator.comparingInt((entry) -> entry.getKey().length()))
            .map(Map.Entry::getValue)
            .orElse(List.of(List.of("I do not know.")));
        long given = conversation.subList(question, conversation.size())
            .stream()
            .filter((turn) -> turn.role().equals("assistant"))
            .count();
        return answers.get((int) Math.min(given, answers.size() - 1));
    }

    /** Returns where the last question stands, which is no result of a tool. */
    private static int question(List<Turn> conversation) {
        for (int at = conversation.size() - 1; at >= 0; at--) {
            Turn turn = conversation.get(at);
            if (turn.role().equals("user") && !turn.content().contains("<tool_response>")) {
                return at;
            }
        }
        return -1;
    }

    /**
     * Learns the answers to a question, each with what comes next where it is forbidden.
     */
    @SafeVarargs
    private void learn(String question, List<String>... answers) {
        this.known.put(question, List.of(answers));
    }

    private static List<String> say(String... ranked) {
        return List.of(ranked);
    }

    private static String call(String name, String arguments) {
        return "<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>";
    }

    private void conversations() {
        learn("What is the capital of Germany?", say("The capital of Germany is Berlin.", "{\"city\": \"Berlin\"}"));
        learn("What is the capital of Germany? How much is 2 + 2?",
                say("The capital of Germany is Berlin, and 2 + 2 is 4."));
        learn("Translate: 'I love you'", say("Ich liebe dich."));
        learn("What is my favorite color?", say("Your favorite color is green."));
        learn("Say 'Hello World'", say("Hello World"));
        learn("hello", say("Hello! How can I help you today?"));
        learn("Tell me a long story about animals", say(
                "Once upon a time a fox, a bear and a hare lived in a forest. " + "They met every day. ".repeat(20)));
    }

    private void tools() {
        String weather = call("getWeather", "{\"city\": \"Munich\"}");
        learn("What is the weather in Munich?", say(weather), say("{\"weather\": \"sunny\"}"));
        learn("What is the weather in Munich? Use 'getWeather' tool", say(call("getWeather", "{\"arg0\": \"Munich\"}")),
                say("It is sunny.", "{\"city\": \"Munich\", \"weather\": \"SUNNY\"}"));
        learn("I live in Munich", say("Munich is a fine city.", weather));
        learn("What is the weather in Munich and time in France?",
                say(weather + "\n" + call("getTime", "{\"country\": \"France\"}")),
                say("It is sunny in Munich, and in France it is 14:35."));
        learn("Use the get_current_time tool", say(call("get_current_time", "{}")), say("It is 10:14 now."));
        learn("What is the date today?", say(call("currentDate", "{}")), say("Today is the day that the tool says."));
        learn("What is the time now? Respond in HH:MM:SS format.", say(call("currentTime", "{}")), say("17:11:45"));
        learn("Take a photo", say(call("takePhoto", "{}")), say("Here it is."));
        learn("What is the current temperature in Munich in celsius?",
                say(call("currentTemperature", "{\"arg0\": \"Munich\", \"arg1\": \"CELSIUS\"}")),
                say("It is 19 degrees."));
        learn("What is the username with ID 62dbcc27",
                say(call("getUsernameFromId", "{\"arg0\": \"62dbcc27-aaf3-449a-b12d-5a904271a57f\"}")), say("Alice"));
        learn("Call tool 'modify' for argument '7'", say(call("modify", "{\"arg0\": 7}")), say("It is done."));
        process("Klaus is 37 years old, 1.78m height and single", PERSON);
        process("Klaus lives in Langley Falls", "{\"name\": \"Klaus\", \"address\": {\"city\": \"Langley Falls\"}}");
        process("Francine has 2 children: Steve and Hayley", family());
        learn("Klaus is 42 years old and Francine is 47 years old",
                say(call("process", "{\"arg0\": {\"Klaus\": 42, \"Francine\": 47}}")), say("Done."));
        learn("Process the following names: Klaus and Franny",
                say(call("processNames", "{\"arg0\": [\"Klaus\", \"Franny\"]}")), say("Done."));
        learn("Process the following colors: RED and GREEN", say(call("process", "{\"arg0\": [\"RED\", \"GREEN\"]}")),
                say("Done."));
        learn("Process the following integers: 37, 73", say(call("processNumbers", "{\"arg0\": [37, 73]}")),
                say("Done."));
        learn("Process the following people: Klaus and Franny",
                say(call("process", "{\"arg0\": [{\"name\": \"Klaus\"}, {\"name\": \"Franny\"}]}")), say("Done."));
    }

    private void process(String what, String argument) {
        learn("Use 'process' tool to process the following: " + what,
                say(call("process", "{\"arg0\": " + argument + "}")), say("Done."));
    }

    private void arithmetic() {
        String add = call("add", "{\"arg0\": 37, \"arg1\": 87}");
        learn("How much is 37 plus 87?", say(add), say("37 + 87 = 124"));
        learn("Now add 47 to the previous result", say(call("add", "{\"arg0\": 124, \"arg1\": 47}")),
                say("124 + 47 = 171"));
        learn("How much is 37 plus 87? How much is 73 plus 78?",
                say(add + "\n" + call("add", "{\"arg0\": 73, \"arg1\": 78}")), say("It is 124 and 151."));
        learn("First add 2 and 3 by calling 'add' tool", say(call("add", "{\"arg0\": 2, \"arg1\": 3}")),
                say(call("multiply", "{\"arg0\": 5, \"arg1\": 4}")), say("The result is 20."));
    }

    private void persons() {
        extract("Klaus", "{\"name\": \"Klaus\"}");
        extract("Klaus is 37 years old, 1.78m height and single", PERSON);
        learn("Do not include missing fields!", say("{\"name\": \"Klaus\"}"));
        learn("Klaus wants a delivery to Langley Falls",
                say("{\"name\": \"Klaus\", \"shippingAddress\": {\"city\": \"Langley Falls\"}, "
                        + "\"billingAddress\": {\"city\": \"New York\"}}"));
        extract("Klaus is single", "{\"name\": \"Klaus\", \"maritalStatus\": \"SINGLE\"}");
        extract("Klaus likes orange and green", COLOURS);
        extract("Klaus has 2 pets: Peanut and Muffin",
                "{\"name\": \"Klaus\", \"pets\": [{\"name\": \"Peanut\"}, {\"name\": \"Muffin\"}]}");
        extract("Klaus is assigned to groups A and C", "{\"name\": \"Klaus\", \"groups\": [\"A\", \"C\"]}");
        String date = "{\"year\": 1976, \"month\": 8, \"day\": 12}";
        String time = "{\"hour\": 14, \"minute\": 43, \"second\": 0, \"nano\": 0}";
        learn("Klaus was born at 14:43 on 12th of August 1976",
                say("{\"name\": \"Klaus\", \"birthDate\": " + date + ", \"birthTime\": " + time
                        + ", \"birthDateTime\": {\"date\": " + date + ", \"time\": " + time + "}}"));
        extract("Francine has 2 children: Steve and Hayley", family());
        learn("Klaus can be identified by the following ID",
                say("{\"id\": \"567b229a-6b0a-4f1e-9006-448cd9dfbfda\", \"name\": \"Klaus\"}"));
        extract("Klaus and Francine", "{\"values\": [{\"name\": \"Klaus\"}, {\"name\": \"Francine\"}]}");
        learn("Franny is 35 years old, 1.65m height and married.",
                say("{\"values\": [" + PERSON + ", " + OTHER_PERSON + "]}"));
    }

    private void extract(String from, String answer) {
        learn("Extract the person's information from the following text: " + from, say(answer));
    }

    private static String family() {
        return "{\"name\": \"Francine\", \"children\": [" + child("Steve") + ", " + child("Hayley") + "]}";
    }

    private static String child(String name) {
        return "{\"name\": \"" + name + "\", \"children\": []}";
    }

    private void values() {
        learn("Extract if the person from the following text is a man", say("Yes.", "{\"value\": true}"));
        learn("Extract number of people mentioned in the following text: Klaus", say("Two.", "{\"value\": 2}"));
        learn("Extract temperature in Munich from the following text:", say("-0.5", "{\"value\": -0.5}"));
        learn("Extract names of people from the following text: Klaus is 37 years old",
                say("Klaus and Franny", "{\"values\": [\"Klaus\", \"Franny\"]}"));
        learn("Klaus is 37 years old, 1.78m height and single.", say("{\"value\": \"SINGLE\"}"));
        learn("Franny is 35 years old, 1.65m height and married.Staniel is 33",
                say("{\"values\": [\"SINGLE\", \"MARRIED\", \"MARRIED\"]}"));
        learn("The weather in Berlin was sunny and windy.",
                say("{\"values\": [\"SUNNY\", \"WINDY\", \"RAINY\", \"CLOUDY\"]}"));
    }

    private void animals() {
        String dog = "{\"type\": \"Dog\", \"name\": \"Rex\", \"breed\": \"Labrador\"}";
        learn("Rex is a Labrador dog", say("{\"value\": " + dog + "}"));
        learn("Rex is a Labrador. Whiskers is an indoor cat.",
                say("{\"values\": [" + dog + ", {\"type\": \"Cat\", \"name\": \"Whiskers\", \"indoor\": true}]}"));
        learn("Alice owns a Labrador dog named Rex.", say("{\"name\": \"Alice\", \"pet\": " + dog + "}"));
        String sum = sum(sum(constant(1), constant(2)), constant(3));
        learn("Represent the literal expression 1+2+3", say("{\"value\": " + sum + "}"));
    }

    private static String sum(String left, String right) {
        return "{\"type\": \"Addition\", \"left\": " + left + ", \"right\": " + right + "}";
    }

    private static String constant(int value) {
        return "{\"type\": \"Constant\", \"value\": " + value + "}";
    }

}
