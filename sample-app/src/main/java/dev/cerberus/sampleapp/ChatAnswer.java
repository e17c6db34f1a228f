package dev.cerberus.sampleapp;

/**
 * The body of an answer.
 *
 * @param answer the model's text
 * @param stats how it was decoded
 */
record ChatAnswer(String answer, AnswerStats stats) {
}
