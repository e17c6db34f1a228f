package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.tree.TreeShape;

/**
 * Series of replays that differ in one setting. Used by one thread.
 */
final class Sweep {

    private static final int THRESHOLDS = 20;

    private static final int[] SIZES = { 1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 48, 64 };

    private final Replay replay;

    /**
     * One replay of a series.
     *
     * @param setting value of the setting that varies
     * @param result what it gives
     */
    record Point(double setting, ReplayResult result) {
    }

    Sweep(Replay replay) {
        this.replay = replay;
    }

    /** Returns what one gate gives. */
    ReplayResult gate(GateMode mode, Optional<TreeShape> shape, int maxNodes, GateOptions gate) {
        return this.replay.run(new ReplayPlan(gate.withMode(mode), shape, maxNodes, false));
    }

    /** Returns what mode threshold gives at thresholds over the signal's whole range. */
    List<Point> thresholds(SignalAnalysis analysis, Optional<TreeShape> shape, int maxNodes) {
        GateSignal signal = analysis.signal();
        List<Point> points = new ArrayList<>();
        for (double threshold : analysis.quantiles(THRESHOLDS)) {
            GateOptions gate = new GateOptions(GateMode.THRESHOLD, signal, Math.max(0, threshold));
            points.add(new Point(threshold, this.replay.run(new ReplayPlan(gate, shape, maxNodes, false))));
        }
        return points;
    }

    /** Returns what dynamic trees of fixed sizes give when every step drafts. */
    List<Point> dynamicSizes() {
        GateOptions always = GateOptions.DEFAULT.withMode(GateMode.ALWAYS);
        return sizes()
            .mapToObj(
                    (nodes) -> new Point(nodes, this.replay.run(new ReplayPlan(always, Optional.empty(), nodes, true))))
            .toList();
    }

    /** Returns what the best static trees of fixed sizes give when every step drafts. */
    List<Point> staticSizes() {
        GateOptions always = GateOptions.DEFAULT.withMode(GateMode.ALWAYS);
        List<List<Integer>> paths = new PathCounts(this.replay.recording()).best(this.replay.recording().maxNodes());
        return sizes().filter((nodes) -> nodes <= paths.size())
            .mapToObj((nodes) -> new Point(nodes,
                    this.replay.run(new ReplayPlan(always, Optional.of(PathCounts.shape(paths.subList(0, nodes))),
                            nodes, true))))
            .toList();
    }

    private IntStream sizes() {
        return IntStream.of(SIZES).filter((nodes) -> nodes <= this.replay.recording().maxNodes());
    }

    /** Returns the point of the highest speedup. */
    static Optional<Point> best(List<Point> points) {
        return points.stream().max((a, b) -> Double.compare(a.result().speedup(), b.result().speedup()));
    }

}
