package dev.cerberus.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Reads files of answers that a target model wrote elsewhere: JSON lines with a prompt as
 * {@link PromptReader} takes it, and the token ids of the answer as {@code tokens}. Used
 * by one thread.
 */
final class AnswerReader {

    private final PromptReader prompts;

    private final int vocabulary;

    private final int context;

    private final int maxTokens;

    /**
     * Creates a reader.
     * @param prompts reads the prompts
     * @param vocabulary the model's number of tokens
     * @param context the most tokens of prompt and answer; longer answers are cut
     * @param maxTokens the most tokens of an answer; longer ones are cut
     */
    AnswerReader(PromptReader prompts, int vocabulary, int context, int maxTokens) {
        this.prompts = prompts;
        this.vocabulary = vocabulary;
        this.context = context;
        this.maxTokens = maxTokens;
    }

    /**
     * Reads all files.
     * @param files files of JSON lines
     * @return the answers in the order of the files, at least one; empty ones, and those
     * whose prompt is too long, are left out
     * @throws TrainingException if a file can not be read or is not of this form; the
     * message names file and line
     */
    List<WrittenAnswer> read(List<Path> files) {
        List<WrittenAnswer> answers = new ArrayList<>();
        for (Path file : files) {
            int number = 0;
            for (String line : PromptReader.utf8(file).split("\n", -1)) {
                number++;
                if (!line.isBlank()) {
                    String where = file + ", line " + number;
                    JsonNode item = PromptReader.parse(where, line);
                    int[] tokens = tokens(where, item.path("tokens"));
                    this.prompts.readOne(where, item)
                        .map((prompt) -> answer(prompt, tokens))
                        .filter((answer) -> answer.tokens().length > 0)
                        .ifPresent(answers::add);
                }
            }
        }
        if (answers.isEmpty()) {
            throw new TrainingException("There is no answer in " + files + " that can be used: "
                    + this.prompts.tooLong() + " have too long a prompt (--max-prompt-tokens), the others are empty");
        }
        return answers;
    }

    private WrittenAnswer answer(int[] prompt, int[] tokens) {
        int longest = Math.min(this.maxTokens, this.context - prompt.length);
        return new WrittenAnswer(prompt, IntStream.of(tokens).limit(Math.max(0, longest)).toArray());
    }

    private int[] tokens(String where, JsonNode tokens) {
        if (!tokens.isArray()) {
            throw new TrainingException(where + " has no \"tokens\"; --answered takes lines such as cerberus generate "
                    + "--json writes: {\"prompt\": \"…\", \"tokens\": [1, 2, 3]}");
        }
        return StreamSupport.stream(tokens.spliterator(), false).mapToInt((token) -> {
            if (!token.canConvertToInt() || token.intValue() < 0 || token.intValue() >= this.vocabulary) {
                throw new TrainingException(where + " has the token " + token + ", but the model has the tokens 0 to "
                        + (this.vocabulary - 1) + "; give answers of this model");
            }
            return token.intValue();
        }).toArray();
    }

}
