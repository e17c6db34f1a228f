package dev.cerberus.recipe.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Reader of the public texts: TinyStories, GSM8K and Topical-Chat.
 */
public final class PublicTexts {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern CALCULATOR = Pattern.compile("<<[^>]*>>");

    private static final Pattern HERO = Pattern.compile(
            "(?:named|called|name was|name is) ([A-Z][a-z]+)|^([A-Z][a-z]+) (?:was|and|had|loved|liked|went|wanted)");

    private static final Pattern KIND = Pattern
        .compile("there was an? ((?:little |small |big |old |young |brave |happy |kind )?[a-z]+)");

    private final Path folder;

    /**
     * Creates a reader.
     * @param folder holds tinystories.txt, gsm8k_train.jsonl and topical_chat.jsonl
     */
    public PublicTexts(Path folder) {
        this.folder = folder;
    }

    /**
     * Returns the stories, without their end marks.
     * @throws IOException if the file cannot be read
     */
    public List<String> stories() throws IOException {
        String all = Files.readString(this.folder.resolve("tinystories.txt"), StandardCharsets.UTF_8);
        List<String> stories = new ArrayList<>();
        for (String story : all.split(Pattern.quote(ChatMl.END_OF_TEXT), -1)) {
            String text = story.strip();
            // the ends of a sample file may cut a story in two
            if (text.length() > 200 && Character.isUpperCase(text.charAt(0)) && text.matches("(?s).*[.!?\"]")) {
                stories.add(text);
            }
        }
        return stories;
    }

    /**
     * Returns the request for a story that names its hero or kind of hero, where the
     * beginning tells one.
     */
    public static String request(String story, RandomGenerator random) {
        String opening = story.substring(0, Math.min(250, story.length()));
        Optional<String> hero = hero(opening);
        Matcher kind = KIND.matcher(opening);
        String about = kind.find() ? Fills.withArticle(kind.group(1)) : "";
        if (hero.isPresent() && !about.isEmpty()) {
            about = about + " named " + hero.get();
        }
        else if (hero.isPresent()) {
            about = hero.get();
        }
        String[] requests = about.isEmpty()
                ? new String[] { "Tell me a short story.", "Tell me a story.", "Write a short story.",
                        "I would like to hear a story.", "Story, please!", "Can you tell me a bedtime story?" }
                : new String[] { "Tell me a short story about " + about + ".", "Tell me a story about " + about + ".",
                        "Write a short story about " + about + ".", "I would like to hear a story about " + about + ".",
                        "Story about " + about + ", please.", "Can you tell me a bedtime story about " + about + "?" };
        return requests[random.nextInt(requests.length)];
    }

    private static Optional<String> hero(String opening) {
        Matcher matcher = HERO.matcher(opening);
        if (!matcher.find()) {
            return Optional.empty();
        }
        return Optional.of(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }

    /**
     * Returns the word problems as chats, without the annotations of the calculator.
     * @throws IOException if the file cannot be read
     */
    public List<List<Turn>> wordProblems() throws IOException {
        List<List<Turn>> chats = new ArrayList<>();
        for (JsonNode line : lines("gsm8k_train.jsonl")) {
            String answer = CALCULATOR.matcher(line.get("answer").asText()).replaceAll("");
            int end = answer.lastIndexOf("#### ");
            if (end > 0) {
                answer = answer.substring(0, end) + "The answer is " + answer.substring(end + 5).strip() + ".";
                chats.add(List.of(new Turn("user", line.get("question").asText().strip()),
                        new Turn("assistant", answer)));
            }
        }
        return chats;
    }

    /**
     * Returns the open-domain chats; each starts with the user and ends with the
     * assistant.
     * @throws IOException if the file cannot be read
     */
    public List<List<Turn>> openChats() throws IOException {
        List<List<Turn>> chats = new ArrayList<>();
        for (JsonNode line : lines("topical_chat.jsonl")) {
            List<Turn> turns = new ArrayList<>();
            for (JsonNode message : line.get("messages")) {
                String content = message.get("content").asText().strip();
                String expected = turns.size() % 2 == 0 ? "user" : "assistant";
                if (content.isEmpty() || !message.get("role").asText().equals(expected)) {
                    break;
                }
                turns.add(new Turn(expected, content));
            }
            if (turns.size() % 2 != 0) {
                turns.remove(turns.size() - 1);
            }
            if (!turns.isEmpty()) {
                chats.add(turns);
            }
        }
        return chats;
    }

    private List<JsonNode> lines(String file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(this.folder.resolve(file), StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank()) {
                    lines.add(JSON.readTree(line));
                }
            }
        }
        return lines;
    }

}
