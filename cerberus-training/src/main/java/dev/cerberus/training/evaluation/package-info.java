/**
 * Evaluation of decoding: measuring modes against each other, recording what the heads
 * proposed, replaying it under other gates and trees, and reporting.
 */
@NullMarked
package dev.cerberus.training.evaluation;

import org.jspecify.annotations.NullMarked;
