package dev.cerberus.examples.spark;

import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * Answers to all rows of a data set.
 */
public final class BulkAnswers {

    private BulkAnswers() {
    }

    /**
     * Asks the model about every row.
     *
     * <p>
     * A row's answer depends on the model, the job, the row's id and its prompt, and on
     * nothing else: not on the partition, on what else is asked, or on how often a task
     * was run. Counters of rows, errors and tokens are accumulators with the job's name;
     * a task that is run again counts again.
     * @param prompts rows with the columns {@code id}, unique, and {@code prompt}
     * @param job what is asked of every row
     * @return rows with the columns {@code id}, {@code answer}, {@code tokens} and
     * {@code error}; either {@code answer} or {@code error} is null
     */
    public static Dataset<Row> of(Dataset<Row> prompts, BulkJob job) {
        SparkContext context = prompts.sparkSession().sparkContext();
        return prompts.mapPartitions(new AnswerPartition(job, context.longAccumulator(job.name() + ": rows"),
                context.longAccumulator(job.name() + ": errors"), context.longAccumulator(job.name() + ": tokens")),
                Encoders.row(RowAnswer.SCHEMA));
    }

}
