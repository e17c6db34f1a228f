package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.cerberus.engine.Calibration;
import dev.cerberus.engine.Calibration.HeadAccuracy;
import dev.cerberus.engine.Calibration.ReliabilityBin;
import dev.cerberus.engine.Calibration.SignalFit;
import dev.cerberus.engine.Calibration.StaticTree;

/**
 * A maker of calibrations from recordings. Used by one thread.
 */
public final class Calibrator {

    private static final int[] TREE_SIZES = { 1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 48, 64 };

    private static final int REPORTED_RANKS = 8;

    private static final int BINS = 10;

    private final Recording recording;

    private final Replay replay;

    private final int maxNodes;

    /**
     * Creates a calibrator.
     * @param recording what the heads proposed, and what came of it
     * @param maxNodes the most draft nodes of the dynamic trees that signals are judged
     * by
     */
    public Calibrator(Recording recording, int maxNodes) {
        this.recording = recording;
        this.replay = new Replay(recording);
        this.maxNodes = Math.min(maxNodes, recording.maxNodes());
    }

    /**
     * Returns the calibration.
     * @param targetSha256 hash of the target's weights
     * @param condition what the heads see, {@code root} or {@code none}
     * @param prompts name of the prompt file
     * @param machine where the recording was made
     * @return the calibration
     * @throws EvaluationException if the answers are too short to have had a draft
     */
    public Calibration calibrate(String targetSha256, String condition, String prompts, Calibration.Machine machine) {
        List<SignalAnalysis> signals = SignalAnalysis.of(this.replay, Optional.empty(), this.maxNodes);
        int positions = signals.get(0).positions();
        if (positions == 0) {
            throw new EvaluationException("The answers to " + prompts
                    + " are too short: no position had room for a draft; raise --max-tokens or give other prompts");
        }
        Calibration.Source source = new Calibration.Source(this.recording.model(), targetSha256,
                this.recording.headsKind(), condition, this.recording.heads(), prompts, this.recording.answers().size(),
                positions, this.recording.temperature(), this.maxNodes);
        return new Calibration(Calibration.FORMAT, source, machine,
                new Calibration.Costs(this.recording.stepSeconds(), this.recording.headsSeconds()), trees(),
                signals.stream().map(this::fit).toList(), headAccuracies(), reliability());
    }

    private List<StaticTree> trees() {
        PathCounts counts = new PathCounts(this.recording);
        int most = Math.min(TREE_SIZES[TREE_SIZES.length - 1], this.recording.maxNodes());
        List<List<Integer>> paths = counts.best(most);
        List<StaticTree> trees = new ArrayList<>();
        for (int size : TREE_SIZES) {
            int nodes = Math.min(size, most); // no more than a step verifies here
            if (nodes <= paths.size() && (trees.isEmpty() || trees.get(trees.size() - 1).nodes() < nodes)) {
                List<List<Integer>> best = paths.subList(0, nodes);
                trees.add(new StaticTree(nodes, PathCounts.shape(best).toString(),
                        best.stream().mapToDouble(counts::share).sum()));
            }
        }
        return trees;
    }

    private SignalFit fit(SignalAnalysis signal) {
        Sweep.Point best = Sweep.best(new Sweep(this.replay).thresholds(signal, Optional.empty(), this.maxNodes))
            .orElseThrow(() -> new IllegalStateException("a signal with positions has thresholds"));
        return new SignalFit(signal.signal().id(), signal.spearman(), signal.areaUnderCurve(), best.setting(),
                best.result().speedup());
    }

    /**
     * Returns the first head's guess at every position where the head's true token is
     * known.
     */
    private List<Guess> guesses(int head) {
        return this.recording.answers()
            .stream()
            .flatMap((answer) -> answer.positions().stream())
            .filter((position) -> position.trueRanks().length > head)
            .map((position) -> new Guess(position.likeliest()[head], position.trueRanks()[head]))
            .toList();
    }

    /**
     * A head's guess at one position.
     *
     * @param probability probability of its first candidate
     * @param trueRank rank of the true token
     */
    private record Guess(double probability, int trueRank) {
    }

    private List<HeadAccuracy> headAccuracies() {
        return IntStream.range(0, this.recording.heads()).mapToObj((head) -> {
            List<Guess> guesses = guesses(head);
            double[] accuracy = new double[Math.min(REPORTED_RANKS, this.recording.ranks())];
            guesses.stream()
                .filter((guess) -> guess.trueRank() < accuracy.length)
                .forEach((guess) -> accuracy[guess.trueRank()] += 1.0 / guesses.size());
            return new HeadAccuracy(head + 1, guesses.size(), accuracy);
        }).toList();
    }

    /** Sorts every head's guesses by probability and cuts them into equal parts. */
    private List<ReliabilityBin> reliability() {
        List<ReliabilityBin> bins = new ArrayList<>();
        for (int head = 0; head < this.recording.heads(); head++) {
            List<Guess> sorted = guesses(head).stream().sorted(Comparator.comparingDouble(Guess::probability)).toList();
            int parts = Math.min(BINS, sorted.size());
            for (int part = 0; part < parts; part++) {
                List<Guess> bin = sorted.subList(part * sorted.size() / parts, (part + 1) * sorted.size() / parts);
                bins.add(new ReliabilityBin(head + 1, bin.size(),
                        bin.stream().mapToDouble(Guess::probability).average().orElse(0),
                        bin.stream().mapToInt((guess) -> (guess.trueRank() == 0) ? 1 : 0).average().orElse(0)));
            }
        }
        return bins;
    }

    /**
     * Returns a calibration's tables for people.
     * @param calibration the calibration
     * @return Markdown
     */
    public static String table(Calibration calibration) {
        ResultTable signals = new ResultTable(1, List.of("signal", "Spearman", "AUC", "threshold", "speedup there"));
        for (SignalFit fit : calibration.signals()) {
            signals.row(List.of(fit.signal(), BenchTable.decimal(fit.spearman(), 2), BenchTable.decimal(fit.auc(), 2),
                    BenchTable.decimal(fit.threshold(), 3), BenchTable.decimal(fit.speedup(), 2)));
        }
        ResultTable heads = new ResultTable(0, List.of("head", "positions", "rank 0", "rank 1", "rank 2", "rank 3"));
        for (HeadAccuracy head : calibration.heads()) {
            List<String> row = new ArrayList<>(
                    List.of(Integer.toString(head.head()), Integer.toString(head.positions())));
            double[] shown = Arrays.copyOf(head.accuracyByRank(), 4);
            Arrays.stream(shown).forEach((accuracy) -> row.add(BenchTable.decimal(accuracy, 3)));
            heads.row(row);
        }
        ResultTable trees = new ResultTable(0, List.of("nodes", "tokens per step", "plain steps"));
        double[] seconds = calibration.costs().stepSeconds();
        for (StaticTree tree : calibration.trees()) {
            trees.row(List.of(Integer.toString(tree.nodes()), BenchTable.decimal(1 + tree.acceptedDraftTokens(), 2),
                    (tree.nodes() < seconds.length) ? BenchTable.decimal(seconds[tree.nodes()] / seconds[0], 2) : "-"));
        }
        return signals + "\n" + heads + "\n" + trees;
    }

}
