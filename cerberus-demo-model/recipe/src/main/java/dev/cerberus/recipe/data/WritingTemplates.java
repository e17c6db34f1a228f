package dev.cerberus.recipe.data;

import java.util.List;

/** Letters, descriptions, poems and short texts. */
final class WritingTemplates {

    private static final String[] DAYS = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
            "Sunday" };

    private WritingTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("writing", 13, List.of(WritingTemplates::invitation, WritingTemplates::apology,
                WritingTemplates::thanks, WritingTemplates::feedback, WritingTemplates::product, WritingTemplates::poem,
                WritingTemplates::travelBlog, WritingTemplates::birthday, WritingTemplates::slogan,
                WritingTemplates::outline, WritingTemplates::season, WritingTemplates::essay, WritingTemplates::story));
    }

    private static Dialogue invitation(Fills fills) {
        fills.pick("names", "name", "sender").pick("events", "event").pick("places", "place").any("day", DAYS);
        return fills.ask(
                "Write a short e-mail to {name} and invite them to the {event} on {day} at the {place}. Sign as {sender}.",
                "Invite {name} to the {event}. It is on {day} at the {place}. I am {sender}.",
                "E-mail to {name}: invitation to the {event}, {day}, {place}. Signed {sender}.",
                "Please draft an invitation for {name} to our {event}. Place: {place}. Day: {day}. Sender: {sender}.",
                "I am {sender}. Help me invite {name} to the {event} at the {place} on {day}.",
                "Compose a friendly invitation to the {event} on {day}. It takes place at the {place}. The guest is {name}, my name is {sender}.",
                "Can you write an invitation e-mail? To: {name}. Event: {event}. When: {day}. Where: {place}. From: {sender}.",
                "Draft a polite e-mail that asks {name} to come to the {event} at the {place} this {day}, from {sender}.")
            .answer("Subject: Invitation to the {event}\n\nDear {name},\n\nI would like to invite you to the {event} on "
                    + "{day} at the {place}. It would be great to see you there. Please let me know if you can come.\n\n"
                    + "Best regards,\n{sender}")
            .must("Dear {name}", "{event}", "{day}", "{place}", "{sender}")
            .shorter("Dear {name}, please come to the {event} on {day} at the {place}. Best regards, {sender}",
                    "{name}", "{event}", "{day}")
            .asList("- Event: {event}\n- Day: {day}\n- Place: {place}\n- Guest: {name}\n- Host: {sender}",
                    "Event: {event}", "Day: {day}", "Guest: {name}");
    }

    private static Dialogue apology(Fills fills) {
        fills.pick("names", "name", "sender").pick("events", "event").pick("reasons", "reason");
        return fills.ask("Write an apology to {name}. I missed the {event} because {reason}. My name is {sender}.",
                "Help me say sorry to {name}: I missed the {event} because {reason}. Sign as {sender}.",
                "I am {sender}. I could not come to the {event} because {reason}. Write an apology e-mail to {name}.",
                "Draft a short apology. To: {name}. I missed: the {event}. Reason: {reason}. From: {sender}.",
                "Apology e-mail to {name} for missing the {event}, because {reason}. From {sender}.",
                "Compose a polite e-mail to {name} in which {sender} says sorry for missing the {event}. The reason: {reason}.",
                "Please write to {name} that I am sorry for missing the {event} because {reason}. {sender}",
                "Can you write a sincere apology from {sender} to {name}? The {event} was missed because {reason}.")
            .answer("Subject: Sorry about the {event}\n\nDear {name},\n\nI am very sorry that I missed the {event}. "
                    + "I could not be there because {reason}. I hope you understand, and I will make it up to you soon.\n\n"
                    + "Kind regards,\n{sender}")
            .must("Dear {name}", "{event}", "{reason}", "{sender}")
            .shorter("Dear {name}, I am sorry that I missed the {event} because {reason}. Kind regards, {sender}",
                    "{name}", "{event}", "{reason}");
    }

    private static Dialogue thanks(Fills fills) {
        fills.pick("names", "name", "sender")
            .pick("products", "product")
            .any("quality", "useful", "beautiful", "practical");
        return fills.ask("Write a thank-you note to {name} for the {product}. It is very {quality}. I am {sender}.",
                "Thank {name} for the {quality} {product}. Sign as {sender}.",
                "Thank-you card: {name} gave me {a:product}. It is {quality}. From {sender}.",
                "Help me thank {name} for the gift, {a:product}. Say that it is {quality}. My name is {sender}.",
                "Please write a short letter of thanks from {sender} to {name} for the {quality} {product}.",
                "Compose a warm thank-you message. Person: {name}. Gift: {product}, very {quality}. Sender: {sender}.",
                "{name} sent me {a:product}. Write a few {quality} words of thanks. Signed {sender}.",
                "Draft a thank-you note for {a:product}. It goes to {name}, it comes from {sender}, and the gift is {quality}.")
            .answer("Dear {name},\n\nThank you so much for the {product}. It is very {quality}, and I use it every day. "
                    + "It always makes me think of you.\n\nWarm wishes,\n{sender}")
            .must("Dear {name}", "{product}", "{quality}", "{sender}")
            .shorter("Dear {name}, thank you for the {quality} {product}! Warm wishes, {sender}", "{name}",
                    "{product}");
    }

    private static Dialogue feedback(Fills fills) {
        fills.pick("names", "name")
            .pick("topics", "topic")
            .any("kind", "report", "presentation", "article", "proposal", "essay");
        return fills
            .ask("Draft a professional e-mail to {name} and ask for feedback on my {kind} about {topic}.",
                    "Write an e-mail that asks {name} for feedback on the {kind} about {topic}.",
                    "Ask {name} to review my {kind} on {topic}. Keep it short.",
                    "I need {name}'s feedback on my {kind} about {topic}. Write the e-mail.",
                    "E-mail to {name}: please comment on my {kind} about {topic}.",
                    "Compose a short and polite request for feedback. Reader: {name}. Text: {kind} about {topic}.",
                    "Help me ask {name} for an opinion on my {kind} about {topic}.",
                    "Can you write to {name} and request comments on my {topic} {kind}?")
            .answer("Subject: Feedback on my {kind} about {topic}\n\nDear {name},\n\nI have finished my {kind} about {topic}. "
                    + "Could you please read it and tell me what you think? I am most interested in the structure, the "
                    + "style and the conclusions.\n\nThank you for your time.")
            .must("Dear {name}", "{kind} about {topic}")
            .shorter("Dear {name}, could you please give me feedback on my {kind} about {topic}? Thank you.", "{name}",
                    "{topic}");
    }

    private static Dialogue product(Fills fills) {
        fills.pick("products", "product")
            .pick("colors", "color")
            .numbers(8, 99, "price")
            .any("quality", "light", "sturdy", "elegant", "modern", "practical");
        return fills.ask("Write a product description for {a:quality} {product} in {color}. It costs ${price}.",
                "Describe this product for a web shop: {product}, {color}, {quality}, ${price}.",
                "Product text, please: {quality} {product}, color {color}, price ${price}.",
                "Create a short advertisement for {a:product}. It is {quality} and {color} and costs ${price}.",
                "I sell {a:product}. It is {color} and {quality}. The price is ${price}. Write a description.",
                "Compose an engaging product description. Product: {product}. Color: {color}. Feature: {quality}. Price: ${price}.",
                "Write a few sentences that sell my {color} {product}. It is {quality} and costs ${price}.",
                "Help me sell {a:quality} {color} {product} for ${price}. I need a short text.")
            .answer("Meet our new {product}! It comes in {color} and is very {quality}, so it fits well into every day. "
                    + "It is easy to use and made to last. For only ${price}, this {product} is a great choice. Order yours today!")
            .must("{product}", "{color}", "{quality}", "${price}")
            .shorter("The {quality} {product} in {color}, now for only ${price}!", "{product}", "{color}", "${price}")
            .asList("- Product: {product}\n- Color: {color}\n- Feature: {quality}\n- Price: ${price}",
                    "Product: {product}", "Price: ${price}");
    }

    private static Dialogue poem(Fills fills) {
        fills.pick("topics", "topic").any("mood", "happy", "sad", "funny", "calm");
        String verse = switch (fills.get("mood")) {
            case "happy" ->
                "{c:topic}, you make my day,\nyou chase the heavy clouds away.\nI sing and dance beneath the sun,\n"
                        + "with {topic} life is fun.";
            case "sad" ->
                "{c:topic}, I miss you so,\nthe days are long, the hours slow.\nI watch the rain, I close the door,\n"
                        + "with {topic} here no more.";
            case "funny" ->
                "{c:topic}, oh what a joke,\nI laughed until my armchair broke.\nMy cat looked up and shook her head,\n"
                        + "thought of {topic}, and went to bed.";
            default ->
                "{c:topic}, so soft and still,\nlike evening light upon the hill.\nI breathe in deep and rest my mind,\n"
                        + "{topic}, gentle and kind.";
        };
        return fills
            .ask("Write a {mood} poem about {topic}.", "A {mood} poem about {topic}, please.",
                    "Can you write a short poem on {topic}? It should be {mood}.",
                    "Poem, four lines, {mood}, about {topic}.", "Compose a {mood} little poem about {topic}.",
                    "I would like a {mood} poem. The subject is {topic}.",
                    "Please rhyme something {mood} about {topic}.", "Give me four {mood} lines about {topic}.")
            .answer(verse)
            .must("{c:topic}", "\n", "{topic}");
    }

    private static Dialogue travelBlog(Fills fills) {
        fills.pick("cities", "city").pick("foods", "food").pick("places", "place");
        return fills.ask(
                "Compose an engaging travel blog post about a recent trip to {city}. Mention the {place} and the {food}.",
                "Write a travel blog paragraph about {city}. I visited the {place} and ate {food}.",
                "Travel post about {city}: the {place}, {food}.",
                "I went to {city}, saw the {place} and tried {food}. Write a short blog post.",
                "Please write about my trip to {city}. Highlights: the {place} and {food}.",
                "Blog post, short: a weekend in {city} with {food} and a visit to the {place}.",
                "Describe a lovely day in {city}. Include the {place} and {food}.",
                "Help me write a travel report about {city}. I liked the {place}. I also liked the {food}.")
            .answer("My Trip to {city}\n\nLast week I visited {city}, and I loved every minute. In the morning I walked to the "
                    + "{place}, which was full of life. At noon I tried {food} in a small restaurant, and it was delicious. "
                    + "In the evening the lights made the streets of {city} look magical. I will come back soon!")
            .must("Trip to {city}", "{place}", "{food}")
            .shorter("I loved {city}: the {place} was full of life, and the {food} was delicious.", "{city}", "{place}",
                    "{food}")
            .asList("- City: {city}\n- Sight: the {place}\n- Food: {food}", "City: {city}", "{place}", "Food: {food}");
    }

    private static Dialogue birthday(Fills fills) {
        fills.pick("names", "name")
            .pick("hobbies", "hobby")
            .numbers(5, 95, "age")
            .any("relation", "friend", "colleague", "neighbor", "sister", "brother", "teacher");
        return fills.ask("Write a birthday card for my {relation} {name}, who turns {age} and loves {hobby}.",
                "Birthday wishes for {name}, my {relation}. Age: {age}. Hobby: {hobby}.",
                "My {relation} {name} will be {age}. {name} likes {hobby}. Write a card.",
                "Please write a short birthday message to {name}, my {relation}: {age} years old, loves {hobby}.",
                "Happy birthday text for {name} ({age}), my {relation}, who enjoys {hobby}.",
                "Help me congratulate my {relation} {name} on turning {age}. Mention {hobby}.",
                "I need a birthday card. It is for my {relation}. The name is {name}, the age is {age}, the hobby is {hobby}.",
                "Compose a warm birthday greeting for my {relation} {name}, who will be {age} and likes {hobby}.")
            .answer("Happy birthday, {name}!\n\nYou are {age} today, and I am glad to have you as my {relation}. I wish you "
                    + "health, joy and a lot of time for {hobby}. Enjoy your special day!")
            .must("Happy birthday, {name}", "{age}", "{relation}", "{hobby}")
            .shorter("Happy birthday, {name}! Enjoy being {age} and have fun with {hobby}!", "{name}", "{age}",
                    "{hobby}");
    }

    private static Dialogue slogan(Fills fills) {
        fills.pick("companies", "company").pick("products", "product").pick("cities", "city");
        return fills.ask("Write three slogans for {company}, which sells {a:product} in {city}.",
                "I need slogans for {company}. We sell {a:product} in {city}.",
                "Three slogans: company {company}, product {product}, city {city}.",
                "Invent three advertising lines for {company} from {city} and its new {product}.",
                "Please give me three short slogans for the {product} by {company} in {city}.",
                "Help {company} to advertise a new {product} in {city}. Three slogans, please.",
                "Can you think of three slogans? The company is {company}, it comes from {city}, the product is {a:product}.",
                "Slogans for the {product} of {company} in {city}!")
            .answer("Here are three slogans:\n1. {company}: the best {product} in {city}.\n2. Smile every day with {a:product} by "
                    + "{company}.\n3. {city} loves {company}.")
            .must("{company}: the best {product} in {city}", "{city} loves {company}");
    }

    private static Dialogue outline(Fills fills) {
        fills.pick("topics", "topic").any("kind", "blog post", "talk", "essay", "lesson");
        return fills
            .ask("Write an outline for {a:kind} about {topic}.", "Outline of {a:kind} on {topic}, please.",
                    "Develop an outline for {a:kind} about {topic}, with key points.",
                    "Help me plan {a:kind} about {topic}.",
                    "I have to prepare {a:kind} about {topic}. How should I structure it?",
                    "Give me a simple structure for {a:kind} on {topic}.",
                    "What should my {kind} about {topic} contain?", "Plan: {kind}, subject: {topic}.")
            .answer("""
                    Here is an outline for your {kind} about {topic}:
                    1. Introduction: what {topic} means to you
                    2. Why {topic} matters today
                    3. An example from everyday life
                    4. Common problems and what helps
                    5. Conclusion: one thing to remember about {topic}""")
            .must("your {kind} about {topic}", "Why {topic} matters", "Conclusion")
            .shorter("Start with what {topic} means, give one example, and end with a clear conclusion.", "{topic}");
    }

    private static Dialogue season(Fills fills) {
        fills.pick("places", "place").pick("cities", "city").row("seasons", "");
        return fills
            .ask("Describe the {place} of {city} in {season}.",
                    "What does the {place} in {city} look like in {season}?",
                    "Paint a picture with words: the {place} of {city} in {season}.",
                    "Write a few sentences about {a:season} day at the {place} in {city}.",
                    "A short description, please: {place}, {city}, {season}.",
                    "Imagine the {place} of {city}. It is {season}. Describe it.",
                    "Write a vivid description of the {place} in {city} in {season}.",
                    "It is {season} in {city}. Tell me how the {place} feels.")
            .answer("It is {season} at the {place} of {city}. The sky is {sky}. Around the {place}, {nature}. People "
                    + "walk by and stop for a moment to look. In {season}, {city} feels {feeling}.")
            .must("{season} at the {place} of {city}", "{nature}", "{feeling}");
    }

    private static Dialogue essay(Fills fills) {
        fills.pick("topics", "topic").any("side", "for", "against");
        String answer = fills.get("side").equals("for")
                ? "There are good reasons for {topic}. First, it makes daily life better for many people. Second, it "
                        + "teaches us to think about others. Finally, it costs little compared with what we gain. In short, "
                        + "{topic} deserves our support."
                : "There are good reasons to be careful with {topic}. First, it takes time that we may need for other "
                        + "things. Second, it does not help everyone in the same way. Finally, it can cost more than we expect. "
                        + "In short, we should not trust {topic} blindly.";
        return fills
            .ask("Write a short paragraph that argues {side} {topic}.", "Argue {side} {topic} in a few sentences.",
                    "Give me a short argument {side} {topic}.", "Persuasive paragraph {side} {topic}, please.",
                    "I am {side} {topic}. Write my opening statement.", "Write a persuasive text {side} {topic}.",
                    "Debate speech, short: {side} {topic}.", "What can I say {side} {topic}? Write it as a paragraph.")
            .answer(answer)
            .must("{topic}", "First", "In short")
            .shorter(fills.get("side").equals("for")
                    ? "{c:topic} makes life better, teaches us to think about others and costs little."
                    : "{c:topic} takes time, does not help everyone and can cost a lot.", "{c:topic}");
    }

    private static Dialogue story(Fills fills) {
        fills.pick("names", "name").pick("places", "place").pick("products", "product").row("animals", "");
        return fills.ask("Write a short story about {name}, {a:animal} and {a:product}. It happens at the {place}.",
                "Tell me a story with {name}, {a:animal}, {a:product} and the {place}.",
                "Short story, please. Hero: {name}. Animal: {animal}. Thing: {product}. Place: {place}.",
                "Make up a story: {name} meets {a:animal} at the {place} and finds {a:product}.",
                "I want a story about {a:animal} that helps {name} to find {a:product} at the {place}.",
                "Can you tell a tale of {name} and {a:animal}? It should happen at the {place} and there should be {a:product}.",
                "Story time! {name}, the {place}, {a:animal}, {a:product}.",
                "Write a children's story in which {name} and {a:animal} look for {a:product} at the {place}.")
            .answer("One morning {name} went to the {place} and met {a:animal}. \"I have lost my {product}\", said {name}. The "
                    + "{animal} wanted to help. They looked everywhere, and at last the {animal} found the {product} behind "
                    + "an old door. {name} was very happy. From that day on, {name} and the {animal} were best friends.")
            .must("{name} went to the {place}", "{animal}", "lost my {product}")
            .shorter("{name} lost {a:product} at the {place}, {a:animal} found it, and they became friends.", "{name}",
                    "{animal}", "{product}");
    }

}
