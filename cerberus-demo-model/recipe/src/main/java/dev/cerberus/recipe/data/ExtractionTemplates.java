package dev.cerberus.recipe.data;

import java.util.List;

/** Facts pulled out of a passage into a list, a table or a short answer. */
final class ExtractionTemplates {

    static final String[] MONTHS = { "January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December" };

    private ExtractionTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("extraction", 12,
                List.of(ExtractionTemplates::purchase, ExtractionTemplates::meeting, ExtractionTemplates::contact,
                        ExtractionTemplates::names, ExtractionTemplates::sentiment, ExtractionTemplates::orderItems,
                        ExtractionTemplates::table, ExtractionTemplates::mostExpensive, ExtractionTemplates::single,
                        ExtractionTemplates::purchaseJson));
    }

    private static void purchaseFacts(Fills fills) {
        fills.pick("names", "name")
            .pick("surnames", "surname")
            .pick("cities", "city")
            .pick("objects", "things")
            .numbers(1, 28, "day", "number")
            .any("month", MONTHS)
            .numbers(5, 250, "price");
        fills.set("number", fills.number("number") + 1);
        fills.any("passage", "On {day} {month}, {name} {surname} bought {number} {things} in {city} for ${price}.",
                "{name} {surname} was in {city} on {day} {month} and paid ${price} for {number} {things}.",
                "A shop in {city} sold {number} {things} to {name} {surname} on {day} {month}. The price was ${price}.",
                "For ${price}, {name} {surname} got {number} {things}. This happened in {city} on {day} {month}.",
                "In {city}, {number} {things} were sold for ${price}. The buyer was {name} {surname}, and the date was {day} {month}.");
    }

    private static Dialogue purchase(Fills fills) {
        purchaseFacts(fills);
        return fills
            .ask("Extract the name, date, place and amount from this text: {passage}",
                    "{passage} List the name, the date, the place and the amount.",
                    "Read the text and list who, when, where and how much. Text: {passage}",
                    "Pull the key facts out of this sentence: {passage}",
                    "Text: {passage}\nExtract name, date, place, amount.",
                    "Please find name, date, place and amount in the following passage.\n\n{passage}",
                    "What are the name, date, place and amount here? {passage}",
                    "Turn this into a list of facts: {passage}")
            .answer("- Name: {name} {surname}\n- Date: {day} {month}\n- Place: {city}\n- Amount: ${price}")
            .must("Name: {name} {surname}", "Date: {day} {month}", "Place: {city}", "Amount: ${price}")
            .then("What did {name} buy?|And what was bought?|What was sold?",
                    "{name} {surname} bought {number} {things}.", "{number} {things}");
    }

    private static Dialogue purchaseJson(Fills fills) {
        purchaseFacts(fills);
        return fills
            .ask("Extract name, city and price from this text as JSON: {passage}",
                    "{passage} Return name, city and price as a JSON object.",
                    "JSON with the keys name, city, price, please. Text: {passage}",
                    "Read the text and answer with JSON (name, city, price). {passage}",
                    "Text: {passage}\nOutput: JSON with name, city, price.",
                    "Find the name, the city and the price. Answer in JSON.\n\n{passage}",
                    "Convert this into a JSON object with name, city and price: {passage}",
                    "Give me name, city and price of this sale as JSON: {passage}")
            .answer("{\"name\": \"{name} {surname}\", \"city\": \"{city}\", \"price\": {price}}")
            .must("{\"name\": \"{name} {surname}\", \"city\": \"{city}\", \"price\": {price}}");
    }

    private static Dialogue meeting(Fills fills) {
        fills.pick("names", "a", "b")
            .pick("topics", "topic")
            .pick("places", "place")
            .numbers(8, 18, "hour", "minute")
            .any("day", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday");
        fills.any("half", "00", "30", "15", "45")
            .set("time", fills.get("hour") + ":" + fills.get("half"))
            .any("passage", "Hi {a}, let us meet on {day} at {time} at the {place} to talk about {topic}. Best, {b}",
                    "{b} wrote to {a}: I would like to discuss {topic} with you. Can you come to the {place} on {day} at {time}?",
                    "The meeting of {a} and {b} about {topic} is on {day} at {time}. They meet at the {place}.",
                    "{a} and {b} will be at the {place} on {day}. At {time} they start to talk about {topic}.");
        return fills
            .ask("Extract the meeting details: {passage}", "Who meets whom, when, where and why? {passage}",
                    "{passage}\n\nList the details of this meeting.",
                    "Read this message and list people, day, time, place and subject: {passage}",
                    "Message: {passage}\nGive me the facts for my calendar.",
                    "Make a calendar entry from this text: {passage}",
                    "What are the people, day, time, place and subject of the meeting? {passage}",
                    "Please pull the people, the day, the time, the place and the subject out of this text. {passage}")
            .answer("- People: {a} and {b}\n- Day: {day}\n- Time: {time}\n- Place: {place}\n- Subject: {topic}")
            .must("People: {a} and {b}", "Day: {day}", "Time: {time}", "Place: {place}", "Subject: {topic}")
            .then("When is it?|On which day and at what time?|When does it start?", "It is on {day} at {time}.",
                    "{day} at {time}");
    }

    private static Dialogue contact(Fills fills) {
        fills.pick("names", "name")
            .pick("surnames", "surname")
            .pick("companies", "company")
            .pick("streets", "street")
            .pick("cities", "city")
            .numbers(100, 999, "x", "y")
            .numbers(1, 99, "house");
        fills
            .set("mail",
                    (fills.get("name") + "." + fills.get("surname")).toLowerCase(java.util.Locale.ROOT)
                        .replace('ö', 'o') + "@example.com")
            .set("phone", "555-{x}-{y}")
            .any("passage",
                    "Please contact {name} {surname} of {company}, {house} {street}, {city}. Phone {phone}, e-mail {mail}.",
                    "{name} {surname} works for {company} in {city}. You can call {phone} or write to {mail}. The office is at {house} {street}.",
                    "My name is {name} {surname} and I work at {company}. My number is {phone}, my address is {mail}. Visit me at {house} {street} in {city}.");
        return fills
            .ask("Extract the contact data: {passage}", "{passage} What are the name, company, phone and e-mail?",
                    "Find name, company, phone number and e-mail address in this text: {passage}",
                    "Make an address book entry from this: {passage}",
                    "Text: {passage}\nList name, company, phone and e-mail.",
                    "Get the contact details out of this message. {passage}",
                    "Read this and give me name, company, phone and e-mail: {passage}",
                    "Please list the contact data of this person.\n\n{passage}")
            .answer("- Name: {name} {surname}\n- Company: {company}\n- Phone: {phone}\n- E-mail: {mail}")
            .must("Name: {name} {surname}", "Company: {company}", "Phone: {phone}", "E-mail: {mail}")
            .then("What is the address?|And the street?|Where is the office?",
                    "The office is at {house} {street} in {city}.", "{house} {street}", "{city}");
    }

    private static Dialogue names(Fills fills) {
        fills.pick("names", "a", "b", "c")
            .pick("cities", "x", "y")
            .pick("hobbies", "hobby")
            .pick("places", "place")
            .any("passage",
                    "{a} moved from {x} to {y} last year. There {a} met {b} at the {place}. {b} is a friend of {c}, who enjoys {hobby}.",
                    "At the {place} of {x}, {a} talked with {b} about {hobby}. Later they visited {c} in {y}.",
                    "{a} likes {hobby}. In {x} there is a group for it, and {b} is its leader. {c} travels from {y} to the {place} to join them.");
        boolean people = fills.chance(2) == 0;
        fills.set("what", people ? "people" : "cities");
        return fills
            .ask("Which {what} are named in this text? {passage}", "List all {what} in the text: {passage}",
                    "{passage}\n\nWhich {what} does this text mention?", "Find the {what}: {passage}",
                    "Extract the {what} from this passage. {passage}", "Text: {passage}\nTask: list the {what}.",
                    "Read the text and name all {what}. {passage}",
                    "Please give me the names of the {what} in the following text: {passage}")
            .answer(people ? "The text names these people:\n- {a}\n- {b}\n- {c}"
                    : "The text names these cities:\n- {x}\n- {y}")
            .must(people ? "- {a}\n- {b}\n- {c}" : "- {x}\n- {y}");
    }

    private static Dialogue sentiment(Fills fills) {
        fills.pick("products", "product").pick("companies", "company").any("mood", "positive", "negative");
        boolean good = fills.get("mood").equals("positive");
        if (good) {
            fills.any("why", "it works very well", "it looks great", "it arrived quickly", "it is easy to use",
                    "the quality is excellent");
        }
        else {
            fills.any("why", "it broke after a week", "it looks cheap", "it arrived too late", "it is hard to use",
                    "the quality is poor");
        }
        fills.set("opinion", good ? "I am happy with" : "I am not happy with")
            .set("advice", good ? "I would buy it again." : "I want my money back.");
        return fills.ask(
                "Is this review positive or negative? I bought {a:product} from {company}. {opinion} it because {why}. {advice}",
                "Analyze this review and name product, seller, sentiment and reason: {opinion} the {product} of {company}, because {why}.",
                "Review: {opinion} the {product} by {company}. The reason is that {why}. What is the sentiment?",
                "Customer opinion: {opinion} my {product} from {company} since {why}. Sentiment, please.",
                "What does this customer think? {opinion} the {product} that I ordered from {company}: {why}. {advice}",
                "Classify: {opinion} the new {product} of {company}, because {why}. {advice}",
                "Extract product, company, sentiment and reason. {opinion} the {product} from {company} because {why}.",
                "Rate this review as positive or negative: {opinion} the {product} I got from {company}. You see, {why}.")
            .answer("- Product: {product}\n- Company: {company}\n- Sentiment: {mood}\n- Reason: {why}")
            .must("Product: {product}", "Company: {company}", "Sentiment: {mood}", "Reason: {why}");
    }

    private static Dialogue orderItems(Fills fills) {
        fills.pick("objects", "x", "y", "z")
            .pick("names", "name")
            .numbers(2, 60, "a", "b", "c")
            .any("passage", "{name} ordered {a} {x}, {b} {y} and {c} {z}.",
                    "Please send {name} {a} {x} and {b} {y}. We also need {c} {z}.",
                    "The order of {name}: first {a} {x}, then {b} {y}, and finally {c} {z}.",
                    "Hello, this is {name}. I would like {a} {x}, {b} {y} and {c} {z}, please.");
        return fills
            .ask("List the items and quantities: {passage}", "{passage} Make a list of the order.",
                    "Turn this order into a list: {passage}", "What was ordered, and how many of each? {passage}",
                    "Extract item and quantity: {passage}", "Order text: {passage}\nWrite it as a list.",
                    "Which items are in this order? {passage}",
                    "Read the order and list every item with its number. {passage}")
            .answer("Order of {name}:\n- {x}: {a}\n- {y}: {b}\n- {z}: {c}")
            .must("Order of {name}", "- {x}: {a}\n- {y}: {b}\n- {z}: {c}")
            .then("How many {y}?|How many {y} were ordered?|And the number of {y}?", "The order has {b} {y}.",
                    "{b} {y}");
    }

    private static Dialogue table(Fills fills) {
        fills.pick("names", "a", "b", "c")
            .pick("cities", "x", "y", "z")
            .numbers(18, 80, "i", "j", "k")
            .any("passage", "{a} is {i} and lives in {x}. {b} is {j} and lives in {y}. {c} is {k} and lives in {z}.",
                    "{a} ({i}) comes from {x}, {b} ({j}) from {y} and {c} ({k}) from {z}.",
                    "In {x} lives {a}, aged {i}; in {y} {b}, aged {j}; in {z} {c}, aged {k}.");
        return fills.ask("Make a table with name, age and city: {passage}", "{passage} Put this into a table.",
                "Convert to a Markdown table (name, age, city): {passage}", "Create a table of these people. {passage}",
                "Text: {passage}\nOutput: a table with name, age and city.",
                "Please show name, age and city as a table. {passage}", "Extract a table from this text: {passage}",
                "Table of name, age, city: {passage}")
            .answer("| Name | Age | City |\n| --- | --- | --- |\n| {a} | {i} | {x} |\n| {b} | {j} | {y} |\n| {c} | {k} | {z} |")
            .must("| {a} | {i} | {x} |", "| {b} | {j} | {y} |", "| {c} | {k} | {z} |")
            .then("How old is {b}?|What is the age of {b}?|And how old is {b}?", "{b} is {j} years old.",
                    "{b} is {j} years old.");
    }

    private static Dialogue mostExpensive(Fills fills) {
        fills.pick("products", "x", "y", "z").numbers(10, 99, "a", "b", "c").any("kind", "most expensive", "cheapest");
        int a = fills.number("a");
        int b = fills.number("b");
        int c = fills.number("c");
        if (a == b || b == c || a == c) {
            throw new Fills.RetryException();
        }
        int best = fills.get("kind").equals("cheapest") ? Math.min(a, Math.min(b, c)) : Math.max(a, Math.max(b, c));
        fills.set("best", best).set("thing", fills.get(best == a ? "x" : best == b ? "y" : "z"));
        return fills
            .ask("Which is the {kind}? {c:x}: ${a}, {y}: ${b}, {z}: ${c}.",
                    "The {x} costs ${a}, the {y} ${b} and the {z} ${c}. Which one is the {kind}?",
                    "Price list: {x} ${a}, {y} ${b}, {z} ${c}. Name the {kind} item.",
                    "Find the {kind} product: {x} (${a}), {y} (${b}), {z} (${c}).",
                    "A shop sells {a:x} for ${a}, {a:y} for ${b} and {a:z} for ${c}. What is the {kind} thing?",
                    "Look at the prices and tell me the {kind} item.\n- {x}: ${a}\n- {y}: ${b}\n- {z}: ${c}",
                    "Out of {x} (${a}), {y} (${b}) and {z} (${c}), which is the {kind}?",
                    "Prices: {x} = ${a}; {y} = ${b}; {z} = ${c}. {c:kind}?")
            .answer("The prices are ${a}, ${b} and ${c}. The {kind} item is the {thing} for ${best}.")
            .must("is the {thing} for ${best}");
    }

    private static Dialogue single(Fills fills) {
        fills.pick("names", "name")
            .pick("cities", "city")
            .pick("hobbies", "hobby")
            .pick("companies", "company")
            .numbers(19, 79, "age")
            .row("professions", "")
            .any("passage",
                    "{name} is {age} years old and works as {a:profession} at {company}. {name} lives in {city} and enjoys {hobby}.",
                    "At {company} in {city} works {name}, {a:profession} of {age} years, who enjoys {hobby}.",
                    "{name} from {city} enjoys {hobby}. During the week {name}, who is {age}, is {a:profession} at {company}.")
            .any("asked", "Where does {name} live?|{name} lives in {city}.",
                    "How old is {name}?|{name} is {age} years old.",
                    "What is the job of {name}?|{name} is {a:profession}.",
                    "Where does {name} work?|{name} works at {company}.",
                    "What does {name} enjoy?|{name} enjoys {hobby}.");
        String[] asked = fills.get("asked").split("\\|", -1);
        fills.set("question", asked[0]).set("reply", asked[1]);
        return fills
            .ask("{passage} {question}", "Read the text and answer. {passage} {question}",
                    "Text: {passage}\nQuestion: {question}", "{question} Here is the text: {passage}",
                    "Answer from the text. {question}\n\n{passage}",
                    "Use this passage to answer the question. {passage}\n{question}")
            .answer("{reply}")
            .must("{reply}")
            .then("Summarize the text in one line.|Give me all facts as a list.|List everything about {name}.",
                    "- Name: {name}\n- Age: {age}\n- City: {city}\n- Job: {profession} at {company}\n- Hobby: {hobby}",
                    "Name: {name}", "Age: {age}", "City: {city}", "Hobby: {hobby}");
    }

}
