package dev.cerberus.recipe.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Prompts of the six tasks that Spec-Bench measures speculative decoding on (Xia et al.
 * 2024, arXiv 2401.07851), made of public texts: translation, summarisation, question
 * answering, retrieval, mathematics, conversation.
 */
/*
 * Heads that learned from beginnings of Topical-Chat and pieces of Grimm's tales have not
 * seen these requests; questions are from test sets that nothing here is trained on.
 */
public final class TaskPrompts {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int PASSAGES = 3;

    private static final int SHORTEST_PASSAGE = 350;

    private static final int LONGEST_PASSAGE = 700;

    private static final int LONGEST_DIALOGUE = 1800;

    private static final int SHORTEST_SENTENCE = 60;

    private static final int LONGEST_SENTENCE = 200;

    private static final Set<String> QUESTIONS = Set.of("generic", "knowledge", "common-sense");

    private final Path data;

    private final long seed;

    /**
     * Creates a maker.
     * @param data holds text/grimm.txt, text/topical_chat.jsonl, prompts/mt_bench.jsonl,
     * prompts/vicuna_bench.jsonl and prompts/gsm8k_test.jsonl
     * @param seed of all choices
     */
    public TaskPrompts(Path data, long seed) {
        this.data = data;
        this.seed = seed;
    }

    /**
     * Writes prompts as JSON lines, task after task.
     * @param file the file to write
     * @param each prompts of a task, at most; there are fewer where the texts hold fewer
     * @return the number of prompts
     * @throws IOException if a text cannot be read or the file cannot be written
     */
    public int write(Path file, int each) throws IOException {
        Map<String, List<List<String>>> tasks = new LinkedHashMap<>();
        tasks.put("translation", translations());
        tasks.put("summarisation", summaries());
        tasks.put("question answering", questions());
        tasks.put("retrieval", retrievals());
        tasks.put("mathematics", problems());
        tasks.put("conversation", conversations());
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, List<List<String>>> task : tasks.entrySet()) {
            List<List<String>> prompts = new ArrayList<>(task.getValue());
            Collections.shuffle(prompts, new Random(this.seed));
            for (List<String> turns : prompts.subList(0, Math.min(each, prompts.size()))) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("question_id", lines.size() + 1);
                line.put("category", task.getKey());
                line.put("turns", turns);
                lines.add(JSON.writeValueAsString(line));
            }
        }
        Files.write(file, lines, StandardCharsets.UTF_8);
        return lines.size();
    }

    private List<List<String>> translations() throws IOException {
        List<List<String>> prompts = new ArrayList<>();
        for (String passage : passages()) {
            String sentence = sentences(passage).get(0);
            if (sentence.length() >= SHORTEST_SENTENCE && sentence.length() <= LONGEST_SENTENCE) {
                prompts.add(List.of("Translate into German: " + sentence));
            }
        }
        return prompts;
    }

    private List<List<String>> summaries() throws IOException {
        List<List<String>> prompts = new ArrayList<>();
        for (List<Turn> chat : new PublicTexts(this.data.resolve("text")).openChats()) {
            StringBuilder dialogue = new StringBuilder();
            for (Turn turn : chat) {
                String line = (turn.role().equals("user") ? "Anna: " : "Ben: ") + turn.content() + "\n";
                if (dialogue.length() + line.length() <= LONGEST_DIALOGUE) {
                    dialogue.append(line);
                }
            }
            prompts.add(List.of("Summarize this conversation in two or three sentences.\n\n" + dialogue));
        }
        return prompts;
    }

    private List<List<String>> questions() throws IOException {
        List<List<String>> prompts = new ArrayList<>();
        for (JsonNode line : lines("vicuna_bench.jsonl")) {
            if (QUESTIONS.contains(line.path("category").asText())) {
                prompts.add(List.of(line.path("turns").path(0).asText()));
            }
        }
        return prompts;
    }

    private List<List<String>> retrievals() throws IOException {
        List<String> passages = passages();
        Random random = new Random(this.seed);
        Collections.shuffle(passages, random);
        List<List<String>> prompts = new ArrayList<>();
        for (int first = 0; first + PASSAGES <= passages.size(); first += PASSAGES) {
            StringBuilder prompt = new StringBuilder("Answer the question from these passages.\n\n");
            for (int i = 0; i < PASSAGES; i++) {
                prompt.append("Passage ").append(i + 1).append(": ").append(passages.get(first + i)).append("\n\n");
            }
            String asked = sentences(passages.get(first + random.nextInt(PASSAGES))).get(0);
            prompt.append("Question: One of the passages says \"").append(asked).append("\" What happens then?");
            prompts.add(List.of(prompt.toString()));
        }
        return prompts;
    }

    private List<List<String>> problems() throws IOException {
        List<List<String>> prompts = new ArrayList<>();
        for (JsonNode line : lines("gsm8k_test.jsonl")) {
            prompts.add(List.of(line.path("question").asText()));
        }
        return prompts;
    }

    private List<List<String>> conversations() throws IOException {
        List<List<String>> prompts = new ArrayList<>();
        for (JsonNode line : lines("mt_bench.jsonl")) {
            List<String> turns = new ArrayList<>();
            line.path("turns").forEach((turn) -> turns.add(turn.asText()));
            prompts.add(turns);
        }
        return prompts;
    }

    /** Returns paragraphs of the tales that hold more than one sentence. */
    private List<String> passages() throws IOException {
        String tales = Files.readString(this.data.resolve("text").resolve("grimm.txt"), StandardCharsets.UTF_8);
        List<String> passages = new ArrayList<>();
        for (String paragraph : tales.split("\\R\\s*\\R", -1)) {
            String passage = paragraph.strip().replaceAll("\\s+", " ");
            if (passage.length() >= SHORTEST_PASSAGE && passage.length() <= LONGEST_PASSAGE
                    && sentences(passage).size() > 1) {
                passages.add(passage);
            }
        }
        return passages;
    }

    private static List<String> sentences(String passage) {
        return List.of(passage.split("(?<=[.!?]) +(?=[A-Z])", -1));
    }

    private List<JsonNode> lines(String file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(this.data.resolve("prompts").resolve(file), StandardCharsets.UTF_8)) {
            if (!line.isBlank()) {
                lines.add(JSON.readTree(line));
            }
        }
        return lines;
    }

}
