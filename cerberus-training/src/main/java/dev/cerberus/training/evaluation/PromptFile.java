package dev.cerberus.training.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;

/**
 * A reader of prompt files: JSON lines, either as in MT-Bench
 * {@code {"question_id":81,"category":"writing","turns":["…","…"]}} or
 * {@code {"prompt":"…","category":"…"}}.
 */
public final class PromptFile {

    private static final String FORMS = "expected is {\"question_id\":…,\"category\":\"…\",\"turns\":[\"…\"]} or "
            + "{\"prompt\":\"…\",\"category\":\"…\"}";

    private static final String NO_CATEGORY = "uncategorized";

    /** What follows a line's object would be lost, as where files were joined. */
    private static final ObjectMapper MAPPER = new ObjectMapper()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private PromptFile() {
    }

    /**
     * Reads all entries of a file.
     * @param file the file, UTF-8; blank lines are skipped
     * @return the entries in order, at least one
     * @throws EvaluationException if the file can not be read, has no entry, or a line is
     * not as expected; the message names the line
     */
    public static List<Conversation> read(Path file) {
        List<String> lines = TextFile.read("prompt file", file).lines().toList();
        List<Conversation> conversations = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank()) {
                conversations.add(parse(line, file, i + 1));
            }
        }
        if (conversations.isEmpty()) {
            throw new EvaluationException("The prompt file " + file + " has no prompt; " + FORMS + " on each line");
        }
        return List.copyOf(conversations);
    }

    private static Conversation parse(String line, Path file, int number) {
        String where = "Line " + number + " of the prompt file " + file;
        JsonNode entry;
        try {
            entry = MAPPER.readTree(line);
        }
        catch (MismatchedInputException ex) {
            throw new EvaluationException(where + " goes on behind its JSON; " + FORMS + " on each line", ex);
        }
        catch (JsonProcessingException ex) {
            throw new EvaluationException(where + " is not valid JSON (" + ex.getOriginalMessage() + "); " + FORMS, ex);
        }
        String id = entry.path("question_id").asText(Integer.toString(number));
        String category = entry.path("category").asText("");
        List<String> turns = new ArrayList<>();
        if (entry.path("prompt").isTextual()) {
            turns.add(entry.path("prompt").textValue());
        }
        else {
            for (JsonNode turn : entry.path("turns")) {
                if (!turn.isTextual()) {
                    throw new EvaluationException(where + " has a turn that is not a string; " + FORMS);
                }
                turns.add(turn.textValue());
            }
        }
        if (turns.isEmpty()) {
            throw new EvaluationException(where + " has neither a prompt nor turns; " + FORMS);
        }
        return new Conversation(id, category.isBlank() ? NO_CATEGORY : category, turns);
    }

}
