package dev.cerberus.recipe.data;

import java.util.List;

/** History, literature, philosophy, economics and geography from fact tables. */
final class HumanitiesTemplates {

    private HumanitiesTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("humanities", 11,
                List.of(HumanitiesTemplates::event, HumanitiesTemplates::person, HumanitiesTemplates::book,
                        HumanitiesTemplates::concept, HumanitiesTemplates::concept, HumanitiesTemplates::compare,
                        HumanitiesTemplates::country, HumanitiesTemplates::order));
    }

    private static Dialogue event(Fills fills) {
        fills.row("events", "").any("reader", "a child", "a student", "my class", "a friend");
        return fills
            .ask("When was {event}?", "Why was {event} important?", "What happened in {event}?",
                    "Tell me about {event}.", "Explain {event}.", "Explain {event} to {reader}.",
                    "In which year was {event}, and why does it matter?", "Give a short summary of {event}.",
                    "Describe {event} and its results.", "What do you know about {event}?",
                    "What were the effects of {event}?", "Help {reader} to understand {event}.", "{c:event}?",
                    "Where and when was {event}?", "What should {reader} know about {event}?")
            .answer("{c:event} took place in {year}. The place was {place}. In short, {what}. {why}.")
            .must("took place in {year}", "{what}", "{why}")
            .then("In which year was that?|When was that again?|And the year?", "It was in {year}.", "{year}");
    }

    private static Dialogue person(Fills fills) {
        fills.row("people", "").any("reader", "a child", "a student", "my class");
        return fills
            .ask("Who was {person}?", "What is {person} known for?", "Tell me about {person}.",
                    "Why is {person} famous?", "When did {person} live?", "Write a short biography of {person}.",
                    "What did {person} do?", "Introduce {person} to {reader}.", "Give me some facts about {person}.",
                    "{person}?", "What should {reader} know about {person}?", "Explain to {reader} who {person} was.",
                    "Describe the work of {person}.")
            .answer("{person} was " + field(fills)
                    + " of the {era}, best known for {known}. People still talk about it today.")
            .must("{person} was", "{era}", "{known}");
    }

    private static String field(Fills fills) {
        return fills.get("field").equals("queen of Egypt") || fills.get("field").startsWith("emperor") ? "{field}"
                : "{a:field}";
    }

    private static Dialogue book(Fills fills) {
        fills.row("books", "").any("reader", "a child", "a student", "my book club");
        return fills
            .ask("Who wrote {book}?", "Who is the author of {book}?", "What is {book} about?", "Tell me about {book}.",
                    "When was {book} written?", "Summarize {book} in a few words.",
                    "Explain to {reader} what {book} is about.", "What do you know about {book}?",
                    "Author and subject of {book}?", "Present {book} to {reader}.",
                    "I want to read {book}. What is it about?", "What happens in {book}?")
            .answer("{book} was written by {author} {year}. It tells of {about}. It is one of the best known works of world literature.")
            .must("{book} was written by {author}", "{year}", "{about}");
    }

    private static Dialogue concept(Fills fills) {
        fills.row("concepts", "").any("reader", "a child", "a student", "a beginner", "my grandmother", "a friend");
        return fills.ask("What is {term}?", "Explain {term}.", "What is meant by {term}?",
                "Explain {term} to {reader}.", "Can you explain what {term} is?", "Define {term}.",
                "Describe {term} in a few sentences.", "I do not understand what {term} is. Can you help me?",
                "Tell me about {term}.", "How would you explain {term} to {reader}?", "In {area}, what is {term}?",
                "Please give a short definition of {term} with an example.", "What can you tell {reader} about {term}?",
                "{c:term}: what is it and why does it matter?", "{c:term}?")
            .answer("{c:term} is {definition}. {detail}.")
            .must("{c:term} is {definition}", "{detail}")
            .then("Make it shorter.|Shorter, please.|In one sentence?", "{c:term} is {definition}.", "{definition}")
            .then("Which field is that?|What field does it belong to?|What subject does that belong to?",
                    "{c:term} belongs to the field of {area}.", "{area}");
    }

    private static Dialogue compare(Fills fills) {
        fills.rows("concepts", "x", "y");
        return fills
            .ask("What is the difference between {xTerm} and {yTerm}?", "Compare {xTerm} and {yTerm}.",
                    "How does {xTerm} differ from {yTerm}?", "{c:xTerm} or {yTerm}: what is what?",
                    "Explain the difference between {xTerm} and {yTerm}.",
                    "I mix up {xTerm} and {yTerm}. Please explain both.",
                    "Tell me how {xTerm} and {yTerm} are different.", "{c:xTerm} versus {yTerm}?")
            .answer("{c:xTerm} is {xDefinition}. {c:yTerm} is {yDefinition}. "
                    + (fills.get("xArea").equals(fills.get("yArea")) ? "Both belong to {xArea}."
                            : "The first belongs to {xArea}, the second to {yArea}."))
            .must("{c:xTerm} is {xDefinition}", "{c:yTerm} is {yDefinition}");
    }

    private static Dialogue country(Fills fills) {
        fills.row("countries", "").any("reader", "a child", "a student", "my class");
        return fills
            .ask("What is the capital of {country}?", "Capital of {country}?", "Tell me about {country}.",
                    "Which language do people speak in {country}?", "On which continent is {country}?",
                    "Give me some facts about {country}.", "What do you know about {country}?",
                    "Name the capital and the language of {country}.", "Help {reader} to learn about {country}.",
                    "Where is {country}?", "Which city is the capital of {country}?", "Present {country} to {reader}.")
            .answer("The capital of {country} is {capital}. The country lies in {continent}, and many people there speak {language}.")
            .must("capital of {country} is {capital}", "{continent}", "{language}");
    }

    private static Dialogue order(Fills fills) {
        fills.rows("events", "x", "y");
        int x = fills.number("xYear");
        int y = fills.number("yYear");
        fills.set("early", fills.get(x < y ? "xEvent" : "yEvent"))
            .set("late", Math.max(x, y))
            .set("start", Math.min(x, y));
        return fills
            .ask("Which came first, {xEvent} or {yEvent}?", "What was earlier: {xEvent} or {yEvent}?",
                    "Was {xEvent} before {yEvent}?", "Put these in order: {xEvent}, {yEvent}.",
                    "{c:xEvent} or {yEvent}: which is older?", "Compare the dates of {xEvent} and {yEvent}.",
                    "Which of these events happened first: {xEvent} or {yEvent}?",
                    "Tell me what happened earlier, {xEvent} or {yEvent}.")
            .answer("{c:xEvent} was in {xYear}, and {yEvent} was in {yYear}. Since {start} is before {late}, {early} came first.")
            .must("was in {xYear}", "was in {yYear}", "{early} came first");
    }

}
