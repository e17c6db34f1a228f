package dev.cerberus.examples.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.ChatMessage;

/**
 * What is asked of every row. It travels to the executors. Immutable and thread-safe.
 *
 * @param name what the job is called; the same name gives the same answers
 * @param model where executors find the model: a path that all of them have, or a name on
 * a hub whose files are in their cache
 * @param instruction what stands before every prompt, as the system's message; may be
 * empty
 * @param temperature 0 for the most probable tokens, else how freely they are chosen,
 * 0..100
 * @param maxOutputTokens the most tokens of an answer, at least 1
 * @param rowsInFlight how many rows a task keeps in the engine at a time, at least 1
 * @param maxConcurrent how many rows the engine decodes together, over all tasks of its
 * executor, at least 1
 */
public record BulkJob(String name, String model, String instruction, double temperature, int maxOutputTokens,
        int rowsInFlight, int maxConcurrent) implements Serializable {

    /**
     * Nobody waits for a row, and one that waits behind slow ones would have an error that
     * others in its place would not have.
     */
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    /**
     * Checks the ranges, on the driver, before a task begins.
     */
    public BulkJob {
        if (rowsInFlight < 1) {
            throw new IllegalArgumentException("rows in flight must be at least 1, were " + rowsInFlight);
        }
        engine(model, maxConcurrent);
        request(true, instruction, "", new SamplingOptions(temperature, 0, 1, 0), maxOutputTokens);
    }

    /**
     * Creates a job with greedy answers of up to 256 tokens and without an instruction.
     * @param name what the job is called
     * @param model where executors find the model
     */
    public BulkJob(String name, String model) {
        this(name, model, "", 0, 256, 8, 16);
    }

    /**
     * Returns this job with another instruction.
     * @param text what stands before every prompt
     * @return the job
     */
    public BulkJob withInstruction(String text) {
        return new BulkJob(this.name, this.model, text, this.temperature, this.maxOutputTokens, this.rowsInFlight,
                this.maxConcurrent);
    }

    /**
     * Returns this job with another temperature.
     * @param value 0..100
     * @return the job
     */
    public BulkJob withTemperature(double value) {
        return new BulkJob(this.name, this.model, this.instruction, value, this.maxOutputTokens, this.rowsInFlight,
                this.maxConcurrent);
    }

    /**
     * Returns this job with another limit of answers.
     * @param tokens the most tokens, at least 1
     * @return the job
     */
    public BulkJob withMaxOutputTokens(int tokens) {
        return new BulkJob(this.name, this.model, this.instruction, this.temperature, tokens, this.rowsInFlight,
                this.maxConcurrent);
    }

    /** Returns the engine that this job needs. */
    EngineOptions engine() {
        return engine(this.model, this.maxConcurrent);
    }

    private static EngineOptions engine(String model, int maxConcurrent) {
        return EngineOptions.builder(model)
            .maxConcurrent(maxConcurrent)
            .queueCapacity(4 * maxConcurrent)
            .requestTimeout(NO_LIMIT)
            .build();
    }

    /**
     * Returns the request of a row.
     * @param chat whether the model has a chat template
     * @param row the row's id, of which with the job's name the seed is made
     * @param prompt the row's text
     */
    GenerationRequest request(boolean chat, String row, String prompt) {
        return request(chat, this.instruction, prompt,
                new SamplingOptions(this.temperature, 0, 1, RowSeed.of(this.name, row)), this.maxOutputTokens);
    }

    private static GenerationRequest request(boolean chat, String instruction, String prompt, SamplingOptions sampling,
            int maxOutputTokens) {
        List<ChatMessage> messages = new ArrayList<>();
        if (!instruction.isEmpty()) {
            messages.add(ChatMessage.system(instruction));
        }
        messages.add(ChatMessage.user(prompt));
        Prompt asked = chat ? new Prompt.Chat(messages, List.of())
                : new Prompt.Raw(instruction.isEmpty() ? prompt : instruction + "\n" + prompt, false);
        return new GenerationRequest(asked, sampling, maxOutputTokens, 0, List.of(), Optional.empty(), Optional.empty(),
                Optional.empty(), DraftingOptions.DEFAULT);
    }

}
