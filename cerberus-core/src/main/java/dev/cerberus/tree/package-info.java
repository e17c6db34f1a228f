/**
 * Candidate trees: what is verified in one forward pass of the target model.
 */
@NullMarked
package dev.cerberus.tree;

import org.jspecify.annotations.NullMarked;
