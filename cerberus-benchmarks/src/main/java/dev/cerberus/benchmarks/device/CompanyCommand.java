package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineListener;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Command that measures what running answers notice of a long prompt, how soon several
 * questions about one document are answered, and how soon the turns of a conversation
 * begin.
 */
@Command(name = "company", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures what running answers notice of a long prompt, how soon several questions about one "
                + "document are answered, and how soon the turns of a conversation begin. Prompts are random tokens.")
final class CompanyCommand implements Callable<Integer> {

    private static final int SHORT_PROMPT = 32;

    /** Steps of every answer before the long prompt comes. */
    private static final int STEPS_BEFORE = 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, paramLabel = "LOCATION", description = "As for the engine")
    private String model = "";

    @Option(names = "--streams", paramLabel = "N", defaultValue = "8",
            description = "Running answers; default: ${DEFAULT-VALUE}")
    private int streams;

    @Option(names = "--prompt-tokens", paramLabel = "N", defaultValue = "2000",
            description = "The long prompt; default: ${DEFAULT-VALUE}")
    private int promptTokens;

    @Option(names = "--turns", paramLabel = "N", defaultValue = "10",
            description = "Turns of the conversation; default: ${DEFAULT-VALUE}")
    private int turns;

    @Option(names = "--turn-tokens", paramLabel = "N", defaultValue = "40",
            description = "Tokens of each question and of each answer; default: ${DEFAULT-VALUE}")
    private int turnTokens;

    @Option(names = "--document-tokens", paramLabel = "N", defaultValue = "500",
            description = "What several requests ask about at the same time; default: ${DEFAULT-VALUE}")
    private int documentTokens;

    @Option(names = "--conversations", paramLabel = "N", defaultValue = "5",
            description = "Conversations, one after another; default: ${DEFAULT-VALUE}")
    private int conversations;

    @Mixin
    private DeviceOptions place = new DeviceOptions();

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);

    private final List<Double> forwards = new ArrayList<>(); // milliseconds

    @Override
    public Integer call() throws IOException {
        EngineOptions options = EngineOptions.builder(this.model)
            .device(this.place.deviceName())
            .precision(this.place.precisionName())
            .maxConcurrent(this.streams + 1)
            .build();
        try (CerberusEngine engine = CerberusEngine.open(options)) {
            int context = engine.description().dimensions().maxContext();
            int longest = Math.max(Math.max(this.promptTokens, this.documentTokens + SHORT_PROMPT),
                    2 * this.turns * this.turnTokens) + 1;
            if (longest > context) {
                throw new ParameterException(this.spec.commandLine(), "The model's context has " + context
                        + " tokens; lower --prompt-tokens, --document-tokens, --turns or --turn-tokens, which need "
                        + longest);
            }
            engine.addListener(new EngineListener() {
                @Override
                public void onForward(int rows, int sequences, double seconds) {
                    synchronized (CompanyCommand.this.forwards) {
                        CompanyCommand.this.forwards.add(1e3 * seconds);
                    }
                }
            });
            try (ResultLog log = this.place.log(this.spec, this.model, engine.description().device(),
                    engine.description().precision())) {
                interrupt(engine, context, log);
                ask(engine, log);
                converse(engine, log);
            }
        }
        return 0;
    }

    private void interrupt(CerberusEngine engine, int context, ResultLog log) {
        List<RunningAnswer> running = IntStream.range(0, this.streams)
            .mapToObj((i) -> new RunningAnswer(engine, tokens(engine, SHORT_PROMPT), context - SHORT_PROMPT - 1))
            .toList();
        running.forEach(RunningAnswer::awaitSteps);
        synchronized (this.forwards) {
            this.forwards.clear();
        }
        long begun = System.nanoTime();
        GenerationResult read = engine.generate(request(tokens(engine, this.promptTokens), 1));
        long end = System.nanoTime();
        running.forEach(RunningAnswer::cancel);
        double[] before = running.stream().flatMapToDouble((stream) -> stream.gaps(0, begun)).toArray();
        double[] during = running.stream().flatMapToDouble((stream) -> stream.gaps(begun, end)).toArray();
        double piece;
        synchronized (this.forwards) {
            piece = this.forwards.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        }
        Times quiet = new Times(before);
        Times loud = new Times(during);
        double first = 1e3 * read.timeToFirstTokenSeconds();
        log.say("long-prompt",
                this.promptTokens + " tokens amid " + this.streams + " answers: first token after "
                        + ResultLog.number(first, 0) + " ms; gaps of the others median "
                        + ResultLog.number(loud.median(), 1) + " ms, longest " + ResultLog.number(loud.max(), 1)
                        + " ms, before it " + ResultLog.number(quiet.median(), 1) + " and "
                        + ResultLog.number(quiet.max(), 1) + "; the longest forward took " + ResultLog.number(piece, 1)
                        + " ms, the longest gap " + ResultLog.number(loud.max() / piece, 2) + " of that",
                Map.of("first_ms", first, "gap_ms", loud.median(), "longest_gap_ms", loud.max(), "forward_ms", piece));
    }

    private void ask(CerberusEngine engine, ResultLog log) {
        double alone = 1e3 * engine.generate(request(tokens(engine, this.documentTokens + SHORT_PROMPT), 1))
            .timeToFirstTokenSeconds();
        int[] document = tokens(engine, this.documentTokens);
        List<CompletableFuture<GenerationResult>> answers = IntStream.range(0, this.streams)
            .mapToObj((i) -> request(joined(document, tokens(engine, SHORT_PROMPT)), 1))
            .map((request) -> CompletableFuture.supplyAsync(() -> engine.generate(request),
                    (task) -> new Thread(task).start()))
            .toList();
        double[] firsts = answers.stream()
            .mapToDouble((answer) -> 1e3 * answer.join().timeToFirstTokenSeconds())
            .toArray();
        Times times = new Times(firsts);
        log.say("document",
                this.streams + " questions at once about " + this.documentTokens + " tokens: first tokens after "
                        + ResultLog.number(times.median(), 0) + " ms (median), the last after "
                        + ResultLog.number(times.max(), 0) + " ms, " + ResultLog.number(times.max() / alone, 2)
                        + " times one question alone",
                Map.of("alone_ms", alone, "median_ms", times.median(), "last_ms", times.max()));
    }

    /*
     * One first token is at the mercy of what else the machine does at that moment, so
     * the median of each turn is taken, over conversations that share nothing.
     */
    private void converse(CerberusEngine engine, ResultLog log) {
        double[][] firsts = new double[this.turns][this.conversations]; // milliseconds
        int length = 0;
        for (int conversation = 0; conversation < this.conversations; conversation++) {
            int[] text = {};
            for (int turn = 0; turn < this.turns; turn++) {
                text = joined(text, tokens(engine, this.turnTokens));
                GenerationResult answer = engine.generate(request(text, this.turnTokens));
                firsts[turn][conversation] = 1e3 * answer.timeToFirstTokenSeconds();
                text = joined(text, answer.tokens());
            }
            length = text.length;
        }
        double[] medians = Arrays.stream(firsts).mapToDouble((all) -> new Times(all).median()).toArray();
        double ratio = medians[this.turns - 1] / medians[0];
        log.say("conversation",
                "first token of turn 1 after " + ResultLog.number(medians[0], 1) + " ms, of turn " + this.turns + " ("
                        + length + " tokens) after " + ResultLog.number(medians[this.turns - 1], 1) + " ms, "
                        + ResultLog.number(ratio, 2) + " of that; medians of " + this.conversations
                        + " conversations, of each turn "
                        + Arrays.stream(medians)
                            .mapToObj((first) -> ResultLog.number(first, 0))
                            .collect(Collectors.joining(", ")),
                Map.of("first_ms", medians[0], "last_ms", medians[this.turns - 1], "ratio", ratio));
    }

    private static int[] joined(int[] text, int[] more) {
        return IntStream.concat(Arrays.stream(text), Arrays.stream(more)).toArray();
    }

    /** Returns tokens that are no control tokens in any usual vocabulary. */
    private int[] tokens(CerberusEngine engine, int count) {
        int vocabulary = engine.description().dimensions().vocabularySize();
        return this.random.ints(count, vocabulary / 4, vocabulary / 2).toArray();
    }

    private static GenerationRequest request(int[] tokens, int answer) {
        GenerationRequest greedy = GenerationRequest.greedy(new Prompt.Tokens(tokens), answer);
        return new GenerationRequest(greedy.prompt(), greedy.sampling(), answer, answer, greedy.stopStrings(),
                greedy.gate(), greedy.shape(), greedy.maxNodes(), greedy.drafting());
    }

    /**
     * An answer that goes on until it is cancelled; notes when its steps came.
     */
    private static final class RunningAnswer implements GenerationListener {

        private final List<Long> steps = new ArrayList<>();

        private final CountDownLatch begun = new CountDownLatch(STEPS_BEFORE);

        private final CountDownLatch ended = new CountDownLatch(1);

        private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

        private final Runnable cancellation;

        RunningAnswer(CerberusEngine engine, int[] prompt, int answer) {
            this.cancellation = engine.submit(request(prompt, answer), this)::cancel;
        }

        @Override
        public synchronized void onStep(DecodeStep step) {
            this.steps.add(System.nanoTime());
            this.begun.countDown();
        }

        @Override
        public void onComplete(GenerationResult result) {
            end();
        }

        @Override
        public void onError(RuntimeException error) {
            this.failure.set(error);
            end();
        }

        private void end() {
            for (int i = 0; i < STEPS_BEFORE; i++) {
                this.begun.countDown();
            }
            this.ended.countDown();
        }

        void awaitSteps() {
            await(this.begun);
        }

        void cancel() {
            this.cancellation.run();
            await(this.ended);
        }

        private void await(CountDownLatch latch) {
            try {
                latch.await();
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", ex);
            }
            RuntimeException error = this.failure.get();
            if (error != null) {
                throw error;
            }
        }

        /** Returns milliseconds between steps of which the later one came in a time. */
        synchronized DoubleStream gaps(long from, long to) {
            return IntStream.range(1, this.steps.size())
                .filter((i) -> this.steps.get(i) - to <= 0 && (from == 0 || this.steps.get(i) - from >= 0))
                .mapToDouble((i) -> (this.steps.get(i) - this.steps.get(i - 1)) * 1e-6);
        }

    }

}
