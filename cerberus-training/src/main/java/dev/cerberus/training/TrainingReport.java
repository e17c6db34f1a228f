package dev.cerberus.training;

import java.nio.file.Path;

import dev.cerberus.model.HeadsDescription;

/**
 * What a training achieved.
 *
 * @param heads the trained heads
 * @param file where they were written
 * @param steps optimizer steps done
 * @param loss smoothed training loss of the last steps
 * @param accuracy share of the held-out tokens that each head has at each rank,
 * [heads][ranks]; tokens outside the draft vocabulary are at no rank
 */
public record TrainingReport(HeadsDescription heads, Path file, int steps, double loss, double[][] accuracy) {
}
