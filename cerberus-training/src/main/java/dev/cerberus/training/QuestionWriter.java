package dev.cerberus.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.training.evaluation.ResultFiles;

/**
 * Lets a chat model write the questions that it will be asked: it goes on where its
 * template begins a user's turn, and what it writes there is close to what it was taught
 * with [1].
 *
 * <p>
 * They go to a data file of JSON lines, which an interrupted run goes on with. Each has a
 * seed of its own, so that the file does not depend on interruptions. Used by one thread.
 *
 * <p>
 * [1] Xu et al.: Magpie: Alignment Data Synthesis from Scratch by Prompting Aligned LLMs
 * with Nothing, arXiv 2406.08464
 */
final class QuestionWriter {

    private static final Logger LOGGER = LoggerFactory.getLogger(QuestionWriter.class);

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final int SAVED_TOGETHER = 64;

    /** Attempts for a question before a model is given up that seldom ends one. */
    private static final int MOST_ATTEMPTS_EACH = 8;

    private static final double TEMPERATURE = 1;

    private static final double TOP_P = 0.9; // what lies below is noise in a small model

    private final UserTurn turn;

    private final TextTokenizer tokenizer;

    private final Set<Integer> endOfTurn;

    private final int[] beginning;

    private final long seed;

    /**
     * Creates a writer.
     * @param turn where the model begins
     * @param tokenizer the model's
     * @param endOfTurn tokens that end a message
     * @param seed of all questions
     */
    QuestionWriter(UserTurn turn, TextTokenizer tokenizer, Set<Integer> endOfTurn, long seed) {
        this.turn = turn;
        this.tokenizer = tokenizer;
        this.endOfTurn = endOfTurn;
        this.beginning = tokenizer.encode(turn.beginning(), false);
        this.seed = seed;
    }

    /**
     * Writes as many different questions as asked for, or fewer if the model seldom ends
     * one.
     * @param count how many there shall be
     * @param file the data file, which may hold some already
     * @param writers makes what writes; called only if something is missing
     * @throws TrainingException if the model ends none, or the file is damaged
     * @throws dev.cerberus.training.evaluation.EvaluationException if the file can not be
     * written
     */
    void write(int count, Path file, Supplier<TextWriter> writers) {
        List<Question> questions = read(file);
        if (questions.size() >= count) {
            return;
        }
        Set<String> known = new HashSet<>();
        questions.forEach((question) -> known.add(question.prompt()));
        long most = (long) MOST_ATTEMPTS_EACH * count;
        try (TextWriter writer = writers.get()) {
            Progress progress = new Progress("write questions", count, questions.size(), "questions");
            Deque<Attempt> running = new ArrayDeque<>();
            long next = questions.isEmpty() ? 0 : questions.get(questions.size() - 1).attempt() + 1;
            while (questions.size() < count && (next < most || !running.isEmpty())) {
                while (next < most && questions.size() + running.size() < count && writer.hasRoom(this.beginning)) {
                    running.addLast(begin(writer, next));
                    next++;
                }
                writer.step();
                // In their order, so that what is taken does not depend on which ends
                // first.
                while (!running.isEmpty() && running.getFirst().continuation().isFinished()) {
                    Attempt attempt = running.removeFirst();
                    Optional<String> message = message(attempt.continuation()).filter(known::add);
                    if (message.isPresent()) {
                        questions.add(new Question(message.get(), attempt.number()));
                        if (questions.size() % SAVED_TOGETHER == 0) {
                            save(questions, file);
                        }
                    }
                }
                progress.reach(questions.size());
            }
        }
        if (questions.isEmpty()) {
            throw new TrainingException("The model ended none of " + most
                    + " questions that it began by itself; give a file with prompts to --data");
        }
        save(questions, file);
        if (questions.size() < count) {
            LOGGER.warn("The model ended {} different questions of the {} asked for; they are used more often, or give "
                    + "a file with prompts to --data", questions.size(), count);
        }
    }

    private Attempt begin(TextWriter writer, long number) {
        SamplingOptions sampling = new SamplingOptions(TEMPERATURE, 0, TOP_P, this.seed * 1_000_003 + number);
        Continuation continuation = new Continuation(this.beginning, sampling, 0);
        writer.begin(continuation);
        return new Attempt(number, continuation);
    }

    private Optional<String> message(Continuation continuation) {
        int[] tokens = continuation.tokens().stream().mapToInt(Integer::intValue).toArray();
        boolean ended = tokens.length > 0 && this.endOfTurn.contains(tokens[tokens.length - 1]);
        return this.turn.message(this.tokenizer.decode(tokens), ended);
    }

    private static List<Question> read(Path file) {
        List<Question> questions = new ArrayList<>();
        if (!Files.exists(file)) {
            return questions;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                JsonNode json = MAPPER.readTree(line);
                if (!json.path("prompt").isTextual()) {
                    throw new IllegalArgumentException("a line has no prompt");
                }
                questions.add(new Question(json.get("prompt").textValue(), json.required("attempt").longValue()));
            }
            return questions;
        }
        catch (IOException | IllegalArgumentException ex) {
            throw new TrainingException("The questions in " + file + " can not be read (" + ex.getMessage()
                    + "); delete the file, or give it to --data as it is", ex);
        }
    }

    private static void save(List<Question> questions, Path file) {
        StringBuilder lines = new StringBuilder();
        for (Question question : questions) {
            lines.append(MAPPER.createObjectNode().put("prompt", question.prompt()).put("attempt", question.attempt()));
            lines.append('\n');
        }
        ResultFiles.write(file, lines.toString());
    }

    /** A question that is being written. */
    private record Attempt(long number, Continuation continuation) {
    }

    /** A question, and which attempt it was. */
    private record Question(String prompt, long attempt) {
    }

}
