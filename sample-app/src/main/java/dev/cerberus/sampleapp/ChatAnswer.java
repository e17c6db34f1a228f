package dev.cerberus.sampleapp;

/**
 * The body of an answer.
 *
 * @param answer the model's text
 * @param conversationId what to send with the next message of this conversation
 * @param stats how it was decoded
 */
record ChatAnswer(String answer, String conversationId, AnswerStats stats) {
}
