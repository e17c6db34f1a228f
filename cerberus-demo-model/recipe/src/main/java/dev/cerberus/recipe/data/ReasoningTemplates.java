package dev.cerberus.recipe.data;

import java.util.ArrayList;
import java.util.List;

/** Small puzzles whose answers show each step. */
final class ReasoningTemplates {

    private static final List<String> DAYS = List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
            "Sunday");

    private ReasoningTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("reasoning", 11,
                List.of(ReasoningTemplates::comparison, ReasoningTemplates::middle, ReasoningTemplates::race,
                        ReasoningTemplates::dayCount, ReasoningTemplates::family, ReasoningTemplates::syllogism,
                        ReasoningTemplates::oddOneOut, ReasoningTemplates::sequence, ReasoningTemplates::whoOwns,
                        ReasoningTemplates::older));
    }

    private static Dialogue comparison(Fills fills) {
        fills.pick("names", "a", "b", "c")
            .any("pair", "taller tallest shortest", "older oldest youngest", "faster fastest slowest",
                    "stronger strongest weakest", "richer richest poorest");
        String[] words = fills.get("pair").split(" ", -1);
        boolean most = fills.chance(2) == 0;
        fills.set("more", words[0])
            .set("most", most ? words[1] : words[2])
            .set("top", words[1])
            .set("winner", most ? fills.get("a") : fills.get("c"));
        return fills
            .ask("{a} is {more} than {b}. {b} is {more} than {c}. Who is the {most}?",
                    "{b} is {more} than {c}. {a} is {more} than {b}. Who is the {most}?",
                    "If {a} is {more} than {b} and {b} is {more} than {c}, who is the {most}?",
                    "Puzzle: {a} is {more} than {b}, and {b} is {more} than {c}. Name the {most}.",
                    "Who is the {most} of {a}, {b} and {c}? {a} is {more} than {b}, who is {more} than {c}.",
                    "We know that {b} is {more} than {c}. We also know that {a} is {more} than {b}. Find the {most}.",
                    "{a} is {more} than {b}, {b} is {more} than {c}. {c:most}?",
                    "Three friends: {a} is {more} than {b}. {b} is {more} than {c}. Tell me who is the {most} and why.")
            .answer("{a} is {more} than {b}, and {b} is {more} than {c}. So the order from the {top} on is {a}, {b}, {c}. "
                    + "The {most} is {winner}.")
            .must("The {most} is {winner}.")
            .then("And who is in the middle?|Who is in the middle?|Who comes second?",
                    "{b} is in the middle, between {a} and {c}.", "{b} is in the middle");
    }

    private static Dialogue middle(Fills fills) {
        fills.pick("names", "a", "b", "c").any("end", "left", "right").any("where", "bench", "sofa", "row");
        fills.set("other", fills.get("end").equals("left") ? "right" : "left");
        int question = fills.chance(3);
        // a sits at the named end; every one named after it sits further to the other
        // side
        fills.set("question", new String[] { "in the middle", "at the {end} end", "at the {other} end" }[question])
            .set("who", fills.get(List.of("b", "a", "c").get(question)));
        return fills.ask(
                "{a}, {b} and {c} sit on a {where}. {a} sits {end} of {b}, and {b} sits {end} of {c}. Who sits {question}?",
                "Three people sit on a {where}. {a} is {end} of {b}. {b} is {end} of {c}. Who is {question}?",
                "On a {where}, {a} sits to the {end} of {b}, and {c} sits to the {other} of {b}. Who sits {question}?",
                "{b} sits {end} of {c} on a {where}. {a} sits {end} of {b}. Who is {question}?",
                "Seating puzzle ({where}): {a} {end} of {b}, {b} {end} of {c}. Who sits {question}?",
                "There is a {where} with three seats. {a} sits {end} of {b}, {c} sits {other} of {b}. Tell me who sits {question}.",
                "Look at the {where}: {a} is to the {end} of {b}, {b} is to the {end} of {c}. Name the person {question}.",
                "{c} is {other} of {b} and {a} is {end} of {b}. They share a {where}. Who is {question}?")
            .answer("From {end} to {other} the order on the {where} is {a}, {b}, {c}. So {who} sits {question}.")
            .must("is {a}, {b}, {c}", "So {who} sits {question}.");
    }

    private static Dialogue race(Fills fills) {
        fills.pick("names", "a", "b", "c", "d").any("asked", "first", "second", "third", "last");
        fills.set("who", fills.get(List.of("a", "b", "c", "d")
            .get(List.of("first", "second", "third", "last").indexOf(fills.get("asked")))));
        return fills.ask(
                "In a race, {a} finished before {b}. {c} finished after {b}. {d} finished after {c}. Who was {asked}?",
                "{a} was faster than {b}, {b} was faster than {c}, and {c} was faster than {d}. Who was {asked} in the race?",
                "Race puzzle: {a} before {b}, {b} before {c}, {c} before {d}. Who came {asked}?",
                "{d} finished after {c}. {c} finished after {b}. {b} finished after {a}. Who finished {asked}?",
                "Four runners: {a} beat {b}, {b} beat {c}, {c} beat {d}. Who came in {asked}?",
                "Who was {asked}? {a} arrived before {b}. {b} arrived before {c}. {c} arrived before {d}.",
                "If {b} finished after {a}, {c} after {b} and {d} after {c}, who finished {asked}?",
                "{a} crossed the line before {b}. Next came {c}. {d} was behind {c}. Who was {asked}?")
            .answer("{a} finished before {b}, {b} before {c}, and {c} before {d}. The order is {a}, {b}, {c}, {d}. So {who} was {asked}.")
            .must("So {who} was {asked}.")
            .then("Give me the full order.|What is the whole order?|List all runners in order.",
                    "1. {a}\n2. {b}\n3. {c}\n4. {d}", "1. {a}\n2. {b}\n3. {c}\n4. {d}");
    }

    private static Dialogue dayCount(Fills fills) {
        fills.any("today", DAYS.toArray(String[]::new)).numbers(2, 6, "count").pick("events", "event");
        StringBuilder steps = new StringBuilder();
        int start = DAYS.indexOf(fills.get("today"));
        int count = fills.number("count");
        for (int i = 1; i <= count; i++) {
            String day = DAYS.get((start + i) % 7);
            steps.append(i == 1 ? "" : ", ")
                .append(i)
                .append(i == 1 ? " day" : " days")
                .append(" later is ")
                .append(day);
            fills.set("day", day);
        }
        fills.set("steps", steps).set("after", DAYS.get((start + count + 1) % 7));
        return fills
            .ask("Today is {today}. The {event} is in {count} days. On which day is it?",
                    "If today is {today}, what day is the {event} when it is {count} days away?",
                    "The {event} is {count} days from now. Today is {today}. Which day is that?",
                    "{today} today, {event} in {count} days. Which weekday?",
                    "Which day of the week is {count} days after {today}? We plan the {event}.",
                    "It is {today}. In {count} days we have the {event}. What day will it be?",
                    "What weekday comes {count} days after {today}? I need it for the {event}.",
                    "We are waiting for the {event}: {count} more days. Today is {today}. When is it?")
            .answer("Today is {today}. Let us count: {steps}. So the {event} is on {day}.")
            .must("So the {event} is on {day}.")
            .then("And one day later?|What is the day after that?|Which day comes next?",
                    "The day after {day} is {after}.", "{after}");
    }

    private static Dialogue family(Fills fills) {
        fills.pick("names", "a", "b", "c")
            .any("case", "parent|parent|grandparent", "child|child|grandchild", "sibling|sibling|sibling",
                    "parent|sibling|parent", "cousin|sibling|cousin", "sibling|cousin|cousin");
        String[] words = fills.get("case").split("\\|", -1);
        fills.set("first", words[0]).set("second", words[1]).set("answer", words[2]);
        return fills
            .ask("{a} is the {first} of {b}. {b} is the {second} of {c}. What is {a} to {c}?",
                    "{b} is the {second} of {c}. {a} is the {first} of {b}. How is {a} related to {c}?",
                    "If {a} is {b}'s {first} and {b} is {c}'s {second}, what is {a} to {c}?",
                    "Family puzzle: {a} is the {first} of {b}, who is the {second} of {c}. What is {a} for {c}?",
                    "How is {a} related to {c}? {a} is the {first} of {b}, and {b} is the {second} of {c}.",
                    "{c}'s {second} is {b}. {b}'s {first} is {a}. Who is {a} to {c}?",
                    "{a}: {first} of {b}. {b}: {second} of {c}. Relation of {a} to {c}?",
                    "We know that {b} is {c}'s {second} and that {a} is {b}'s {first}. What is {a} to {c}?")
            .answer("{a} is the {first} of {b}, and {b} is the {second} of {c}. The {first} of someone's {second} is the {answer}. "
                    + "So {a} is the {answer} of {c}.")
            .must("So {a} is the {answer} of {c}.");
    }

    private static Dialogue syllogism(Fills fills) {
        fills.row("animals", "").pick("names", "name");
        boolean yes = fills.chance(2) == 0;
        fills.set("plural", plural(fills.get("animal")));
        String base = "All {plural} need {need}. {name} is {a:what}. Does {name} need {need}?";
        fills.any("need", "air", "water", "food", "sleep", "sunlight")
            .set("what", yes ? fills.get("animal") : other(fills));
        return fills
            .ask(base, "Every {animal} needs {need}. {name} is {a:what}. Can we say that {name} needs {need}?",
                    "Given: all {plural} need {need}, and {name} is {a:what}. Does it follow that {name} needs {need}?",
                    "If all {plural} need {need} and {name} is {a:what}, does {name} need {need}?",
                    "Logic question. All {plural} need {need}. {name} is {a:what}. Does {name} need {need}? Why?",
                    "{name} is {a:what}. All {plural} need {need}. What follows for {name}?",
                    "Premise 1: all {plural} need {need}. Premise 2: {name} is {a:what}. Does {name} need {need}?",
                    "Suppose that all {plural} need {need}. {name} is {a:what}. What can you conclude about {name}?")
            .answer(yes
                    ? "Yes. All {plural} need {need}, and {name} is {a:what}. So it follows that {name} needs {need}."
                    : "This does not follow. The rule is about {plural}, but {name} is {a:what}. So the rule does not tell us "
                            + "whether {name} needs {need}.")
            .must(yes ? "Yes. All {plural} need {need}" : "This does not follow", "{name}", "{a:what}");
    }

    private static String other(Fills fills) {
        String animal = fills.get("animal");
        List<String> options = List.of("tree", "robot", "teacher", "stone", "mushroom", "doctor");
        return options.get(Math.floorMod(animal.length() + fills.chance(options.size()), options.size()));
    }

    static String plural(String noun) {
        return switch (noun) {
            case "sheep", "salmon" -> noun;
            case "wolf" -> "wolves";
            case "mouse" -> "mice";
            case "fox" -> "foxes";
            case "butterfly" -> "butterflies";
            default -> noun + "s";
        };
    }

    private static Dialogue oddOneOut(Fills fills) {
        fills.rows("odd", "main", "other");
        List<String> words = new ArrayList<>(List.of(fills.get("mainItems").split(",")));
        List<String> others = List.of(fills.get("otherItems").split(","));
        String stranger = others.get(fills.chance(others.size()));
        if (words.contains(stranger)
                || (fills.get("mainGroup").equals("birds") && fills.get("otherGroup").equals("animals"))
                || (fills.get("mainGroup").equals("animals") && fills.get("otherGroup").equals("birds"))) {
            throw new Fills.RetryException();
        }
        fills.set("stranger", stranger);
        List<String> shown = new ArrayList<>();
        for (String variable : List.of("a", "b", "c")) {
            String word = words.remove(fills.chance(words.size()));
            fills.set(variable, word);
            shown.add(word);
        }
        shown.add(fills.chance(4), stranger);
        fills.set("shown", String.join(", ", shown));
        return fills
            .ask("Which word does not belong: {shown}?", "Find the odd one out: {shown}.", "Odd one out? {shown}",
                    "{c:shown}: which one is different?", "Which of these does not fit: {shown}?",
                    "One word does not match the others: {shown}. Which one, and why?",
                    "Look at these words: {shown}. Which one is the odd one out?",
                    "Pick the word that is different from the rest: {shown}.")
            .answer("{c:a}, {b} and {c} are {mainGroup}. The word {stranger} belongs to the {otherGroup}. So the odd one out is {stranger}.")
            .must("So the odd one out is {stranger}.", "are {mainGroup}");
    }

    private static Dialogue sequence(Fills fills) {
        fills.shared(1, 60, "start").shared(2, 10, "step").divide("start", "step");
        int start = fills.number("start");
        int step = fills.number("step");
        fills.set("fourth", start + 3 * step)
            .set("next", start + 4 * step)
            .set("numbers", start + ", " + (start + step) + ", " + (start + 2 * step) + ", " + (start + 3 * step));
        return fills
            .ask("What comes next: {numbers}?", "Continue the sequence {numbers}.",
                    "Which number follows: {numbers}, ...?", "{numbers}, ?",
                    "Find the next number in the series {numbers}.",
                    "Here is a number pattern: {numbers}. What is the next number?",
                    "Complete the pattern: {numbers}, ...", "Tell me the next number and the rule: {numbers}.")
            .answer("Each number is {step} more than the one before. {fourth} + {step} = {next}. So the next number is {next}.")
            .must("So the next number is {next}.");
    }

    private static Dialogue whoOwns(Fills fills) {
        fills.pick("names", "a", "b", "c").pick("products", "x", "y", "z");
        int asked = fills.chance(3);
        fills.set("who", fills.get(List.of("a", "b", "c").get(asked)))
            .set("thing", fills.get(List.of("x", "y", "z").get(asked)));
        return fills.ask(
                "{a}, {b} and {c} own {a:x}, {a:y} and {a:z}, one thing each. {a} owns the {x}. {b} does not own the {z}. Who owns the {thing}?",
                "There are three things: {a:x}, {a:y} and {a:z}. {a} has the {x}. {b} does not have the {z}. {c} is the third person. Who has the {thing}?",
                "Logic puzzle. People: {a}, {b}, {c}. Things: {x}, {y}, {z}. {a} owns the {x}, {b} does not own the {z}. Who owns the {thing}?",
                "{a} owns the {x}. {b} does not own the {z}. {a}, {b} and {c} each own one of {x}, {y}, {z}. Who owns the {thing}?",
                "Each of {a}, {b} and {c} bought one thing: the {x}, the {y} or the {z}. {a} bought the {x}, and {b} did not buy the {z}. Who has the {thing}?",
                "Who owns the {thing}? {a}, {b} and {c} own the {x}, the {y} and the {z}. {a} owns the {x}. {b} does not own the {z}.")
            .answer("{a} owns the {x}. {b} does not own the {z}, so {b} must own the {y}. That leaves the {z} for {c}. So {who} owns the {thing}.")
            .must("So {who} owns the {thing}.")
            .then("Who owns what?|List who owns what.|Give me the full solution.", "- {a}: {x}\n- {b}: {y}\n- {c}: {z}",
                    "- {a}: {x}\n- {b}: {y}\n- {c}: {z}");
    }

    private static Dialogue older(Fills fills) {
        fills.pick("names", "a", "b")
            .numbers(4, 40, "age")
            .any("more", "2", "3", "4", "5", "6", "7", "8")
            .any("kind", "older", "younger");
        boolean older = fills.get("kind").equals("older") || fills.number("age") <= fills.number("more");
        int result = older ? fills.number("age") + fills.number("more") : fills.number("age") - fills.number("more");
        fills.set("kind", older ? "older" : "younger").set("sign", older ? "+" : "-").set("result", result);
        return fills
            .ask("{b} is {age} years old. {a} is {more} years {kind} than {b}. How old is {a}?",
                    "{a} is {more} years {kind} than {b}, who is {age}. How old is {a}?",
                    "How old is {a}? {b} is {age}, and {a} is {more} years {kind}.",
                    "If {b} is {age} and {a} is {more} years {kind}, what is the age of {a}?",
                    "Age puzzle: {b} is {age}. {a} is {more} years {kind} than {b}. Age of {a}?",
                    "{a} was born {more} years apart from {b} and is {kind}. {b} is {age} now. How old is {a}?",
                    "Tell me the age of {a}, who is {more} years {kind} than {b}. {b} is {age}.",
                    "My friend {b} is {age} years old and {a} is {more} years {kind}. How old is {a}?")
            .answer("{b} is {age} years old. {a} is {more} years {kind}, so we calculate {age} {sign} {more} = {result}. {a} is {result} years old.")
            .must("{a} is {result} years old.")
            .then("And how old is {b}?|What about {b}?|How old is {b} again?", "{b} is {age} years old.",
                    "{b} is {age} years old.");
    }

}
