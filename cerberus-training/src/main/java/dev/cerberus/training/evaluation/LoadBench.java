package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.gate.GateMode;

/**
 * A measurement of what several clients together get out of an engine, each of which asks
 * its next question when it has its answer.
 *
 * <p>
 * All numbers of clients and all subjects take turns, round by round, so that a slow
 * moment of the machine hits all alike. Answers are compared with the first one to the
 * same question: company, drafting and what is remembered must change nothing. Used by
 * one thread.
 */
public final class LoadBench {

    private final List<Subject> subjects;

    private final List<GenerationRequest> requests;

    private final int perTurn;

    private final Map<Integer, int[]> answers = new HashMap<>();

    private final LongAdder forwards = new LongAdder();

    private final LongAdder rows = new LongAdder();

    /**
     * What is asked, and when it drafts.
     *
     * @param name what its rows are called
     * @param engine the engine, which must decode as many requests together as there are
     * clients; nobody else may use it meanwhile
     * @param mode when drafts are made
     */
    public record Subject(String name, CerberusEngine engine, GateMode mode) {
    }

    /**
     * Creates a measurement.
     * @param subjects what is compared, at least one
     * @param requests what is asked, at least one
     * @param perTurn how many of them in a turn; where there are more, every round and
     * number of clients has the next ones, the same for all subjects
     */
    public LoadBench(List<Subject> subjects, List<GenerationRequest> requests, int perTurn) {
        if (subjects.isEmpty() || requests.isEmpty() || perTurn < 1) {
            throw new IllegalArgumentException("a measurement needs a subject and a request");
        }
        this.subjects = List.copyOf(subjects);
        this.requests = List.copyOf(requests);
        this.perTurn = perTurn;
        subjects.stream().map(Subject::engine).distinct().forEach((engine) -> engine.addListener(new EngineListener() {
            @Override
            public void onForward(int rowsOfAll, int sequences, double seconds) {
                LoadBench.this.forwards.increment();
                LoadBench.this.rows.add(rowsOfAll);
            }
        }));
    }

    /**
     * Measures.
     * @param clients numbers of clients
     * @param rounds how often each combination takes its turn, at least 1; one more comes
     * before that and is not counted
     * @return one row per number of clients and subject
     */
    public List<Row> run(List<Integer> clients, int rounds) {
        Map<String, Sums> sums = new LinkedHashMap<>();
        int turn = 0;
        for (int round = 0; round <= rounds; round++) {
            for (int count : clients) {
                for (Subject subject : this.subjects) {
                    Sums measured = measure(count, subject, turn * this.perTurn);
                    if (round > 0) {
                        sums.computeIfAbsent(count + " " + subject.name(), (key) -> new Sums(count, subject.name()))
                            .add(measured);
                    }
                }
                turn++;
            }
        }
        return sums.values().stream().map(Sums::row).toList();
    }

    private Sums measure(int clients, Subject subject, int first) {
        Sums sums = new Sums(clients, subject.name());
        AtomicInteger next = new AtomicInteger();
        this.forwards.reset();
        this.rows.reset();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Future<?>> running = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < clients; i++) {
                running.add(threads.submit(() -> askAll(next, subject, first, sums)));
            }
            for (Future<?> client : running) {
                client.get();
            }
            sums.seconds = (System.nanoTime() - start) * 1e-9;
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new EvaluationException("The measurement was interrupted", ex);
        }
        catch (ExecutionException ex) {
            Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
            if (cause instanceof Error error) {
                throw error; // such as a full heap, which is told elsewhere
            }
            throw (cause instanceof EvaluationException told) ? told
                    : new EvaluationException("A request failed: " + cause.getMessage(), cause);
        }
        finally {
            threads.shutdownNow();
        }
        sums.forwards = this.forwards.sum();
        sums.rows = this.rows.sum();
        return sums;
    }

    private void askAll(AtomicInteger next, Subject subject, int first, Sums sums) {
        int index = next.getAndIncrement();
        while (index < this.perTurn) {
            ask((first + index) % this.requests.size(), subject, sums);
            index = next.getAndIncrement();
        }
    }

    private void ask(int index, Subject subject, Sums sums) {
        GenerationRequest request = this.requests.get(index);
        List<Long> times = new ArrayList<>();
        CerberusEngine engine = subject.engine();
        GenerationResult result;
        try {
            result = engine.generate(request.withGate(request.gate().orElse(engine.gate()).withMode(subject.mode())),
                    (text, origin) -> times.add(System.nanoTime()));
        }
        catch (IllegalArgumentException ex) {
            throw new EvaluationException("Request " + (index + 1) + " can not be answered: " + ex.getMessage(), ex);
        }
        synchronized (this) {
            int[] known = this.answers.computeIfAbsent(index, (unknown) -> result.tokens());
            sums.add(result, times, Arrays.equals(known, result.tokens()));
        }
    }

    /**
     * What a number of clients got.
     *
     * @param clients number of clients
     * @param subject name of what they asked
     * @param requests answers
     * @param tokens output tokens of all answers
     * @param seconds time from the first question to the last answer
     * @param firstTokenSeconds median time from a question to its first token
     * @param gapSeconds median time between two pieces of an answer; empty if there were
     * none
     * @param longGapSeconds the time that 95 of 100 of them do not exceed
     * @param nodesPerStep draft nodes verified per step of a request
     * @param acceptanceLength tokens gained per step of a request
     * @param rowsPerForward rows of a forward of the target model
     * @param identical share of the answers whose tokens equal those of the first answer
     * to the same question
     */
    public record Row(int clients, String subject, int requests, long tokens, double seconds, double firstTokenSeconds,
            Optional<Double> gapSeconds, Optional<Double> longGapSeconds, double nodesPerStep, double acceptanceLength,
            double rowsPerForward, double identical) {

        /**
         * Returns the tokens of all clients together.
         * @return tokens per second
         */
        public double tokensPerSecond() {
            return this.tokens / this.seconds;
        }

    }

    /**
     * Returns rows as a Markdown table.
     * @param rows the rows
     * @return the table
     */
    public static String table(List<Row> rows) {
        ResultTable table = new ResultTable(2, List.of("clients", "gate", "tokens/s", "first token ms", "gap p50 ms",
                "gap p95 ms", "nodes/step", "tokens/step", "rows/forward", "identical"));
        for (Row row : rows) {
            table.row(List.of(Integer.toString(row.clients()), row.subject(), number(row.tokensPerSecond(), 0),
                    number(1000 * row.firstTokenSeconds(), 1), milliseconds(row.gapSeconds()),
                    milliseconds(row.longGapSeconds()), number(row.nodesPerStep(), 2),
                    number(row.acceptanceLength(), 2), number(row.rowsPerForward(), 1), number(row.identical(), 3)));
        }
        return table.toString();
    }

    private static String milliseconds(Optional<Double> seconds) {
        return seconds.map((value) -> number(1000 * value, 1)).orElse("-");
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** What is added up. */
    private static final class Sums {

        private final int clients;

        private final String subject;

        private final List<Double> firstTokens = new ArrayList<>();

        private final List<Double> gaps = new ArrayList<>();

        private long tokens;

        private long steps;

        private long nodes;

        private long accepted;

        private long forwards;

        private long rows;

        private int identical;

        private double seconds;

        Sums(int clients, String subject) {
            this.clients = clients;
            this.subject = subject;
        }

        void add(GenerationResult result, List<Long> times, boolean same) {
            this.tokens += result.tokens().length;
            this.steps += result.statistics().steps();
            this.nodes += result.statistics().draftedTokens();
            this.accepted += result.statistics().acceptedDraftTokens();
            this.firstTokens.add(result.timeToFirstTokenSeconds());
            for (int i = 1; i < times.size(); i++) {
                this.gaps.add((times.get(i) - times.get(i - 1)) * 1e-9);
            }
            this.identical += same ? 1 : 0;
        }

        void add(Sums other) {
            this.firstTokens.addAll(other.firstTokens);
            this.gaps.addAll(other.gaps);
            this.tokens += other.tokens;
            this.steps += other.steps;
            this.nodes += other.nodes;
            this.accepted += other.accepted;
            this.forwards += other.forwards;
            this.rows += other.rows;
            this.identical += other.identical;
            this.seconds += other.seconds;
        }

        Row row() {
            int requests = this.firstTokens.size();
            double perStep = 1.0 / Math.max(1, this.steps);
            return new Row(this.clients, this.subject, requests, this.tokens, this.seconds,
                    quantile(this.firstTokens, 0.5).orElseThrow(), quantile(this.gaps, 0.5), quantile(this.gaps, 0.95),
                    this.nodes * perStep, 1 + this.accepted * perStep, (double) this.rows / Math.max(1, this.forwards),
                    (double) this.identical / requests);
        }

        private static Optional<Double> quantile(List<Double> values, double share) {
            double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
            return (all.length == 0) ? Optional.empty() : Optional.of(Statistics.quantile(all, share));
        }

    }

}
