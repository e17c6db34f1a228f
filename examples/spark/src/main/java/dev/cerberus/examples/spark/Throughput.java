package dev.cerberus.examples.spark;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Measures what Spark costs: the same rows through the engine alone and through a job, in
 * turn, with as many rows in flight.
 *
 * <pre>
 * examples/spark/run Throughput MODEL PROMPTS [ROWS] [ROUNDS]
 * </pre>
 *
 * {@code PROMPTS} are lines of JSON as {@code cerberus bench} takes them; they are used
 * again if there are fewer than {@code ROWS} (200).
 */
public final class Throughput {

    private static final int TASKS = 2;

    private Throughput() {
    }

    /**
     * Prints tokens per second of both, and their ratio.
     * @param arguments model, prompts, rows, rounds
     * @throws InterruptedException if it is interrupted
     * @throws IOException if Spark can not be stopped
     */
    public static void main(String[] arguments) throws InterruptedException, IOException {
        if (arguments.length < 2) {
            System.err.println("usage: Throughput MODEL PROMPTS [ROWS] [ROUNDS]");
            System.exit(2);
        }
        int rows = (arguments.length > 2) ? Integer.parseInt(arguments[2]) : 200;
        int rounds = (arguments.length > 3) ? Integer.parseInt(arguments[3]) : 3;
        BulkJob job = new BulkJob("throughput", arguments[0]).withMaxOutputTokens(64);
        if (rows < 1 || rounds < 1) {
            System.err.println("ROWS and ROUNDS must be at least 1");
            System.exit(2);
        }
        try (SparkSession spark = SparkSession.builder()
            .master("local[" + TASKS + "]")
            .config("spark.ui.enabled", false)
            .getOrCreate()) {
            List<Row> prompts = prompts(spark, arguments[1], rows);
            List<Double> ratios = new ArrayList<>();
            // the first round warms both up
            for (int round = 0; round <= rounds; round++) {
                double alone = engine(job, prompts);
                double through = spark(spark, job, prompts);
                if (round > 0) {
                    ratios.add(through / alone);
                }
                System.out.printf(Locale.ROOT, "%-8s engine %8.1f tokens/s   Spark %8.1f tokens/s   ratio %.3f%n",
                        (round > 0) ? "round " + round : "warm-up", alone, through, through / alone);
            }
            Collections.sort(ratios);
            System.out.printf(Locale.ROOT, "median ratio %.3f%n", ratios.get(rounds / 2));
        }
    }

    private static List<Row> prompts(SparkSession spark, String file, int rows) {
        List<Row> found = spark.read().json(file).selectExpr("turns[0] as prompt").collectAsList();
        return IntStream.range(0, rows)
            .mapToObj((i) -> RowFactory.create("row " + i, found.get(i % found.size()).getString(0)))
            .toList();
    }

    private static double spark(SparkSession spark, BulkJob job, List<Row> prompts) {
        StructType schema = new StructType().add("id", DataTypes.StringType).add("prompt", DataTypes.StringType);
        Dataset<Row> input = spark.createDataFrame(prompts, schema).repartition(TASKS);
        long began = System.nanoTime();
        List<Row> answers = BulkAnswers.of(input, job).collectAsList();
        return perSecond(answers, began);
    }

    /** As many rows in flight as the tasks of the job have together. */
    private static double engine(BulkJob job, List<Row> prompts) throws InterruptedException {
        ExecutorEngine executor = ExecutorEngine.lease(job.engine());
        try {
            Deque<RowAnswer> inFlight = new ArrayDeque<>();
            List<Row> answers = new ArrayList<>();
            boolean chat = executor.engine().description().chat();
            long began = System.nanoTime();
            for (Row row : prompts) {
                if (inFlight.size() == TASKS * job.rowsInFlight()) {
                    answers.add(inFlight.removeFirst().await());
                }
                inFlight.addLast(RowAnswer.ask(executor.engine(), executor.places(), row.getString(0),
                        job.request(chat, row.getString(0), row.getString(1))));
            }
            for (RowAnswer each : inFlight) {
                answers.add(each.await());
            }
            return perSecond(answers, began);
        }
        finally {
            executor.release();
        }
    }

    private static double perSecond(List<Row> answers, long began) {
        double seconds = (System.nanoTime() - began) / 1e9;
        return answers.stream().mapToLong((row) -> row.getInt(RowAnswer.TOKENS)).sum() / seconds;
    }

}
