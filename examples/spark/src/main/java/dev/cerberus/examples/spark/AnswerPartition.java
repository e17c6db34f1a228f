package dev.cerberus.examples.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Answers the rows of a partition in their order. Several are in the engine at a time:
 * whenever the first is taken out, the next is put in, so that the engine's steps are
 * shared by rows of this and of the other tasks of the executor.
 */
final class AnswerPartition implements MapPartitionsFunction<Row, Row> {

    private final BulkJob job;

    private final LongAccumulator rows;

    private final LongAccumulator errors;

    private final LongAccumulator tokens;

    AnswerPartition(BulkJob job, LongAccumulator rows, LongAccumulator errors, LongAccumulator tokens) {
        this.job = job;
        this.rows = rows;
        this.errors = errors;
        this.tokens = tokens;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> input) {
        if (!input.hasNext()) {
            return input; // no model is loaded for nothing
        }
        ExecutorEngine executor = ExecutorEngine.lease(this.job.engine());
        Answers answers = new Answers(executor, input);
        // also when the task fails or is killed: what is in the engine then is for nobody
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) (context) -> answers.end());
        return answers;
    }

    private final class Answers implements Iterator<Row> {

        private final ExecutorEngine executor;

        private final Iterator<Row> input;

        private final Deque<RowAnswer> inFlight = new ArrayDeque<>();

        private final Progress progress = new Progress(AnswerPartition.this.job.name());

        Answers(ExecutorEngine executor, Iterator<Row> input) {
            this.executor = executor;
            this.input = input;
        }

        @Override
        public boolean hasNext() {
            return !this.inFlight.isEmpty() || this.input.hasNext();
        }

        @Override
        public Row next() {
            try {
                while (this.inFlight.size() < AnswerPartition.this.job.rowsInFlight() && this.input.hasNext()) {
                    this.inFlight.addLast(ask(this.input.next()));
                }
                if (this.inFlight.isEmpty()) {
                    throw new NoSuchElementException();
                }
                Row answer = this.inFlight.peekFirst().await();
                this.inFlight.removeFirst();
                count(answer);
                return answer;
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("The task was interrupted", ex);
            }
        }

        private RowAnswer ask(Row row) throws InterruptedException {
            String id = String.valueOf(row.<Object>getAs("id"));
            String prompt = row.getAs("prompt");
            if (prompt == null) {
                return RowAnswer.refused(id, "the prompt is null");
            }
            boolean chat = this.executor.engine().description().chat();
            return RowAnswer.ask(this.executor.engine(), this.executor.places(), id,
                    AnswerPartition.this.job.request(chat, id, prompt));
        }

        private void count(Row answer) {
            boolean failed = answer.isNullAt(RowAnswer.TOKENS);
            int length = failed ? 0 : answer.getInt(RowAnswer.TOKENS);
            AnswerPartition.this.rows.add(1);
            AnswerPartition.this.errors.add(failed ? 1 : 0);
            AnswerPartition.this.tokens.add(length);
            this.progress.row(length, failed);
        }

        void end() {
            this.inFlight.forEach(RowAnswer::cancel);
            this.executor.release();
            this.progress.end();
        }

    }

}
