package dev.cerberus.recipe.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Prompts made of held-out fills: the benchmark questions and the prompts that accuracy
 * is measured on.
 */
public final class HeldOutPrompts {

    /** Seed of the benchmark, fixed so that the published questions can be made again. */
    public static final long BENCH_SEED = 20_240_607L;

    /** Seed of the accuracy prompts. */
    public static final long ACCURACY_SEED = 77L;

    private static final int PER_BENCH_CATEGORY = 10;

    private static final int TWO_TURNS = 3;

    private static final ObjectMapper JSON = new ObjectMapper();

    private HeldOutPrompts() {
    }

    /**
     * Returns ten conversations for each MT-Bench category; three of each ten have two
     * requests.
     * @param seed of the choice; {@link #BENCH_SEED} for the published questions
     */
    public static List<Conversation> bench(long seed) {
        ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(seed));
        List<Conversation> prompts = new ArrayList<>();
        for (String category : ConversationGenerator.BENCH_CATEGORIES) {
            Set<List<String>> seen = new HashSet<>();
            int template = 0;
            while (seen.size() < PER_BENCH_CATEGORY) {
                int turns = seen.size() < PER_BENCH_CATEGORY - TWO_TURNS ? 1 : 2;
                // templates in turn, so that the ten prompts differ in kind
                Conversation conversation = generator.next(category, template++, Split.HELD_OUT);
                boolean plain = conversation.turns().stream().noneMatch((turn) -> turn.role().equals("system"));
                if (plain && conversation.userTurns().size() == turns && seen.add(conversation.userTurns())) {
                    prompts.add(conversation);
                }
            }
        }
        return prompts;
    }

    /**
     * Returns conversations whose last answer is measured.
     * @param perCategory how many of each category
     */
    public static List<Conversation> accuracy(int perCategory) {
        ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(ACCURACY_SEED));
        List<Conversation> prompts = new ArrayList<>();
        for (String category : ConversationGenerator.categories()) {
            Set<List<Turn>> seen = new HashSet<>();
            for (int attempt = 0; seen.size() < perCategory && attempt < perCategory * 40; attempt++) {
                Conversation conversation = generator.next(category, attempt, Split.HELD_OUT);
                if (seen.add(conversation.prompt())) {
                    prompts.add(conversation);
                }
            }
        }
        return prompts;
    }

    /**
     * Writes the benchmark in MT-Bench form.
     * @param seed of the choice; {@link #BENCH_SEED} for the published questions
     * @throws IOException if the file cannot be written
     */
    public static void writeBench(Path file, long seed) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Conversation conversation : bench(seed)) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("question_id", lines.size() + 1);
            line.put("category", conversation.category());
            line.put("turns", conversation.userTurns());
            lines.add(JSON.writeValueAsString(line));
        }
        Files.write(file, lines, StandardCharsets.UTF_8);
    }

    /**
     * Writes the accuracy prompts: the messages before the last answer, the answer, and
     * what it has to contain.
     * @return the number of prompts
     * @throws IOException if the file cannot be written
     */
    public static int writeAccuracy(Path file, int perCategory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Conversation conversation : accuracy(perCategory)) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("question_id", lines.size() + 1);
            line.put("category", conversation.category());
            line.put("turns", conversation.userTurns());
            line.put("messages", conversation.prompt());
            line.put("tools", conversation.tools());
            StringBuilder prompt = new StringBuilder();
            ChatMl.render(conversation.tools(), conversation.prompt()).forEach((piece) -> prompt.append(piece.text()));
            line.put("prompt", prompt.append(ChatMl.START).append("assistant\n").toString());
            line.put("answer", conversation.answer());
            line.put("must_contain", conversation.mustContain());
            lines.add(JSON.writeValueAsString(line));
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, lines, StandardCharsets.UTF_8);
        return lines.size();
    }

}
