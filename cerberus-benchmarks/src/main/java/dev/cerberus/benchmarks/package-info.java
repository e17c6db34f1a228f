/**
 * Microbenchmarks of what surrounds the model's forward: draft, tree, mask, acceptance,
 * gate, live memory; those of the scheduler and of kept prefixes lie in the package that
 * they measure. CONTRIBUTING.md says how to run them.
 */
package dev.cerberus.benchmarks;
