package dev.cerberus.recipe.data;

import java.util.List;

/** Answers in the voice of a character, a profession or an animal. */
final class RoleplayTemplates {

    private RoleplayTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("roleplay", 11,
                List.of(RoleplayTemplates::character, RoleplayTemplates::characterTalk, RoleplayTemplates::guide,
                        RoleplayTemplates::interview, RoleplayTemplates::shopkeeper, RoleplayTemplates::doctor,
                        RoleplayTemplates::animal, RoleplayTemplates::customerService, RoleplayTemplates::famousPerson,
                        RoleplayTemplates::fan));
    }

    private static Dialogue character(Fills fills) {
        fills.row("characters", "").pick("topics", "topic");
        return fills
            .ask("Pretend to be {a:role} and tell me about {topic}.",
                    "You are {a:role}. What do you think about {topic}?",
                    "Answer like {a:role}: what do you say about {topic}?", "Act as {a:role}. I ask you about {topic}.",
                    "Speak like {a:role} about {topic}.", "Imagine you are {a:role}. Explain your view of {topic}.",
                    "Please take the role of {a:role} and talk about {topic}.", "Roleplay: {role}. Subject: {topic}.")
            .answer("{greeting} You ask {a:role} about {topic}? {world}, so I know a thing or two about {topic}. My advice is simple: "
                    + "{advice}. {farewell}")
            .must("{greeting}", "about {topic}", "{advice}", "{farewell}")
            .then("Stay in your role. What about {topic} is hard?|Still as {a:role}: what is hard about {topic}?|"
                    + "And what is difficult about {topic}?",
                    "The hard part of {topic} is to begin. As {a:role} I tell you: {advice}. {farewell}", "{topic}",
                    "{advice}");
    }

    private static Dialogue characterTalk(Fills fills) {
        fills.row("characters", "").pick("names", "name").pick("cities", "city");
        return fills
            .ask("You are {a:role} named {name} from {city}. Introduce yourself.",
                    "Introduce yourself as {name}, {a:role} from {city}.",
                    "Act as {name}, {a:role} who lives in {city}. Who are you?",
                    "Play {a:role}. Your name is {name} and you live in {city}. Say hello.",
                    "Roleplay: you are {name}, {a:role} in {city}. Greet me.",
                    "Pretend that you are {a:role}. Name: {name}. Home: {city}. Tell me about yourself.",
                    "Imagine that you are {name}, {a:role}. You come from {city}. Present yourself.",
                    "Let us play. You are {a:role} called {name}, and you are from {city}. Who are you?")
            .answer("{greeting} My name is {name}, and I am {a:role} from {city}. {world}. If you want to live like me, {advice}. {farewell}")
            .must("{greeting}", "My name is {name}", "from {city}", "{farewell}")
            .then("What is your name again?|Remind me: who are you?|Sorry, what was your name?",
                    "My name is {name}, {a:role} from {city}.", "{name}", "{city}");
    }

    private static Dialogue guide(Fills fills) {
        fills.pick("cities", "city").pick("places", "place", "second").pick("foods", "food");
        return fills.ask(
                "You are a tour guide in {city}. Show me the {place} and the {second}, and tell me where to eat {food}.",
                "Act as a guide in {city}: the {place}, the {second}, and {food} for lunch.",
                "Be my tour guide in {city}. I want to see the {place} and the {second} and to eat {food}.",
                "Pretend you are a travel guide. City: {city}. Stops: the {place}, the {second}. Lunch: {food}.",
                "Imagine you guide a group through {city}. You visit the {place}, then the {second}, and you eat {food}.",
                "As a tour guide of {city}, present the {place}, the {second} and our {food}.",
                "Roleplay a guide in {city} who loves the {place}, the {second} and {food}.",
                "You show guests around {city}. Start at the {place}, go on to the {second}, end with {food}.")
            .answer("Welcome to {city}! I am your guide today. We start at the {place}, one of my favorite spots. Then we walk to "
                    + "the {second}, where you can take pictures. After that we eat {food}, because nobody should leave {city} "
                    + "without it. Please follow me!")
            .must("Welcome to {city}", "start at the {place}", "{second}", "{food}");
    }

    private static Dialogue interview(Fills fills) {
        fills.row("professions", "").pick("names", "name").numbers(2, 40, "years");
        return fills.ask("You are {name}, {a:profession} with {years} years of experience. Tell me about your job.",
                "Interview with {name}, {profession} for {years} years: what do you do?",
                "Act as {a:profession} named {name}. You have worked for {years} years. What is your work like?",
                "Pretend to be {a:profession}. Your name is {name}, your experience is {years} years. Describe your work.",
                "Imagine you are {name} and have been {a:profession} for {years} years. What do you like about it?",
                "Play {a:profession} called {name} ({years} years in the job) and answer: what do you do all day?",
                "Speak as {name}, {a:profession}. You started {years} years ago. Tell us about your day.",
                "Roleplay: {name}, {profession}, {years} years of work. Talk about your job.")
            .answer("Hello, I am {name}, and I have been {a:profession} for {years} years. My place of work is {place}. {work} every day. "
                    + "What I like most is {like}.")
            .must("I am {name}", "{a:profession} for {years} years", "{work}", "{like}")
            .then("How long have you done this job?|How many years have you worked?|Since when do you do that?",
                    "I have been {a:profession} for {years} years.", "{years} years");
    }

    private static Dialogue shopkeeper(Fills fills) {
        fills.pick("products", "product").pick("colors", "color").numbers(5, 120, "price").pick("names", "name");
        return fills.ask(
                "You are a shopkeeper named {name}. I am looking for {a:product} in {color}. You have one for ${price}.",
                "Act as {name}, who runs a shop. Sell me {a:color} {product} for ${price}.",
                "Play the seller {name}. Customer: do you have {a:product} in {color}? Price: ${price}.",
                "Roleplay a shop. You are {name}. Your {product} in {color} costs ${price}. I want to buy one.",
                "Pretend to sell things. Your name is {name}. I ask for {a:color} {product}. It costs ${price}.",
                "Imagine you own a store and your name is {name}. Offer me the {color} {product} for ${price}.",
                "As the shop owner {name}, tell me about the {product}. Color {color}, price ${price}.",
                "You work in a shop, {name}. Please offer me {a:color} {product} at ${price}.")
            .answer("Welcome to my shop! I am {name}. You are looking for {a:product}? We have a very nice one in {color}. It costs "
                    + "only ${price}, and you can return it within thirty days. Shall I wrap it up for you?")
            .must("I am {name}", "{a:product}", "in {color}", "${price}")
            .then("Yes, please.|I will take it.|OK, I buy it.",
                    "Thank you! That is ${price} for the {product}. Have a nice day!", "${price}", "{product}");
    }

    private static Dialogue doctor(Fills fills) {
        fills.row("complaints", "").pick("names", "name").numbers(2, 14, "days");
        return fills
            .ask("Act as a doctor. My name is {name} and I have had {complaint} for {days} days.",
                    "You are a doctor. Patient {name}: {complaint} for {days} days. What do you say?",
                    "Doctor, I am {name}. I have had {complaint} for {days} days. What should I do?",
                    "Pretend to be my doctor. I am {name}, and {complaint} has bothered me for {days} days.",
                    "Roleplay: you are a doctor and I am {name}, your patient, with {complaint} for {days} days.",
                    "Imagine you are a kind doctor. {name} comes to you with {complaint} that began {days} days ago.",
                    "Speak as a doctor to {name}, who has had {complaint} for {days} days.",
                    "Please play a doctor. Name of the patient: {name}. Problem: {complaint}. Since: {days} days.")
            .answer("Hello {name}, I am sorry that you have had {complaint} for {days} days. My advice: {advice}. Please avoid {avoid}. "
                    + "If it does not get better soon, come back and see a real doctor.")
            .must("Hello {name}", "{complaint} for {days} days", "{advice}", "{avoid}")
            .then("What should I avoid?|Is there something I should not do?|And what is bad for me?",
                    "With {complaint} you should avoid {avoid}.", "{avoid}");
    }

    private static Dialogue animal(Fills fills) {
        fills.row("animals", "").pick("names", "name").pick("cities", "city");
        return fills
            .ask("You are a talking {animal} named {name} from {city}. Introduce yourself.",
                    "Pretend to be {a:animal} called {name}. You come from {city}. Tell me about yourself.",
                    "Act as {name}, {a:animal} from {city}. Who are you?",
                    "Speak as {a:animal}. Your name is {name}, you are from {city}.",
                    "Imagine you are {a:animal} in {city}, and your name is {name}. Describe your life.",
                    "Roleplay: {name} the {animal}, {city}. Say hello.",
                    "Let {name} the {animal} from {city} talk about itself.",
                    "If you were {a:animal} named {name} in {city}, what would you tell me?")
            .answer("Hello! My name is {name}, and I am {a:animal} from {city}. My kind likes to live in {home}, and I eat {food}. {trait}. "
                    + "Nice to meet you!")
            .must("My name is {name}", "{a:animal} from {city}", "{food}", "{trait}")
            .then("What do you eat, {name}?|What is your favorite food?|What do you like to eat?",
                    "I am {a:animal}, so I eat {food}.", "{food}");
    }

    private static Dialogue customerService(Fills fills) {
        fills.pick("products", "product")
            .pick("names", "name")
            .pick("companies", "company")
            .numbers(1000, 9999, "order")
            .any("problem", "broken", "too late", "the wrong color", "too small", "missing a part");
        return fills.ask(
                "You work in the customer service of {company}. I am {name}. My {product} from order {order} is {problem}.",
                "Act as customer service of {company}. Customer {name}, order {order}: the {product} is {problem}.",
                "Play a service agent at {company}. I say: I am {name}, my {product} is {problem}, order number {order}.",
                "Pretend to be the help desk of {company}. {name} complains: the {product} is {problem}. Order {order}.",
                "Roleplay customer service at {company}. Order: {order}. Customer: {name}. Item: {product}. Problem: {problem}.",
                "Imagine you answer customers for {company}. I am {name} and my {product} (order {order}) is {problem}.",
                "As an agent of {company}, answer {name}. The {product} of order {order} is {problem}.",
                "Hello {company}, this is {name}. Order {order}: my {product} is {problem}. Answer as their service.")
            .answer("Hello {name}, thank you for contacting {company}. I am sorry that your {product} is {problem}. I have opened a case "
                    + "for order {order}. We will send you a new {product} within three days at no cost. Is there anything "
                    + "else I can do for you?")
            .must("Hello {name}", "{company}", "{product} is {problem}", "order {order}")
            .then("No, that is all. Thank you.|That is all, thanks.|No, thank you.",
                    "You are welcome, {name}. {company} wishes you a nice day!", "{name}", "{company}");
    }

    private static Dialogue famousPerson(Fills fills) {
        fills.row("people", "");
        fills.set("mine", fills.get("known").replaceAll("\\b(his|her)\\b", "my"));
        return fills
            .ask("Pretend to be {person} and introduce yourself.", "Act as {person}. Who are you?",
                    "You are {person}. Say who you are.", "Imagine you are {person}. Tell me about yourself.",
                    "Speak as {person}: what are you known for?", "Roleplay {person}.",
                    "Answer as {person}: what did you do?", "Play {person} and greet me.",
                    "Let us pretend that you are {person}. Please introduce yourself to me.",
                    "If you were {person}, how would you introduce yourself?",
                    "Take the role of {person} and tell us what you are famous for.",
                    "I would like to talk to {person}. Hello, who are you?")
            .answer("Good day! I am {person}, {field} of the {era}. People remember me for {mine}. I worked hard for my ideas, and I "
                    + "hope that they are still useful to you. What would you like to ask me?")
            .must("I am {person}", "{era}", "{mine}");
    }

    private static Dialogue fan(Fills fills) {
        fills.pick("hobbies", "hobby").pick("names", "name").any("day", "Saturday", "Sunday", "Friday", "Monday");
        return fills
            .ask("Act as my friend {name}, who loves {hobby}, and ask me to join on {day}.",
                    "You are {name} and crazy about {hobby}. Invite me for {day}.",
                    "Pretend to be {name}, a big fan of {hobby}. Talk me into it for {day}.",
                    "Play an excited friend called {name}. Hobby: {hobby}. Day: {day}.",
                    "Speak like {name}, who enjoys {hobby} every week, and invite me this {day}.",
                    "Imagine you are my friend {name}. Convince me to try {hobby} on {day}.",
                    "Roleplay: {name} is excited about {hobby}. We could meet on {day}.",
                    "Be {name} for a moment. You love {hobby}, and you want me to come along on {day}.")
            .answer("Hey, it is {name}! You know how much I love {hobby}. {c:hobby} makes me forget all my worries, and it is even more "
                    + "fun with a friend. Why don't you join me on {day}? I will bring everything that we need!")
            .must("it is {name}", "love {hobby}", "on {day}");
    }

}
