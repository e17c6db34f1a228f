package dev.cerberus.training;

/**
 * An answer that the target wrote elsewhere. Arrays are not copied; treat them as
 * read-only.
 *
 * @param prompt what was answered, token ids, at least one
 * @param tokens the answer, token ids, at least one
 */
record WrittenAnswer(int[] prompt, int[] tokens) {
}
