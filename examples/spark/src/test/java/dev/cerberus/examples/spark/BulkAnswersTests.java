package dev.cerberus.examples.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.spark.SparkContext;
import org.apache.spark.Success$;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.testing.DemoFixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Two hundred prompts in two tasks at a time, with the 4 M model.
 */
class BulkAnswersTests {

    private static final int ROWS = 200;

    private static final StructType SCHEMA = new StructType().add("id", DataTypes.IntegerType)
        .add("prompt", DataTypes.StringType);

    private static final BulkJob JOB = new BulkJob("test", DemoFixture.model().toString()).withTemperature(0.8)
        .withMaxOutputTokens(24);

    /** Where a row is too long, and where there is none. */
    private static final int LONG = 77;

    private static final int NOTHING = 130;

    private static SparkSession spark;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder()
            .master("local[2, 2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 6)
            .getOrCreate();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static List<Row> prompts() {
        List<String> turns = spark.read()
            .json(DemoFixture.root().resolve("mini-bench.jsonl").toString())
            .selectExpr("turns[0]")
            .as(Encoders.STRING())
            .collectAsList();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String prompt = turns.get(i % turns.size());
            rows.add(RowFactory.create(i, switch (i) {
                case LONG -> prompt.repeat(1000);
                case NOTHING -> null;
                default -> prompt;
            }));
        }
        return rows;
    }

    private static Dataset<Row> input(int partitions) {
        return spark.createDataFrame(prompts(), SCHEMA).repartition(partitions);
    }

    private static List<Row> answers(Dataset<Row> input) {
        List<Row> rows = new ArrayList<>(BulkAnswers.of(input, JOB).collectAsList());
        rows.sort(Comparator.comparingInt((row) -> Integer.parseInt(row.getString(0))));
        return rows;
    }

    /** Kills the task of a partition at its first attempt, when it has read some rows. */
    private record KilledOnce(int partition, int rowsBefore) implements MapPartitionsFunction<Row, Row> {

        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            TaskContext task = TaskContext.get();
            AtomicInteger read = new AtomicInteger();
            return new Iterator<>() {

                @Override
                public boolean hasNext() {
                    return rows.hasNext();
                }

                @Override
                public Row next() {
                    if (task.partitionId() == KilledOnce.this.partition && task.attemptNumber() == 0
                            && read.getAndIncrement() == KilledOnce.this.rowsBefore) {
                        SparkContext.getOrCreate().killTaskAttempt(task.taskAttemptId(), true, "by the test");
                    }
                    return rows.next();
                }

            };
        }

    }

    /** Tasks that did not succeed. */
    private static final class Unfinished extends SparkListener {

        private final List<String> reasons = new CopyOnWriteArrayList<>();

        private final AtomicInteger ended = new AtomicInteger();

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            this.ended.incrementAndGet();
            if (end.reason() != Success$.MODULE$) {
                this.reasons.add(end.reason().toString());
            }
        }

    }

    @Test
    void bytesAreTheSameWithAndWithoutAKilledTask() throws Exception {
        List<Row> undisturbed = answers(input(6));
        Unfinished unfinished = new Unfinished();
        spark.sparkContext().addSparkListener(unfinished);
        Dataset<Row> killed = input(6).mapPartitions(new KilledOnce(1, 20), Encoders.row(SCHEMA));
        List<Row> disturbed = answers(killed);
        spark.sparkContext().removeSparkListener(unfinished);
        assertThat(unfinished.reasons).singleElement().asString().contains("by the test");
        assertThat(disturbed).hasSize(ROWS).isEqualTo(undisturbed);
        // and cut into other partitions
        assertThat(answers(input(3))).isEqualTo(undisturbed);
        assertThat(ExecutorEngine.opened()).isEqualTo(1);
        assertThat(undisturbed.stream().map((row) -> row.getString(1)).distinct().count()).isGreaterThan(ROWS / 2);
    }

    @Test
    void answersAreTheEnginesOwn() {
        List<Row> answers = answers(input(4));
        ExecutorEngine executor = ExecutorEngine.lease(JOB.engine());
        CerberusEngine engine = executor.engine();
        List<Row> prompts = prompts();
        for (int i = 0; i < ROWS; i += 23) {
            String alone = engine
                .generate(JOB.request(engine.description().chat(), String.valueOf(i), prompts.get(i).getString(1)),
                        (text, origin) -> {
                        })
                .text();
            assertThat(answers.get(i).getString(1)).isEqualTo(alone);
        }
        executor.release();
    }

    @Test
    void rowsThatCanNotBeAnsweredSayWhyAndStopNoOther() {
        List<Row> answers = answers(input(4));
        assertThat(answers.get(LONG).isNullAt(1)).isTrue();
        assertThat(answers.get(LONG).getString(3)).contains("PromptTooLongException", "characters");
        assertThat(answers.get(NOTHING).getString(3)).isEqualTo("IllegalArgumentException: the prompt is null");
        assertThat(answers).filteredOn((row) -> row.isNullAt(3)).hasSize(ROWS - 2).allSatisfy((row) -> {
            assertThat(row.getString(1)).isNotEmpty();
            assertThat(row.getInt(2)).isBetween(1, 24);
        });
    }

    @Test
    void seedsDependOnJobAndRow() {
        assertThat(List.of(RowSeed.of("a", "bc"), RowSeed.of("ab", "c"), RowSeed.of("a", "bd"), RowSeed.of("b", "bc")))
            .doesNotHaveDuplicates();
        assertThat(RowSeed.of("a", "bc")).isEqualTo(RowSeed.of("a", "bc"));
    }

    @Test
    void aJobOfWrongNumbersIsRefusedOnTheDriver() {
        assertThatThrownBy(() -> JOB.withTemperature(-1)).hasMessageContaining("temperature must be in 0..100");
        assertThatThrownBy(() -> JOB.withMaxOutputTokens(0)).hasMessageContaining("at least 1, was 0");
        assertThatThrownBy(() -> new BulkJob("x", "y", "", 0, 1, 0, 1)).hasMessageContaining("rows in flight");
    }

}
