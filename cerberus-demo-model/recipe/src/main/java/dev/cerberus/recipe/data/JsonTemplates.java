package dev.cerberus.recipe.data;

import java.util.List;

/** Requests whose answer is one JSON object and nothing else. */
final class JsonTemplates {

    private JsonTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("json", 7, List.of(JsonTemplates::person, JsonTemplates::product, JsonTemplates::event,
                JsonTemplates::basket, JsonTemplates::city, JsonTemplates::schema));
    }

    private static Dialogue json(Fills fills, String facts, String keys, String json) {
        fills.set("facts", facts).set("keys", keys);
        return fills
            .ask("Answer with a JSON object with the keys {keys}. {facts}", "{facts} Give me this as JSON with {keys}.",
                    "JSON only, please ({keys}): {facts}", "Write a JSON object with the fields {keys}. Facts: {facts}",
                    "Convert to JSON. Fields: {keys}. {facts}", "{facts}\nReturn only a JSON object. Keys: {keys}.",
                    "Make a JSON object of this: {facts} Use the keys {keys}.",
                    "I need valid JSON with the keys {keys} for these facts: {facts}")
            .answer(json)
            .must(json);
    }

    private static Dialogue person(Fills fills) {
        fills.pick("names", "name").pick("cities", "city").numbers(18, 90, "age").row("professions", "");
        fills.any("text", "{name} is {age} years old, lives in {city} and works as {a:profession}.",
                "{name} ({age}) is {a:profession} from {city}.", "The {profession} {name} from {city} is {age}.");
        return switch (fills.chance(3)) {
            case 0 -> json(fills, "{text}", "name, age, city",
                    "{\"name\": \"{name}\", \"age\": {age}, \"city\": \"{city}\"}");
            case 1 -> json(fills, "{text}", "name, job", "{\"name\": \"{name}\", \"job\": \"{profession}\"}");
            default -> json(fills, "{text}", "name, age, city, job",
                    "{\"name\": \"{name}\", \"age\": {age}, \"city\": \"{city}\", \"job\": \"{profession}\"}");
        };
    }

    private static Dialogue product(Fills fills) {
        fills.pick("products", "product")
            .pick("colors", "color")
            .numbers(3, 300, "price")
            .any("stock", "true", "false");
        fills.set("stocktext", fills.get("stock").equals("true") ? "It is in stock." : "It is sold out.");
        fills.any("text", "The {product} in {color} costs ${price}. {stocktext}",
                "We sell {a:color} {product} for ${price}. {stocktext}",
                "Item: {product}, {color}. Price: ${price}. {stocktext}");
        return fills.chance(2) == 0 ? json(fills, "{text}", "product, color, price, in_stock",
                "{\"product\": \"{product}\", \"color\": \"{color}\", \"price\": {price}, \"in_stock\": {stock}}")
                : json(fills, "{text}", "product, price", "{\"product\": \"{product}\", \"price\": {price}}");
    }

    private static Dialogue event(Fills fills) {
        fills.pick("events", "event")
            .pick("places", "place")
            .numbers(1, 28, "day", "x")
            .numbers(8, 22, "hour")
            .any("month", ExtractionTemplates.MONTHS)
            .any("text", "The {event} is on {day} {month} at {hour}:00 at the {place}.",
                    "Come to the {place} on {day} {month}. The {event} starts at {hour}:00.",
                    "{day} {month}, {hour}:00, {place}: {event}.");
        return json(fills, "{text}", "title, date, time, place",
                "{\"title\": \"{event}\", \"date\": \"{day} {month}\", \"time\": \"{hour}:00\", \"place\": \"{place}\"}");
    }

    private static Dialogue basket(Fills fills) {
        fills.pick("objects", "x", "y")
            .pick("names", "name")
            .numbers(2, 60, "a", "b")
            .any("text", "{name} ordered {a} {x} and {b} {y}.", "The customer {name} wants {a} {x} and {b} {y}.",
                    "{a} {x} and {b} {y} go to {name}.");
        return json(fills, "{text}", "customer, items",
                "{\"customer\": \"{name}\", \"items\": [{\"name\": \"{x}\", \"quantity\": {a}}, {\"name\": \"{y}\", \"quantity\": {b}}]}");
    }

    private static Dialogue city(Fills fills) {
        fills.pick("cities", "a", "b", "c")
            .pick("names", "name")
            .any("text", "{name} visited {a}, {b} and {c}.", "{name} traveled to {a}, then to {b} and finally to {c}.",
                    "The trip of {name} goes from {a} over {b} to {c}.");
        return json(fills, "{text}", "name, cities", "{\"name\": \"{name}\", \"cities\": [\"{a}\", \"{b}\", \"{c}\"]}");
    }

    private static Dialogue schema(Fills fills) {
        fills.pick("columns", "x", "y", "z")
            .pick("classnames", "type")
            .numbers(1, 500, "a", "b")
            .numbers(1, 99, "c")
            .any("text", "{type}: {x} {a}, {y} {b}, {z} {c}.", "{A:type} has {x} {a}, {y} {b} and {z} {c}.",
                    "The {x} is {a}, the {y} is {b} and the {z} is {c}. It is {a:type}.");
        return json(fills, "{text}", "type, {x}, {y}, {z}",
                "{\"type\": \"{type}\", \"{x}\": {a}, \"{y}\": {b}, \"{z}\": {c}}");
    }

}
