/**
 * Answers to the rows of a data set of Apache Spark.
 *
 * <p>
 * {@link dev.cerberus.examples.spark.BulkAnswers} is where to begin: it maps partitions,
 * each of which keeps several rows at a time in the one engine of its executor.
 */
package dev.cerberus.examples.spark;
