package dev.cerberus.examples.spark;

import java.io.IOException;

import org.apache.spark.sql.SparkSession;

/**
 * A job: reads prompts, writes answers.
 *
 * <pre>
 * spark-submit --class dev.cerberus.examples.spark.AnswerPrompts … MODEL PROMPTS ANSWERS
 * </pre>
 *
 * {@code PROMPTS} are lines of JSON with {@code id} and {@code prompt}; {@code ANSWERS}
 * is a folder of Parquet files that must not be there yet.
 */
public final class AnswerPrompts {

    private AnswerPrompts() {
    }

    /**
     * Runs the job.
     * @param arguments model, prompts, answers
     * @throws IOException if Spark can not be stopped
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("usage: AnswerPrompts MODEL PROMPTS ANSWERS");
            System.exit(2);
        }
        try (SparkSession spark = SparkSession.builder().appName("answers").getOrCreate()) {
            BulkJob job = new BulkJob(arguments[2], arguments[0]);
            BulkAnswers.of(spark.read().json(arguments[1]), job).write().parquet(arguments[2]);
        }
    }

}
