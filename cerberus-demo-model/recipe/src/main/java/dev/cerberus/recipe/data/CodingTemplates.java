package dev.cerberus.recipe.data;

import java.util.List;

/** Small functions, queries and commands with one sentence of explanation. */
final class CodingTemplates {

    private CodingTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("coding", 12,
                List.of(CodingTemplates::pythonList, CodingTemplates::pythonList, CodingTemplates::javaList,
                        CodingTemplates::strings, CodingTemplates::sqlFilter, CodingTemplates::sqlSort,
                        CodingTemplates::loop, CodingTemplates::dataClass, CodingTemplates::output,
                        CodingTemplates::shell, CodingTemplates::html, CodingTemplates::bug));
    }

    private static void function(Fills fills, boolean camel) {
        fills.row("listops", "").pick("codenouns", "noun").numbers(2, 99, "limit");
        String name = fills.get("short") + "_" + fills.get("noun");
        fills.set("function", camel ? fills.get("short").replace("_odd", "Odd").replace("_even", "Even")
                + Fills.capitalise(fills.get("noun")) : name);
    }

    private static Dialogue pythonList(Fills fills) {
        function(fills, false);
        return fills
            .ask("Write a Python function {function} that {desc}.", "Python: a function called {function} that {desc}.",
                    "I need a Python function named {function}. It takes a list of {noun} and {desc}.",
                    "Develop a Python program with a function {function}. It {desc}.",
                    "Implement {function} in Python. It {desc}.",
                    "Can you write {function} in Python? The function {desc}.",
                    "Python function, name {function}, parameter {noun}: it {desc}.",
                    "Please code {function}({noun}) in Python so that it {desc}.")
            .answer("```python\ndef {function}({noun}):\n    {python}\n```\n{explain}")
            .must("def {function}({noun}):", "{python}")
            .then("Show me how to call it.|How do I call it?|Give me an example call.",
                    "```python\n{noun} = [3, 8, 5]\nprint({function}({noun}))\n```\nThis calls the function with a short list and prints the result.",
                    "print({function}({noun}))");
    }

    private static Dialogue javaList(Fills fills) {
        function(fills, true);
        String type = switch (fills.get("short")) {
            case "sum_even", "sum_odd", "sum", "max", "min" -> "int";
            case "average" -> "double";
            case "count" -> "long";
            default -> "List<Integer>";
        };
        fills.set("type", type);
        return fills.ask("Write a Java method {function} that {desc}.", "Java: a method called {function} that {desc}.",
                "I need a Java method named {function}. It takes a list of {noun} and {desc}.",
                "Implement {function} in Java. It {desc}.", "Can you write {function} in Java? The method {desc}.",
                "Java method, name {function}, parameter {noun}: it {desc}.",
                "Please code {function} in Java so that it {desc}.", "Show me a Java method {function} that {desc}.")
            .answer("```java\nstatic {type} {function}(List<Integer> {noun}) {\n    {java}\n}\n```\n{explain}")
            .must("static {type} {function}(List<Integer> {noun})", "{java}");
    }

    private static Dialogue strings(Fills fills) {
        fills.row("stringops", "").any("language", "Python", "JavaScript").pick("codenouns", "noun");
        boolean python = fills.get("language").equals("Python");
        fills.set("function", fills.get("name") + "_" + fills.get("noun"));
        return fills
            .ask("Write a {language} function {function} that {desc}.", "{language} function {function}: it {desc}.",
                    "How do I write a function in {language} that {desc}? Call it {function}.",
                    "Implement {function} in {language}. It {desc}.",
                    "I need {a:language} function that {desc}. The name is {function}.",
                    "Give me {language} code for a function {function} that {desc}.",
                    "Please write {function} in {language}; it {desc}.",
                    "Create a function in {language} that {desc}, named {function}.")
            .answer(python ? "```python\ndef {function}(text):\n    {python}\n```\n{explain}"
                    : "```javascript\nfunction {function}(text) {\n    {javascript}\n}\n```\n{explain}")
            .must("{function}(text)", python ? "{python}" : "{javascript}");
    }

    private static Dialogue sqlFilter(Fills fills) {
        fills.pick("tablenames", "table")
            .pick("columns", "column", "shown")
            .numbers(2, 500, "limit")
            .any("compare", "greater than >", "less than <", "equal to =");
        String compare = fills.get("compare");
        fills.set("words", compare.substring(0, compare.lastIndexOf(' ')))
            .set("operator", compare.substring(compare.lastIndexOf(' ') + 1));
        return fills.ask("Write a SQL query that selects the {shown} of all {table} with a {column} {words} {limit}.",
                "SQL: {shown} of {table} where {column} is {words} {limit}.",
                "How do I select {shown} from the table {table} where the {column} is {words} {limit}?",
                "I have a table {table} with the columns {shown} and {column}. Give me the {shown} of rows whose {column} is {words} {limit}.",
                "Please write a SELECT on {table}: column {shown}, condition {column} {words} {limit}.",
                "Query the {shown} in {table} for rows with {column} {words} {limit}.",
                "Show the {shown} of {table} if {column} is {words} {limit}. Use SQL.",
                "Create a SQL statement. Table: {table}. Output: {shown}. Condition: {column} {words} {limit}.")
            .answer("```sql\nSELECT {shown} FROM {table} WHERE {column} {operator} {limit};\n```\nIt returns the {shown} of every row of {table} whose "
                    + "{column} is {words} {limit}.")
            .must("SELECT {shown} FROM {table} WHERE {column} {operator} {limit};")
            .then("Sort the result by {shown}.|Please sort it by {shown}.|Now order the rows by {shown}.",
                    "```sql\nSELECT {shown} FROM {table} WHERE {column} {operator} {limit} ORDER BY {shown};\n```\nThe clause ORDER BY sorts the rows by {shown}.",
                    "WHERE {column} {operator} {limit} ORDER BY {shown};");
    }

    private static Dialogue sqlSort(Fills fills) {
        fills.pick("tablenames", "table")
            .pick("columns", "column")
            .numbers(2, 50, "limit")
            .any("kind", "highest", "lowest");
        fills.set("direction", fills.get("kind").equals("highest") ? "DESC" : "ASC");
        return fills
            .ask("Write a SQL query for the {limit} {table} with the {kind} {column}.",
                    "SQL: top {limit} {table}, {kind} {column}.",
                    "How do I get the {limit} rows of {table} with the {kind} {column} in SQL?",
                    "Give me a query that lists the {limit} {table} with the {kind} {column}.",
                    "Select the {limit} {table} that have the {kind} {column}.",
                    "Which SQL shows {limit} {table} with the {kind} {column}?",
                    "I need the {kind} {column} in the table {table}, {limit} rows only. Use SQL.",
                    "SQL statement, please: {limit} rows of {table} with the {kind} {column}.")
            .answer("```sql\nSELECT * FROM {table} ORDER BY {column} {direction} LIMIT {limit};\n```\nIt sorts {table} by {column} and keeps the {limit} rows with "
                    + "the {kind} {column}.")
            .must("SELECT * FROM {table} ORDER BY {column} {direction} LIMIT {limit};");
    }

    private static Dialogue loop(Fills fills) {
        fills.numbers(0, 60, "from", "count").any("language", "Python", "Java", "JavaScript");
        fills.set("to", fills.number("from") + fills.number("count") + 1);
        fills.set("end", fills.number("to") + 1);
        String code = switch (fills.get("language")) {
            case "Python" ->
                "```python\nfor i in range({from}, {end}):\n    print(i)\n```\nThe end of range is not included, so we write {end}.";
            case "Java" ->
                "```java\nfor (int i = {from}; i <= {to}; i++) {\n    System.out.println(i);\n}\n```\nThe loop starts at {from} and stops after {to}.";
            default ->
                "```javascript\nfor (let i = {from}; i <= {to}; i++) {\n    console.log(i);\n}\n```\nThe loop starts at {from} and stops after {to}.";
        };
        String must = switch (fills.get("language")) {
            case "Python" -> "range({from}, {end})";
            case "Java" -> "int i = {from}; i <= {to}; i++";
            default -> "let i = {from}; i <= {to}; i++";
        };
        return fills.ask("Write a loop in {language} that prints the numbers from {from} to {to}.",
                "{language} loop from {from} to {to}, please.",
                "How do I print all numbers from {from} to {to} in {language}?",
                "Print {from} to {to} with a for loop in {language}.",
                "I need a for loop in {language} that counts from {from} to {to}.",
                "Show me {language} code that counts from {from} to {to}.", "Count from {from} to {to} in {language}.",
                "Please write a {language} program that prints every number between {from} and {to}.")
            .answer(code)
            .must(must);
    }

    private static Dialogue dataClass(Fills fills) {
        fills.pick("classnames", "type").pick("columns", "x", "y").any("language", "Python", "Java");
        boolean java = fills.get("language").equals("Java");
        return fills
            .ask("Write a {language} class {type} with the fields {x} and {y}.",
                    "{language}: class {type}, fields {x} and {y}.",
                    "How do I define a class {type} in {language} with {x} and {y}?",
                    "Create a data class {type} in {language}. Fields: {x}, {y}.",
                    "I need a simple {language} type {type} that holds {x} and {y}.",
                    "Model {a:type} in {language} with {x} and {y}.",
                    "Please define {type} in {language}. It has two fields, {x} and {y}.",
                    "Show me a small {type} class in {language} with {x} and {y}.")
            .answer(java
                    ? "```java\npublic record {type}(String {x}, int {y}) {\n}\n```\nA record gives you the constructor, equals, hashCode and toString."
                    : "```python\nfrom dataclasses import dataclass\n\n@dataclass\nclass {type}:\n    {x}: str\n    {y}: int\n```\nThe decorator writes the "
                            + "constructor for you.")
            .must(java ? "record {type}(String {x}, int {y})" : "class {type}:\n    {x}: str\n    {y}: int")
            .then("How do I create one?|Show me how to create an object.|Give me an example of its use.",
                    java ? "```java\nvar item = new {type}(\"test\", 1);\n```\nThis creates {a:type} with two values."
                            : "```python\nitem = {type}(\"test\", 1)\n```\nThis creates {a:type} with two values.",
                    "{type}(\"test\", 1)");
    }

    private static Dialogue output(Fills fills) {
        fills.numbers(1, 30, "a", "b").pick("codenouns", "noun");
        int a = fills.number("a");
        int step = fills.number("b") % 6 + 2;
        fills.set("step", step)
            .set("y", a + step)
            .set("z", a + 2 * step)
            .set("stop", a + 3 * step)
            .set("sum", 3 * a + 3 * step);
        boolean sum = fills.chance(2) == 0;
        fills.set("code", sum ? "{noun} = [{a}, {y}, {z}]\nprint(sum({noun}))"
                : "for {noun} in range({a}, {stop}, {step}):\n    print({noun})");
        return fills
            .ask("What does this Python code print?\n```python\n{code}\n```",
                    "Explain the output:\n```python\n{code}\n```",
                    "What is the output of this program?\n```python\n{code}\n```",
                    "Read this code and tell me what it prints.\n```python\n{code}\n```",
                    "```python\n{code}\n```\nWhat does it print?",
                    "Which output do I get from this?\n```python\n{code}\n```")
            .answer(sum
                    ? "It adds the three {noun}: {a} + {y} = " + (2 * a + step) + ", and " + (2 * a + step)
                            + " + {z} = {sum}. So it prints {sum}."
                    : "The loop starts at {a} and goes up by {step}. It stops before {stop}. So it prints {a}, {y} and {z}, each on its own line.")
            .must(sum ? "So it prints {sum}." : "So it prints {a}, {y} and {z}");
    }

    private static Dialogue shell(Fills fills) {
        fills.row("shell", "");
        return fills
            .ask("How do I {task} on the command line?", "Which command can I use to {task}?",
                    "Shell command to {task}?", "I want to {task}. What do I type?", "Linux: {task}.",
                    "Show me how to {task} in the terminal.", "What is the command to {task}?",
                    "Please tell me how to {task} with a command.", "Can you give me a command to {task}?",
                    "Terminal question: how can I {task}?")
            .answer("To {task}, use this command:\n```bash\n{command}\n```\n{explain}")
            .must("{command}");
    }

    private static Dialogue html(Fills fills) {
        fills.pick("companies", "text")
            .pick("tablenames", "page")
            .any("kind", "link", "button", "heading", "paragraph");
        String code = switch (fills.get("kind")) {
            case "link" -> "<a href=\"/{page}\">{text}</a>";
            case "button" -> "<button id=\"{page}\">{text}</button>";
            case "heading" -> "<h1 id=\"{page}\">{text}</h1>";
            default -> "<p id=\"{page}\">{text}</p>";
        };
        fills.set("target", fills.get("kind").equals("link") ? "target /" : "id ").set("code", code);
        return fills
            .ask("Write the HTML for a {kind} with the text {text} and the {target}{page}.",
                    "HTML {kind}: text \"{text}\", {target}{page}.",
                    "How do I make a {kind} in HTML? Text: {text}. It has the {target}{page}.",
                    "I need an HTML {kind} that says {text}, with the {target}{page}.",
                    "Create a {kind} for my web page. Label: {text}. Use the {target}{page}.",
                    "Give me HTML code for a {kind} named {text} with the {target}{page}.",
                    "Web page: add a {kind} with {text} and the {target}{page}.",
                    "Please write a {kind} element in HTML with the {target}{page} and the text {text}.")
            .answer("```html\n{code}\n```\nThis {kind} shows the text {text}.")
            .must("{code}");
    }

    private static Dialogue bug(Fills fills) {
        fills.pick("codenouns", "noun").numbers(2, 99, "limit").any("kind", "colon", "equals", "name", "bracket");
        String good = switch (fills.get("kind")) {
            case "colon", "equals" -> "if {noun} == {limit}:\n    print({noun})";
            case "name" -> "{noun} = {limit}\nprint({noun})";
            default -> "{noun} = [{limit}, 1]\nprint(len({noun}))";
        };
        String bad = switch (fills.get("kind")) {
            case "colon" -> "if {noun} == {limit}\n    print({noun})";
            case "equals" -> "if {noun} = {limit}:\n    print({noun})";
            case "name" -> "{noun} = {limit}\nprint({noun}s)";
            default -> "{noun} = [{limit}, 1]\nprint(len({noun})";
        };
        String why = switch (fills.get("kind")) {
            case "colon" -> "The colon at the end of the if line is missing.";
            case "equals" -> "A comparison needs two equals signs; one alone is an assignment.";
            case "name" -> "The name in print is wrong: the variable is called {noun}.";
            default -> "The closing bracket of print is missing.";
        };
        fills.set("good", good).set("bad", bad).set("why", why);
        return fills
            .ask("Find the bug:\n```python\n{bad}\n```", "Why does this code not work?\n```python\n{bad}\n```",
                    "Fix this Python code:\n```python\n{bad}\n```", "What is wrong here?\n```python\n{bad}\n```",
                    "```python\n{bad}\n```\nThis does not run. Please fix it.",
                    "My program has an error. Can you correct it?\n```python\n{bad}\n```")
            .answer("{why} Here is the correct code:\n```python\n{good}\n```")
            .must("{why}", "{good}");
    }

}
