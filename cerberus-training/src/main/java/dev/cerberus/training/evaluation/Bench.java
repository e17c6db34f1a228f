package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;

/**
 * A benchmark of decoding modes on the same prompts, weights and machine.
 *
 * <p>
 * Used by one thread.
 */
/*
 * Every mode answers a turn before the next turn begins, in an order that rotates from
 * turn to turn, so that a slow moment of the machine hits all modes alike. The second
 * turn of a conversation follows the autoregressive answer to the first in every mode:
 * the prompts stay equal even where a near-tie made an answer differ.
 */
public final class Bench {

    private static final int WARM_UP_TOKENS = 48;

    private static final int PREDICTION_BINS = 12;

    private final BenchOptions options;

    private final Function<BenchMode, Subject> subjects;

    private final Progress progress;

    /**
     * An observer of how far a benchmark has come.
     */
    @FunctionalInterface
    public interface Progress {

        /**
         * An answer was measured.
         * @param done answers measured so far
         * @param total answers to be measured
         */
        void advanced(int done, int total);

    }

    /**
     * Creates a benchmark.
     * @param options what to measure
     * @param subjects the model with the heads of every mode
     * @param progress told about every measured answer
     */
    public Bench(BenchOptions options, Function<BenchMode, Subject> subjects, Progress progress) {
        this.options = options;
        this.subjects = subjects;
        this.progress = progress;
    }

    /**
     * Measures all modes.
     * @param conversations the prompts
     * @return rows, differences and counts
     * @throws EvaluationException if a prompt can not be answered; the message names it
     */
    public BenchOutcome run(List<Conversation> conversations) {
        warmUp(conversations);
        List<BenchMode> modes = List.copyOf(this.options.modes());
        List<TurnRuns> all = new ArrayList<>();
        int turns = conversations.stream().mapToInt((conversation) -> conversation.turns().size()).sum();
        int total = turns * modes.size() * this.options.repeat();
        int done = 0;
        for (Conversation conversation : conversations) {
            List<String> answers = new ArrayList<>();
            for (int turn = 0; turn < conversation.turns().size(); turn++) {
                Prompt prompt = conversation.prompt(turn, answers, this.options.raw());
                TurnRuns runs = new TurnRuns(conversation, turn, prompt);
                for (int repetition = 0; repetition < this.options.repeat(); repetition++) {
                    for (int i = 0; i < modes.size(); i++) {
                        BenchMode mode = modes.get((i + all.size() + repetition) % modes.size());
                        runs.add(mode, answer(conversation, turn, mode, prompt, this.options.maxTokens()));
                        this.progress.advanced(++done, total);
                    }
                }
                all.add(runs);
                answers.add(runs.first(BenchMode.AUTOREGRESSIVE).result().text());
            }
        }
        return outcome(all, modes);
    }

    private void warmUp(List<Conversation> conversations) {
        for (Conversation conversation : conversations.subList(0,
                Math.min(this.options.warmUpPrompts(), conversations.size()))) {
            for (BenchMode mode : this.options.modes()) {
                answer(conversation, 0, mode, conversation.prompt(0, List.of(), this.options.raw()),
                        Math.min(WARM_UP_TOKENS, this.options.maxTokens()));
            }
        }
    }

    private Observation answer(Conversation conversation, int turn, BenchMode mode, Prompt prompt, int tokens) {
        try {
            return this.subjects.apply(mode).run(this.options.request(mode, prompt, tokens));
        }
        catch (IllegalArgumentException ex) {
            throw conversation.refused(turn, ex);
        }
    }

    private BenchOutcome outcome(List<TurnRuns> all, List<BenchMode> modes) {
        List<BenchOutcome.Flip> flips = new ArrayList<>();
        Map<BenchMode, Map<String, Tally>> tallies = new EnumMap<>(BenchMode.class);
        for (BenchMode mode : modes) {
            Map<String, Tally> byCategory = tallies.computeIfAbsent(mode, (key) -> new LinkedHashMap<>());
            Tally overall = new Tally();
            Tally notLooping = new Tally();
            for (TurnRuns runs : all) {
                OptionalInt difference = runs.firstDifference(mode);
                difference.ifPresent((position) -> flips.add(flip(runs, mode, position)));
                Observation counted = runs.median(mode);
                for (Tally tally : List.of(overall,
                        byCategory.computeIfAbsent(runs.conversation.category(), (key) -> new Tally()))) {
                    tally.add(counted, difference.isEmpty());
                }
                if (!runs.loop()) {
                    notLooping.add(counted, difference.isEmpty());
                }
            }
            byCategory.put(BenchRow.ALL, overall);
            if (all.stream().anyMatch(TurnRuns::loop)) {
                byCategory.put(BenchRow.NOT_LOOPING, notLooping);
            }
        }
        List<BenchRow> rows = new ArrayList<>();
        Map<String, Tally> baselines = tallies.getOrDefault(BenchMode.AUTOREGRESSIVE, Map.of());
        tallies.forEach((mode, byCategory) -> byCategory.forEach((category, tally) -> {
            rows.add(tally.row(mode.id(), category, baselines.getOrDefault(category, tally), mode.isGated()));
        }));
        return new BenchOutcome(rows, flips, depths(all, modes), predictions(all), spreads(all, modes));
    }

    private static List<BenchOutcome.Spread> spreads(List<TurnRuns> all, List<BenchMode> modes) {
        List<BenchOutcome.Spread> spreads = new ArrayList<>();
        for (BenchMode mode : modes) {
            if (mode == BenchMode.AUTOREGRESSIVE) {
                continue; // as fast as itself
            }
            Map<String, List<Double>> speedups = new LinkedHashMap<>();
            for (TurnRuns runs : all) {
                double seconds = runs.median(mode).decodeSeconds();
                if (seconds > 0) { // an answer of one token has no step
                    double speedup = runs.median(BenchMode.AUTOREGRESSIVE).decodeSeconds() / seconds;
                    for (String category : List.of(runs.conversation.category(), BenchRow.ALL)) {
                        speedups.computeIfAbsent(category, (key) -> new ArrayList<>()).add(speedup);
                    }
                }
            }
            speedups.forEach((category, values) -> {
                double[] each = values.stream().mapToDouble(Double::doubleValue).toArray();
                spreads.add(new BenchOutcome.Spread(mode.id(), category, Statistics.quantile(each, 0.25),
                        Statistics.quantile(each, 0.75)));
            });
        }
        return spreads;
    }

    private BenchOutcome.Flip flip(TurnRuns runs, BenchMode mode, int position) {
        GenerationRequest request = this.options.request(BenchMode.AUTOREGRESSIVE, runs.prompt,
                this.options.maxTokens());
        OptionalDouble margin = this.subjects.apply(BenchMode.AUTOREGRESSIVE)
            .margin(request, runs.first(BenchMode.AUTOREGRESSIVE).result().tokens(), position);
        return new BenchOutcome.Flip(mode.id(), runs.conversation.category(), runs.conversation.id(), runs.turn + 1,
                position, margin);
    }

    private static List<BenchOutcome.DepthCount> depths(List<TurnRuns> all, List<BenchMode> modes) {
        List<BenchOutcome.DepthCount> counts = new ArrayList<>();
        for (BenchMode mode : modes) {
            long[] drafted = new long[64];
            long[] accepted = new long[64];
            int deepest = 0;
            for (TurnRuns runs : all) {
                for (DecodeStep step : runs.median(mode).steps()) {
                    for (int depth = 1; depth <= Math.min(step.draftDepth(), drafted.length - 1); depth++) {
                        drafted[depth]++;
                        accepted[depth] += (step.acceptedDraftTokens() >= depth) ? 1 : 0;
                        deepest = Math.max(deepest, depth);
                    }
                }
            }
            for (int depth = 1; depth <= deepest; depth++) {
                counts.add(new BenchOutcome.DepthCount(mode.id(), depth, drafted[depth], accepted[depth]));
            }
        }
        return counts;
    }

    /**
     * Sorts the adaptive gate's draft steps by expectation and cuts them into equal
     * parts.
     */
    private List<BenchOutcome.PredictionBin> predictions(List<TurnRuns> all) {
        if (!this.options.modes().contains(BenchMode.CERBERUS)) {
            return List.of();
        }
        List<DecodeStep> steps = all.stream()
            .flatMap((runs) -> runs.median(BenchMode.CERBERUS).steps().stream())
            .filter(DecodeStep::drafted)
            .sorted(Comparator.comparingDouble(DecodeStep::expectation))
            .toList();
        List<BenchOutcome.PredictionBin> bins = new ArrayList<>();
        for (int i = 0; i < PREDICTION_BINS; i++) {
            List<DecodeStep> part = steps.subList(i * steps.size() / PREDICTION_BINS,
                    (i + 1) * steps.size() / PREDICTION_BINS);
            if (!part.isEmpty()) {
                bins.add(new BenchOutcome.PredictionBin(part.size(),
                        part.stream().mapToDouble(DecodeStep::expectation).average().orElse(0),
                        part.stream().mapToInt(DecodeStep::acceptedDraftTokens).average().orElse(0)));
            }
        }
        return bins;
    }

    /**
     * All answers to one turn.
     */
    private static final class TurnRuns {

        private final Conversation conversation;

        private final int turn;

        private final Prompt prompt;

        private final Map<BenchMode, List<Observation>> runs = new EnumMap<>(BenchMode.class);

        TurnRuns(Conversation conversation, int turn, Prompt prompt) {
            this.conversation = conversation;
            this.turn = turn;
            this.prompt = prompt;
        }

        void add(BenchMode mode, Observation observation) {
            this.runs.computeIfAbsent(mode, (key) -> new ArrayList<>()).add(observation);
        }

        private List<Observation> of(BenchMode mode) {
            List<Observation> observations = this.runs.get(mode);
            if (observations == null) {
                throw new IllegalStateException("mode " + mode.id() + " was not measured");
            }
            return observations;
        }

        Observation first(BenchMode mode) {
            return of(mode).get(0);
        }

        /**
         * Returns the repetition of median time, the faster one of two, so that time and
         * counts belong together.
         */
        Observation median(BenchMode mode) {
            List<Observation> sorted = of(mode).stream()
                .sorted(Comparator.comparingDouble(Observation::decodeSeconds))
                .toList();
            return sorted.get((sorted.size() - 1) / 2);
        }

        /** Returns whether the autoregressive answer ends in a loop. */
        boolean loop() {
            int[] tokens = first(BenchMode.AUTOREGRESSIVE).result().tokens();
            return Loops.endIn(tokens, 0, tokens.length);
        }

        /**
         * Returns the first position at which some repetition differs, if there is one.
         */
        OptionalInt firstDifference(BenchMode mode) {
            int[] expected = first(BenchMode.AUTOREGRESSIVE).result().tokens();
            return of(mode).stream()
                .mapToInt((observation) -> Arrays.mismatch(expected, observation.result().tokens()))
                .filter((position) -> position >= 0)
                .min();
        }

    }

}
