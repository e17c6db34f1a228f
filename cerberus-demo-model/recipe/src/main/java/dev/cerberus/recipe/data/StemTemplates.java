package dev.cerberus.recipe.data;

import java.util.List;

/**
 * Science: explanations from a fact table, and quantities worked out from given numbers.
 */
final class StemTemplates {

    private StemTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("stem", 11,
                List.of(StemTemplates::explain, StemTemplates::explain, StemTemplates::compare, StemTemplates::planet,
                        StemTemplates::planetOrder, StemTemplates::element, StemTemplates::animalClass,
                        StemTemplates::speed, StemTemplates::units, StemTemplates::density));
    }

    private static Dialogue explain(Fills fills) {
        fills.row("stem", "").any("reader", "a child", "a student", "a beginner", "my grandmother", "a friend");
        return fills
            .ask("What is {term}?", "Explain {term}.", "What is meant by {term}?", "Explain {term} to {reader}.",
                    "Can you explain what {term} is?", "Define {term}.", "Describe {term} in a few sentences.",
                    "I do not understand what {term} is. Can you help me?", "Tell me about {term}.",
                    "How would you explain {term} to {reader}?", "In the field of {area}, what is {term}?",
                    "Please give a short definition of {term} with an example.",
                    "What can you tell {reader} about {term}?", "{c:term}: what is it and why does it matter?",
                    "What do scientists mean by {term}?", "{c:term}?")
            .answer("{c:term} is {definition}. {detail}.")
            .must("{c:term} is {definition}", "{detail}")
            .then("Make it shorter.|Shorter, please.|In one sentence?", "{c:term} is {definition}.", "{definition}")
            .then("Which field is that?|Which field of science is this?|What subject does that belong to?",
                    "{c:term} belongs to the field of {area}.", "{area}");
    }

    private static Dialogue compare(Fills fills) {
        fills.rows("stem", "x", "y");
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

    private static Dialogue planet(Fills fills) {
        fills.row("planets", "").any("reader", "a child", "a student", "my class", "a beginner");
        return fills
            .ask("Tell me about the planet {planet}.", "What do you know about {planet}?",
                    "Describe the planet {planet}.", "What kind of planet is {planet}?",
                    "Give me some facts about {planet}.", "How many moons does {planet} have?",
                    "Write a few sentences about {planet} for {reader}.", "Planet {planet}, please.",
                    "What is special about {planet}?", "Explain to {reader} what {planet} is.",
                    "Which facts about {planet} should {reader} know?", "Short facts about the planet {planet}?")
            .answer("{planet} is the {word} planet from the sun. It is {a:kind} with {moons}. {feature}.")
            .must("{planet} is the {word} planet", "{kind} with {moons}", "{feature}");
    }

    private static Dialogue planetOrder(Fills fills) {
        fills.rows("planets", "x", "y")
            .set("near", Integer.parseInt(fills.get("xOrder")) < Integer.parseInt(fills.get("yOrder"))
                    ? fills.get("xPlanet") : fills.get("yPlanet"));
        return fills
            .ask("Which is closer to the sun, {xPlanet} or {yPlanet}?", "Is {xPlanet} or {yPlanet} nearer to the sun?",
                    "{xPlanet} or {yPlanet}: which planet is closer to the sun?",
                    "Compare the distance of {xPlanet} and {yPlanet} from the sun.",
                    "Of {xPlanet} and {yPlanet}, which is closer to the sun?",
                    "Tell me which planet is nearer to the sun: {xPlanet} or {yPlanet}.",
                    "Which of the planets {xPlanet} and {yPlanet} has the smaller orbit?",
                    "Who is closer to the sun? {xPlanet}? {yPlanet}?")
            .answer("{xPlanet} is the {xWord} planet from the sun, and {yPlanet} is the {yWord}. So {near} is closer to the sun.")
            .must("So {near} is closer to the sun.");
    }

    private static Dialogue element(Fills fills) {
        fills.row("elements", "").any("reader", "a child", "a student", "my class");
        return fills
            .ask("What is the chemical symbol of {element}?", "Tell me about the element {element}.",
                    "What is {element} used for?", "What is the atomic number of {element}?",
                    "Describe the element {element}.", "Which element has the symbol {symbol}?",
                    "Give me facts about {element}.", "Chemistry: {element}?",
                    "Explain the element {element} to {reader}.", "What do you know about {element}?",
                    "Which element has the atomic number {number}?", "What kind of element is {element}?",
                    "Is {element} a metal?", "Symbol and atomic number of {element}, please.")
            .answer("{c:element} is a chemical element with the symbol {symbol} and the atomic number {number}. It is a {kind}. {use}.")
            .must("symbol {symbol}", "atomic number {number}", "It is a {kind}");
    }

    private static Dialogue animalClass(Fills fills) {
        fills.row("animals", "").any("asked", "mammal", "bird", "reptile", "fish", "insect").pick("names", "name");
        boolean yes = fills.get("asked").equals(fills.get("class"));
        return fills
            .ask("Is {a:animal} {a:asked}? {name} wants to know.", "{name} asks: is {a:animal} {a:asked}?",
                    "Can you tell {name} whether {a:animal} is {a:asked}?",
                    "My friend {name} says that {a:animal} is {a:asked}. Is that right?",
                    "{name} thinks {a:animal} is {a:asked}. True or false?",
                    "Biology question by {name}: does {a:animal} count as {a:asked}?",
                    "Help {name} with biology: is the {animal} {a:asked}?",
                    "Tell {name} if {a:animal} is {a:asked} or not.")
            .answer(yes ? "Yes, {name}, {a:animal} is {a:class}. It eats {food} and lives in {home}."
                    : "No, {name}, {a:animal} is not {a:asked}. It is {a:class}. It eats {food} and lives in {home}.")
            .must(yes ? "Yes" : "No", "{a:animal} is", "{a:class}")
            .then("What does it eat?|What is its food?|And what does it eat?", "The {animal} eats {food}.", "{food}");
    }

    private static Dialogue speed(Fills fills) {
        fills.numbers(2, 60, "v", "t")
            .any("vehicle", "car", "train", "boat", "bicycle", "runner", "truck")
            .pick("names", "name");
        int hours = fills.number("t") % 6 + 2;
        fills.set("t", hours).set("s", fills.number("v") * hours);
        return fills.ask("A {vehicle} covers {s} kilometers in {t} hours. What is its speed? {name} asks.",
                "{name} measures a {vehicle}: {s} km in {t} h. Speed?",
                "What is the average speed of a {vehicle} that needs {t} hours for {s} kilometers? {name} wants to know.",
                "{name} watches a {vehicle}. It moves {s} kilometers in {t} hours. How fast is it?",
                "Calculate the speed of the {vehicle} of {name}: distance {s} km, time {t} h.",
                "Physics task for {name}: a {vehicle} travels {s} km in {t} hours. Find the speed.")
            .answer("Speed is distance divided by time. {s} / {t} = {v}. So the speed of the {vehicle} is {v} kilometers per hour.")
            .must("is {v} kilometers per hour.");
    }

    private static Dialogue units(Fills fills) {
        fills.numbers(2, 99, "n")
            .any("units", "kilometers meters 1000", "kilograms grams 1000", "meters centimeters 100",
                    "hours minutes 60", "minutes seconds 60", "liters milliliters 1000", "tons kilograms 1000");
        String[] unit = fills.get("units").split(" ", -1);
        int factor = Integer.parseInt(unit[2]);
        if (factor == 60) {
            fills.set("n", fills.number("n") % 10 + 2);
        }
        fills.set("big", unit[0])
            .set("small", unit[1])
            .set("factor", factor)
            .set("result", fills.number("n") * factor)
            .set("one", unit[0].substring(0, unit[0].length() - 1))
            .pick("names", "name");
        return fills.ask("How many {small} are {n} {big}? {name} asks.", "{name} needs {n} {big} in {small}.",
                "Convert {n} {big} to {small} for {name}.", "{name} has {n} {big}. How many {small} is that?",
                "What are {n} {big} in {small}? Please help {name}.", "{n} {big} = ? {small} ({name})",
                "{name} asks how many {small} there are in {n} {big}.", "Help {name} to change {n} {big} into {small}.")
            .answer("One {one} has {factor} {small}. {n} * {factor} = {result}. So {n} {big} are {result} {small}.")
            .must("are {result} {small}.");
    }

    private static Dialogue density(Fills fills) {
        fills.numbers(2, 40, "d", "v")
            .any("thing", "stone", "piece of metal", "block", "liquid", "crystal")
            .pick("names", "name");
        int volume = fills.number("v") % 8 + 2;
        fills.set("v", volume).set("m", fills.number("d") * volume);
        return fills.ask(
                "A {thing} has a mass of {m} grams and a volume of {v} cubic centimeters. What is its density? {name} asks.",
                "{name} weighs a {thing}: {m} g, volume {v} cubic cm. Density?",
                "Find the density of the {thing} of {name}: mass {m} g, volume {v} cubic centimeters.",
                "What density does a {thing} have if {v} cubic centimeters of it weigh {m} grams? ({name})",
                "{name} has a {thing} of {m} grams with a volume of {v} cubic centimeters. Calculate the density.",
                "Physics task for {name}: mass {m} g, volume {v} cubic cm, a {thing}. Density, please.")
            .answer("Density is mass divided by volume. {m} / {v} = {d}. So the density of the {thing} is {d} grams per cubic centimeter.")
            .must("is {d} grams per cubic centimeter.");
    }

}
