package dev.cerberus.recipe.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Chats in which the assistant calls a tool in the convention of Qwen2.5 and words its
 * result.
 */
final class ToolTemplates {

    private static final String WEATHER = tool("get_weather", "Current weather of a city", "city:string");

    private static final String TIME = tool("get_time", "Current local time of a city", "city:string");

    private static final String CALCULATOR = tool("calculate", "Value of an arithmetic expression",
            "expression:string");

    private static final String TIMER = tool("set_timer", "Starts a timer", "minutes:integer");

    private static final String CURRENCY = tool("convert_currency", "Converts an amount of money", "amount:number",
            "from:string", "to:string");

    private static final String MAIL = tool("send_email", "Sends an e-mail", "to:string", "subject:string");

    private static final String SEARCH = tool("search_products", "Searches the shop", "query:string",
            "max_price:integer");

    private static final String MUSIC = tool("play_music", "Plays music of an artist", "artist:string");

    private static final String TASK = tool("add_task", "Adds an entry to the to-do list", "task:string");

    private static final String ORDER = tool("get_order_status", "Status of an order", "order_id:integer");

    private static final List<String> ALL = List.of(WEATHER, TIME, CALCULATOR, TIMER, CURRENCY, MAIL, SEARCH, MUSIC,
            TASK, ORDER);

    private ToolTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("tools", 6,
                List.of(ToolTemplates::weather, ToolTemplates::time, ToolTemplates::calculator, ToolTemplates::timer,
                        ToolTemplates::currency, ToolTemplates::mail, ToolTemplates::search, ToolTemplates::music,
                        ToolTemplates::task, ToolTemplates::orderStatus, ToolTemplates::unrelated));
    }

    private static String tool(String name, String description, String... parameters) {
        StringBuilder properties = new StringBuilder();
        StringBuilder required = new StringBuilder();
        for (String parameter : parameters) {
            int colon = parameter.indexOf(':');
            String separator = properties.isEmpty() ? "" : ", ";
            properties.append(separator)
                .append('"')
                .append(parameter, 0, colon)
                .append("\": {\"type\": \"")
                .append(parameter.substring(colon + 1))
                .append("\"}");
            required.append(separator).append('"').append(parameter, 0, colon).append('"');
        }
        return "{\"type\": \"function\", \"function\": {\"name\": \"" + name + "\", \"description\": \"" + description
                + "\", \"parameters\": {\"type\": \"object\", \"properties\": {" + properties + "}, \"required\": ["
                + required + "]}}}";
    }

    /** Asks, calls the tool and, in two of three chats, words the result. */
    private static Dialogue call(Fills fills, String tool, String name, String arguments, String result, String wording,
            String must, String... phrasings) {
        List<String> tools = new ArrayList<>(List.of(tool));
        if (fills.chance(2) == 0) {
            String other = ALL.get(fills.chance(ALL.size()));
            if (!other.equals(tool)) {
                tools.add(fills.chance(2), other);
            }
        }
        Dialogue dialogue = fills.ask(phrasings)
            .tools(tools)
            .answer("<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>")
            .must("{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}");
        return fills.chance(3) == 0 ? dialogue : dialogue.toolResult(result).answer(wording).must(must);
    }

    private static Dialogue weather(Fills fills) {
        fills.pick("cities", "city").numbers(1, 35, "degrees").any("sky", "sunny", "cloudy", "rainy", "windy", "foggy");
        return call(fills, WEATHER, "get_weather", "{\"city\": \"{city}\"}",
                "{\"temperature\": {degrees}, \"sky\": \"{sky}\"}",
                "It is {sky} in {city}, with a temperature of {degrees} degrees.",
                "It is {sky} in {city}, with a temperature of {degrees} degrees.", "What is the weather in {city}?",
                "How is the weather in {city} today?", "Weather in {city}?", "Is it warm in {city}?",
                "Do I need a coat in {city}?", "Tell me the weather of {city}.",
                "I travel to {city}. What is the weather like?", "Please check the weather in {city}.");
    }

    private static Dialogue time(Fills fills) {
        fills.pick("cities", "city").numbers(10, 23, "hour").numbers(10, 59, "minute");
        return call(fills, TIME, "get_time", "{\"city\": \"{city}\"}", "{\"time\": \"{hour}:{minute}\"}",
                "It is {hour}:{minute} in {city}.", "It is {hour}:{minute} in {city}.", "What time is it in {city}?",
                "Time in {city}?", "How late is it in {city} now?", "Tell me the time in {city}.",
                "I want to call {city}. What time is it there?", "What is the local time of {city}?",
                "Please check the clock in {city}.", "Current time, {city}.");
    }

    private static Dialogue calculator(Fills fills) {
        fills.numbers(100, 9999, "a", "b").any("sign", "+", "*", "-");
        long a = fills.number("a");
        long b = fills.number("b");
        fills.set("result", fills.get("sign").equals("+") ? a + b : fills.get("sign").equals("*") ? a * b : a - b);
        return call(fills, CALCULATOR, "calculate", "{\"expression\": \"{a} {sign} {b}\"}", "{\"result\": {result}}",
                "The result of {a} {sign} {b} is {result}.", "The result of {a} {sign} {b} is {result}.",
                "What is {a} {sign} {b}?", "Calculate {a} {sign} {b}.", "{a} {sign} {b}", "How much is {a} {sign} {b}?",
                "I need the value of {a} {sign} {b}.", "Please compute {a} {sign} {b}.", "{a} {sign} {b} = ?",
                "Use the tool for {a} {sign} {b}.");
    }

    private static Dialogue timer(Fills fills) {
        fills.numbers(1, 120, "minutes").pick("foods", "food");
        return call(fills, TIMER, "set_timer", "{\"minutes\": {minutes}}", "{\"status\": \"started\"}",
                "Your timer of {minutes} minutes has started.", "Your timer of {minutes} minutes has started.",
                "Set a timer for {minutes} minutes.", "Timer, {minutes} minutes, for the {food}.",
                "Remind me of the {food} in {minutes} minutes.", "The {food} needs {minutes} minutes. Start a timer.",
                "Start a timer of {minutes} minutes, please.", "Wake me in {minutes} minutes.",
                "{minutes} minutes timer!", "Can you set a {minutes} minute timer for the {food}?");
    }

    private static Dialogue currency(Fills fills) {
        fills.numbers(5, 900, "amount")
            .shared(5, 900, "result")
            .any("from", "USD", "EUR", "GBP", "JPY")
            .any("to", "CHF", "SEK", "CAD", "AUD");
        return call(fills, CURRENCY, "convert_currency",
                "{\"amount\": {amount}, \"from\": \"{from}\", \"to\": \"{to}\"}", "{\"amount\": {result}}",
                "{amount} {from} are {result} {to}.", "{amount} {from} are {result} {to}.",
                "Convert {amount} {from} to {to}.", "How much is {amount} {from} in {to}?", "{amount} {from} in {to}?",
                "I have {amount} {from}. How many {to} do I get?", "Please change {amount} {from} into {to}.",
                "What are {amount} {from} worth in {to}?", "Exchange {amount} {from} to {to}.",
                "How many {to} are {amount} {from}?");
    }

    private static Dialogue mail(Fills fills) {
        fills.pick("names", "name").pick("topics", "topic");
        return call(fills, MAIL, "send_email", "{\"to\": \"{name}\", \"subject\": \"{topic}\"}",
                "{\"status\": \"sent\"}", "I have sent your e-mail about {topic} to {name}.",
                "I have sent your e-mail about {topic} to {name}.", "Send an e-mail to {name} about {topic}.",
                "E-mail {name}: {topic}.", "Please mail {name} about {topic}.",
                "Can you write to {name}? The subject is {topic}.", "I want to send {name} a mail about {topic}.",
                "Mail to {name}, subject {topic}.", "Contact {name} by e-mail about {topic}.",
                "Send {name} a message with the subject {topic}.");
    }

    private static Dialogue search(Fills fills) {
        fills.pick("products", "product").numbers(10, 300, "limit", "y");
        fills.set("price", Math.max(1, fills.number("limit") - fills.number("y") % 9 - 1));
        return call(fills, SEARCH, "search_products", "{\"query\": \"{product}\", \"max_price\": {limit}}",
                "[{\"name\": \"{product}\", \"price\": {price}}]", "I found {a:product} for ${price}.",
                "I found {a:product} for ${price}.", "Find {a:product} for at most ${limit}.",
                "I am looking for {a:product} under ${limit}.", "Search for {a:product}, maximum ${limit}.",
                "Do you have {a:product} for ${limit} or less?", "Show me {a:product} up to ${limit}.",
                "Is there {a:product} below ${limit}?", "{c:product}, not more than ${limit}.",
                "I need {a:product}. My budget is ${limit}.");
    }

    private static Dialogue music(Fills fills) {
        fills.pick("artists", "artist");
        return call(fills, MUSIC, "play_music", "{\"artist\": \"{artist}\"}", "{\"status\": \"playing\"}",
                "I am playing music by {artist} now.", "I am playing music by {artist} now.", "Play {artist}.",
                "Play some music by {artist}.", "I want to hear {artist}.", "Music by {artist}, please.",
                "Can you play something by {artist}?", "Put on a song by {artist}.", "Let us listen to {artist}.",
                "Start the music: {artist}.");
    }

    private static Dialogue task(Fills fills) {
        fills.pick("tasks", "task");
        return call(fills, TASK, "add_task", "{\"task\": \"{task}\"}", "{\"status\": \"added\"}",
                "I have added \"{task}\" to your list.", "I have added \"{task}\" to your list.",
                "Remind me to {task}.", "Add \"{task}\" to my list.", "I must not forget to {task}.", "To-do: {task}.",
                "Please note that I have to {task}.", "Put this on my list: {task}.", "New task: {task}.",
                "I need to {task}. Write it down.");
    }

    private static Dialogue orderStatus(Fills fills) {
        fills.numbers(1000, 99999, "order").any("status", "shipped", "delivered", "delayed", "in preparation");
        return call(fills, ORDER, "get_order_status", "{\"order_id\": {order}}", "{\"status\": \"{status}\"}",
                "Your order {order} is {status}.", "Your order {order} is {status}.", "Where is my order {order}?",
                "What is the status of order {order}?", "Order {order}?", "Has my order {order} been shipped?",
                "Please check order number {order}.", "I am waiting for order {order}.",
                "Tell me about my order {order}.", "When does order {order} arrive?");
    }

    private static Dialogue unrelated(Fills fills) {
        fills.pick("names", "name");
        return fills
            .ask("Hi, I am {name}.", "Hello, my name is {name}.", "Good morning, {name} here.", "Hey, this is {name}!",
                    "Call me {name}.", "Nice to meet you, I am {name}.")
            .tools(List.of(ALL.get(fills.chance(ALL.size()))))
            .answer("Nice to meet you, {name}! How can I help you today?")
            .must("Nice to meet you, {name}");
    }

}
