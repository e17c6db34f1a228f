package dev.cerberus.recipe.data;

import java.util.List;

/** Arithmetic with small numbers, worked in steps that a small model can follow. */
final class MathTemplates {

    private MathTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("math", 13,
                List.of(MathTemplates::sum, MathTemplates::difference, MathTemplates::sumStory,
                        MathTemplates::differenceStory, MathTemplates::product, MathTemplates::unitPrice,
                        MathTemplates::percentage, MathTemplates::rectangle, MathTemplates::sharing,
                        MathTemplates::average, MathTemplates::equation, MathTemplates::change));
    }

    /** Binds the steps of a + b, worked by tens and ones. */
    private static void addition(Fills fills) {
        int a = fills.number("a");
        int b = fills.number("b");
        fills.set("sum", a + b)
            .set("sumsteps",
                    (a / 10 * 10) + " + " + (b / 10 * 10) + " = " + (a / 10 * 10 + b / 10 * 10) + ", " + a % 10 + " + "
                            + b % 10 + " = " + (a % 10 + b % 10) + ", and " + (a / 10 * 10 + b / 10 * 10) + " + "
                            + (a % 10 + b % 10) + " = " + (a + b));
    }

    /**
     * Makes a the larger number and binds the steps of a - b, taken away by tens, then
     * ones.
     */
    private static void subtraction(Fills fills) {
        int a = Math.max(fills.number("a"), fills.number("b"));
        int b = Math.min(fills.number("a"), fills.number("b"));
        int tens = b / 10 * 10;
        fills.set("a", a)
            .set("b", b)
            .set("difference", a - b)
            .set("differencesteps",
                    a + " - " + tens + " = " + (a - tens) + ", and " + (a - tens) + " - " + b % 10 + " = " + (a - b));
    }

    /** Binds the steps of a times b, a worked by tens and ones. */
    private static void multiplication(Fills fills) {
        int a = fills.number("a");
        int b = fills.number("b");
        int tens = a / 10 * 10;
        fills.set("product", a * b)
            .set("productsteps",
                    a < 10 ? a + " * " + b + " = " + a * b : tens + " * " + b + " = " + tens * b + ", " + a % 10 + " * "
                            + b + " = " + a % 10 * b + ", and " + tens * b + " + " + a % 10 * b + " = " + a * b);
    }

    private static Dialogue sum(Fills fills) {
        fills.numbers(11, 99, "a", "b");
        addition(fills);
        return fills
            .ask("What is {a} + {b}?", "{a} + {b} = ?", "Add {a} and {b}.", "Calculate {a} + {b}.",
                    "What is the sum of {a} and {b}?", "How much is {a} plus {b}?", "{a}+{b}",
                    "Compute {a} plus {b} and show your work.")
            .answer("We add the tens and the ones: {sumsteps}. So {a} + {b} = {sum}.")
            .must("So {a} + {b} = {sum}.");
    }

    private static Dialogue difference(Fills fills) {
        fills.numbers(11, 99, "a", "b").swappable("a", "b");
        subtraction(fills);
        return fills
            .ask("What is {a} - {b}?", "{a} - {b} = ?", "Subtract {b} from {a}.", "Calculate {a} - {b}.",
                    "What is the difference of {a} and {b}?", "How much is {a} minus {b}?", "{a}-{b}",
                    "Compute {a} minus {b} and show your work.")
            .answer("We take away the tens, then the ones: {differencesteps}. So {a} - {b} = {difference}.")
            .must("So {a} - {b} = {difference}.")
            .then("How do I check that?|Can you check it?|Please check the result.",
                    "We add {b} again: {difference} + {b} = {a}. That is what we started with, so the result is right.",
                    "{difference} + {b} = {a}");
    }

    private static Dialogue sumStory(Fills fills) {
        fills.pick("names", "name", "other").pick("objects", "things").numbers(11, 89, "a", "b");
        addition(fills);
        return fills.ask(
                "{name} has {a} {things}. {other} gives {name} {b} more. How many {things} does {name} have now?",
                "{name} has {a} {things} and buys {b} more. How many {things} does {name} have in total? {other} wants to know.",
                "{name} collected {a} {things} and {other} collected {b}. How many {things} do they have together?",
                "There are {a} {things} on the table of {name}. {other} adds {b} {things}. How many are there now?",
                "How many {things} are there if {name} has {a} and {other} has {b}?",
                "On Monday {name} sold {a} {things}. On Tuesday {other} sold {b}. How many {things} did they sell altogether?",
                "{name}: {a} {things}. {other}: {b} {things}. Total?",
                "{name} found {a} {things} in one box and {other} found {b} {things} in another. How many {things} did they find?")
            .answer("We add the {things}: {sumsteps}. So the answer is {sum} {things}.")
            .must("So the answer is {sum} {things}.")
            .then("And if there were 10 more?|What if we add 10 more?|And 10 more {things}?",
                    "Ten more: {sum} + 10 = " + (fills.number("sum") + 10) + ". So the answer is "
                            + (fills.number("sum") + 10) + " {things}.",
                    "So the answer is " + (fills.number("sum") + 10) + " {things}.");
    }

    private static Dialogue differenceStory(Fills fills) {
        fills.pick("names", "name", "other").pick("objects", "things").numbers(11, 99, "a", "b");
        subtraction(fills);
        return fills
            .ask("{name} has {a} {things} and gives {b} of them to {other}. How many {things} are left?",
                    "There were {a} {things}. {name} and {other} used {b} of them. How many remain?",
                    "{name} had {a} {things} and lost {b}. How many {things} does {name} still have? {other} asks.",
                    "{name} put {a} {things} on the table and {other} took {b}. How many are left?",
                    "How many {things} are left if {name} sells {b} of {a} to {other}?",
                    "{name} has {a} {things}, {other} has {b} {things}. How many more does {name} have?",
                    "{a} {things} belong to {name}. {other} takes {b}. How many {things} are left?",
                    "{name} owns {a} {things}. After a gift of {b} {things} to {other}, how many does {name} keep?")
            .answer("We take {b} {things} away from {a}: {differencesteps}. So the answer is {difference} {things}.")
            .must("So the answer is {difference} {things}.")
            .then("How do I check that?|Can you check it?|Please check the result.",
                    "We add the {b} {things} again: {difference} + {b} = {a}. That is what we started with, so the result is right.",
                    "{difference} + {b} = {a}");
    }

    private static Dialogue product(Fills fills) {
        fills.shared(3, 29, "a").shared(2, 9, "b").divide("a", "b");
        multiplication(fills);
        return fills
            .ask("What is {a} * {b}?", "What is {a} times {b}?", "Multiply {a} by {b}.", "{a} x {b}",
                    "Calculate {a} * {b}.", "How much is {a} times {b}?", "What is the product of {a} and {b}?",
                    "Compute {a} times {b} step by step.")
            .answer("Step by step: {productsteps}. So {a} * {b} = {product}.")
            .must("So {a} * {b} = {product}.");
    }

    private static Dialogue unitPrice(Fills fills) {
        fills.pick("names", "name").pick("objects", "things").numbers(2, 29, "a", "b");
        fills.set("b", fills.number("b") % 8 + 2);
        multiplication(fills);
        return fills
            .ask("{name} buys {a} {things}. Each costs ${b}. How much does {name} pay?",
                    "How much does {name} pay for {a} {things} at ${b} each?",
                    "{a} {things} at ${b} each. What is the total for {name}?",
                    "{name} wants {a} {things}. The price is ${b} for each. What is the total price?",
                    "At the market, {name} buys {a} {things} for ${b} each. What does it cost?",
                    "If one of the {things} costs ${b}, how much do {a} {things} cost {name}?",
                    "{name} sells {a} {things} for ${b} each. How much money does {name} get?",
                    "Price: ${b} each. Number: {a} {things}. Buyer: {name}. Total?")
            .answer("There are {a} {things} and each costs ${b}, so we calculate {a} * {b}. {productsteps}. So the total is ${product}.")
            .must("So the total is ${product}.")
            .then("And without the dollar sign, just the number?|Only the number, please.|Just give me the number.",
                    "{product}", "{product}");
    }

    private static Dialogue percentage(Fills fills) {
        fills.shared(2, 40, "base")
            .any("percent", "10", "20", "50", "25")
            .pick("products", "product")
            .divide("base", "percent");
        int unit = fills.get("percent").equals("25") ? 4 : 10;
        int amount = fills.number("base") * unit;
        int parts = 100 / fills.number("percent");
        fills.set("amount", amount)
            .set("parts", parts)
            .set("result", amount / parts)
            .set("rest", amount - amount / parts);
        if (fills.chance(2) == 0) {
            return fills
                .ask("What is {percent}% of {amount}?", "Calculate {percent} percent of {amount}.",
                        "{percent}% of {amount}", "How much is {percent}% of {amount}?",
                        "Find {percent} percent of {amount}.", "Compute {percent}% of {amount} and explain.")
                .answer("{percent}% is one part out of {parts}, so we divide {amount} by {parts}. {amount} / {parts} = {result}. So {percent}% of "
                        + "{amount} is {result}.")
                .must("So {percent}% of {amount} is {result}.");
        }
        return fills
            .ask("{A:product} costs ${amount}. It is now {percent}% cheaper. What is the new price?",
                    "The price of {a:product} is ${amount}. There is a discount of {percent}%. What do I pay?",
                    "{c:product}: ${amount}, minus {percent}%. New price?",
                    "How much is {a:product} of ${amount} with {percent}% off?",
                    "A shop sells {a:product} for ${amount} and gives {percent}% off. What is the price now?",
                    "I get {percent}% off on {a:product} that costs ${amount}. How much do I pay?")
            .answer("{percent}% is one part out of {parts}, so the discount is {amount} / {parts} = {result}. Then {amount} - {result} = {rest}. "
                    + "So the {product} now costs ${rest}.")
            .must("So the {product} now costs ${rest}.");
    }

    private static Dialogue rectangle(Fills fills) {
        fills.shared(2, 29, "a")
            .shared(2, 9, "b")
            .any("shape", "rectangle", "garden", "room", "field", "wall")
            .divide("a", "b");
        multiplication(fills);
        int sum = fills.number("a") + fills.number("b");
        fills.set("half", sum).set("perimeter", 2 * sum);
        boolean area = fills.chance(2) == 0;
        fills.set("what", area ? "area" : "perimeter");
        return fills
            .ask("A {shape} is {a} meters long and {b} meters wide. What is its {what}?",
                    "What is the {what} of a {shape} that measures {a} by {b} meters?",
                    "{c:what} of a {shape}, {a} m by {b} m?",
                    "Find the {what} of a {shape} with sides of {a} and {b} meters.",
                    "My {shape} has a length of {a} meters and a width of {b} meters. Calculate the {what}.",
                    "The sides of a {shape} are {a} and {b} meters. How large is the {what}?",
                    "Calculate the {what}: {shape}, length {a} m, width {b} m.",
                    "How do I find the {what} of a {shape} that is {a} meters long and {b} meters wide?")
            .answer(area
                    ? "The area is length times width. {productsteps}. So the area of the {shape} is {product} square meters."
                    : "The perimeter is twice the sum of length and width. {a} + {b} = {half}, and 2 * {half} = {perimeter}. "
                            + "So the perimeter of the {shape} is {perimeter} meters.")
            .must(area ? "is {product} square meters." : "is {perimeter} meters.");
    }

    private static Dialogue sharing(Fills fills) {
        fills.pick("names", "name").pick("objects", "things").numbers(2, 12, "each", "b");
        fills.set("b", fills.number("b") % 8 + 2);
        fills.set("total", fills.number("each") * fills.number("b"));
        return fills
            .ask("{name} shares {total} {things} equally among {b} friends. How many {things} does each friend get?",
                    "{total} {things}, {b} children, equal shares. How many {things} does each child get from {name}?",
                    "{name} puts {total} {things} into {b} boxes, the same number in each. How many are in one box?",
                    "Divide {total} {things} by {b} people. How many does each get? {name} asks.",
                    "If {name} has {total} {things} and makes {b} equal groups, how many are in each group?",
                    "How many {things} does each of {b} people get when {name} shares {total} {things}?",
                    "{name} packs {total} {things} in {b} equal bags. How many {things} are in each bag?",
                    "There are {total} {things} for {b} guests of {name}. How many for each?")
            .answer("We divide the {total} {things} by {b}. Because {each} * {b} = {total}, we get {total} / {b} = {each}. So the answer is "
                    + "{each} {things} each.")
            .must("So the answer is {each} {things} each.");
    }

    private static Dialogue average(Fills fills) {
        fills.shared(2, 25, "mean").shared(0, 7, "d").pick("codenouns", "things").divide("mean", "d");
        int mean = fills.number("mean");
        int offset = Math.min(fills.number("d"), mean - 1);
        if (offset != fills.number("d")) {
            throw new Fills.RetryException();
        }
        int second = mean - offset;
        int third = 3 * mean - second - (mean + 1);
        fills.set("x", mean + 1)
            .set("y", second)
            .set("z", third)
            .set("partial", mean + 1 + second)
            .set("total", 3 * mean);
        return fills
            .ask("What is the average of {x}, {y} and {z}?", "Find the average of these {things}: {x}, {y}, {z}.",
                    "Average of {x}, {y}, {z}?", "Calculate the mean of {x}, {y} and {z}.",
                    "The {things} are {x}, {y} and {z}. What is their average?",
                    "Compute the average of the {things} {x}, {y} and {z}.",
                    "I measured three {things}: {x}, {y}, {z}. What is the mean?",
                    "Mean of the {things} {x}, {y} and {z}, please.")
            .answer("First we add: {x} + {y} = {partial}, and {partial} + {z} = {total}. Then we divide by 3: {total} / 3 = {mean}. So the average is {mean}.")
            .must("So the average is {mean}.");
    }

    private static Dialogue equation(Fills fills) {
        boolean sum = fills.chance(2) == 0;
        fills.shared(1, sum ? 40 : 12, "x").shared(2, sum ? 40 : 9, "a").any("letter", "x", "y", "n").divide("x", "a");
        int factor = fills.number("a");
        int x = fills.number("x");
        fills.set("factor", factor)
            .set("total", sum ? x + fills.number("a") : x * factor)
            .set("equation", sum ? "{letter} + {a} = {total}" : "{factor} * {letter} = {total}");
        return fills
            .ask("Solve {equation}.", "Solve the equation {equation} for {letter}.", "What is {letter} if {equation}?",
                    "{equation}. Find {letter}.", "Find the value of {letter}: {equation}",
                    "If {equation}, what is {letter}?", "Please solve for {letter}: {equation}",
                    "Equation: {equation}. {letter} = ?")
            .answer(sum ? "We subtract {a} on both sides: {letter} = {total} - {a}. So {letter} = {x}."
                    : "We divide both sides by {factor}: {letter} = {total} / {factor}. So {letter} = {x}.")
            .must("So {letter} = {x}.")
            .then("How do I check that?|Can you check it?|Please check the result.",
                    sum ? "We put {x} in for {letter}: {x} + {a} = {total}. So the result is right."
                            : "We put {x} in for {letter}: {factor} * {x} = {total}. So the result is right.",
                    sum ? "{x} + {a} = {total}" : "{factor} * {x} = {total}");
    }

    private static Dialogue change(Fills fills) {
        fills.pick("names", "name").pick("products", "product").numbers(3, 97, "b").any("paid", "50", "100");
        int paid = fills.number("b") < 50 ? fills.number("paid") : 100;
        fills.set("paid", paid).set("a", paid);
        subtraction(fills);
        return fills
            .ask("{name} buys {a:product} for ${b} and pays with ${paid}. How much change does {name} get?",
                    "{A:product} costs ${b}. {name} pays ${paid}. How much change?",
                    "How much money does {name} get back from ${paid} for {a:product} of ${b}?",
                    "{name} has ${paid} and spends ${b} on {a:product}. How much is left?",
                    "Change for {name}: paid ${paid}, price of the {product} ${b}?",
                    "The {product} is ${b}. If {name} gives ${paid}, what is the change?",
                    "{name} gives the seller ${paid} for {a:product} at ${b}. What does {name} get back?",
                    "With ${paid} in the pocket, {name} buys {a:product} for ${b}. How many dollars remain?")
            .answer("We subtract the price from what {name} has: {differencesteps}. So {name} has ${difference} left.")
            .must("So {name} has ${difference} left.");
    }

}
