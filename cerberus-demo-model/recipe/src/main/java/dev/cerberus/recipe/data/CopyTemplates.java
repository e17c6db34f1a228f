package dev.cerberus.recipe.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Requests that are answered by copying from the request.
 */
/*
 * Most answers of the other categories copy names and numbers that the model has never
 * seen as a whole. A small model learns to copy late, all at once, and only when copying
 * pays often; these dense exercises bring that moment forward.
 */
final class CopyTemplates {

    private static final String CONSONANTS = "bcdfghjklmnprstvwz";

    private static final String VOWELS = "aeiou";

    private CopyTemplates() {
    }

    static TemplateSet set() {
        return new TemplateSet("copying", 14, List.of(CopyTemplates::repeat, CopyTemplates::list, CopyTemplates::lookUp,
                CopyTemplates::spell, CopyTemplates::replace));
    }

    private static Dialogue repeat(Fills fills) {
        return fills.set("text", String.join(" ", words(fills, 4 + fills.chance(14))))
            .ask("Repeat: {text}", "Please repeat exactly: {text}", "{text}\nSay that again.", "Echo this text. {text}",
                    "Copy the following words: {text}", "Write this once more: {text}")
            .answer("{text}")
            .must("{text}");
    }

    private static Dialogue list(Fills fills) {
        List<String> words = words(fills, 3 + fills.chance(9));
        return fills.set("words", String.join(", ", words))
            .set("lines", words.stream().map((word) -> "- " + word).collect(Collectors.joining("\n")))
            .ask("Make a list of these: {words}", "{words}. One per line, please.", "Turn into a list: {words}",
                    "Write each of these on its own line: {words}")
            .answer("{lines}")
            .must("{lines}");
    }

    private static Dialogue lookUp(Fills fills) {
        List<String> keys = words(fills, 3 + fills.chance(6));
        List<String> facts = new ArrayList<>();
        int asked = fills.chance(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            String value = (fills.chance(2) == 0) ? word(fills) : String.valueOf(fills.chance(1000));
            facts.add(keys.get(i) + ": " + value);
            if (i == asked) {
                fills.set("key", keys.get(i)).set("value", value);
            }
        }
        return fills.set("facts", String.join("\n", facts))
            .ask("{facts}\n\nWhat stands behind {key}?", "Look up {key}.\n{facts}", "{facts}\nWhich value has {key}?")
            .answer("{key}: {value}")
            .must("{key}: {value}");
    }

    private static Dialogue spell(Fills fills) {
        String word = word(fills);
        return fills.set("word", word)
            .set("letters", word.chars().mapToObj((c) -> String.valueOf((char) c)).collect(Collectors.joining("-")))
            .ask("Spell {word}.", "How do you spell {word}?", "Spell the word {word} for me.")
            .answer("{word} is spelled {letters}.")
            .must("{letters}");
    }

    private static Dialogue replace(Fills fills) {
        List<String> words = words(fills, 4 + fills.chance(8));
        String from = words.get(fills.chance(words.size()));
        String to = word(fills);
        return fills.set("text", String.join(" ", words))
            .set("from", from)
            .set("to", to)
            .set("result", words.stream().map((word) -> word.equals(from) ? to : word).collect(Collectors.joining(" ")))
            .ask("Replace {from} by {to}: {text}", "{text}\nWrite {to} instead of {from}.",
                    "Put {to} where {from} is in this text: {text}")
            .answer("{result}")
            .must("{result}");
    }

    private static List<String> words(Fills fills, int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(word(fills));
        }
        return words;
    }

    /** Returns a made-up word, a made-up name, or a number. */
    private static String word(Fills fills) {
        int kind = fills.chance(8);
        if (kind == 0) {
            return String.valueOf(10 + fills.chance(9990));
        }
        StringBuilder word = new StringBuilder();
        int syllables = 1 + fills.chance(3);
        for (int i = 0; i < syllables; i++) {
            word.append(CONSONANTS.charAt(fills.chance(CONSONANTS.length())));
            word.append(VOWELS.charAt(fills.chance(VOWELS.length())));
            if (fills.chance(3) == 0) {
                word.append(CONSONANTS.charAt(fills.chance(CONSONANTS.length())));
            }
        }
        return (kind < 5) ? Fills.capitalise(word.toString()) : word.toString();
    }

}
