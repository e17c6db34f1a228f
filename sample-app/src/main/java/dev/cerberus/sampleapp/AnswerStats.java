package dev.cerberus.sampleapp;

import java.util.Locale;

import dev.langchain4j.model.chat.response.ChatResponse;

import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.langchain4j.CerberusChatResponseMetadata;

/**
 * How an answer was decoded.
 *
 * @param model name of the model
 * @param finishReason {@code stop} or {@code length}
 * @param promptTokens tokens of the conversation
 * @param outputTokens tokens of the answer
 * @param steps forwards of the model after the prompt's
 * @param draftSteps steps that verified draft tokens
 * @param skippedSteps steps in which the gate skipped drafting
 * @param draftedTokens draft tokens verified
 * @param acceptedDraftTokens draft tokens kept
 * @param acceptanceLength mean tokens gained per step
 * @param tokensPerSecond output tokens per second of decoding, the prompt's time apart
 * @param timeToFirstTokenMillis from the request to the first token
 * @param seconds from the request to the end
 */
record AnswerStats(String model, String finishReason, int promptTokens, int outputTokens, int steps, int draftSteps,
        int skippedSteps, int draftedTokens, int acceptedDraftTokens, double acceptanceLength, double tokensPerSecond,
        long timeToFirstTokenMillis, double seconds) {

    static AnswerStats of(ChatResponse response) {
        CerberusChatResponseMetadata metadata = (CerberusChatResponseMetadata) response.metadata();
        DecodeStatistics statistics = metadata.statistics();
        int outputTokens = metadata.tokenUsage().outputTokenCount();
        return new AnswerStats(metadata.modelName(), metadata.finishReason().name().toLowerCase(Locale.ROOT),
                statistics.promptTokens(), outputTokens, statistics.steps(), statistics.draftSteps(),
                statistics.steps() - statistics.draftSteps(), statistics.draftedTokens(),
                statistics.acceptedDraftTokens(), metadata.acceptanceLength(),
                (statistics.decodeSeconds() > 0) ? outputTokens / statistics.decodeSeconds() : 0,
                metadata.timeToFirstToken().toMillis(), metadata.duration().toNanos() * 1e-9);
    }

}
