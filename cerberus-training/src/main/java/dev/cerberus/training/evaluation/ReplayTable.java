package dev.cerberus.training.evaluation;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.cerberus.engine.GateOptions;
import dev.cerberus.tree.TreeShape;

/**
 * What a recording says about gates and trees, as tables and as JSON.
 */
public final class ReplayTable {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private static final List<BenchMode> MODES = List.of(BenchMode.AUTOREGRESSIVE, BenchMode.CERBERUS_ALWAYS,
            BenchMode.CERBERUS_THRESHOLD, BenchMode.CERBERUS);

    private ReplayTable() {
    }

    /**
     * Returns the tables: the modes, the six signals, the sweep of the threshold and of
     * the tree size.
     * @param replay the recording
     * @param shape a static tree shape; empty for the best tree of every step
     * @param maxNodes the most draft nodes of a step
     * @param gate signal and threshold of mode {@code cerberus-threshold}
     * @return Markdown
     */
    public static String of(Replay replay, Optional<TreeShape> shape, int maxNodes, GateOptions gate) {
        StringBuilder text = new StringBuilder("Accepts are exact; times follow the recorded cost curve.\n\n");
        ResultTable modes = new ResultTable(1, resultHeader("mode"));
        modes(replay, shape, maxNodes, gate)
            .forEach((mode, result) -> modes.row(resultRow(mode.id(), result, skipShare(mode, result))));
        text.append(modes).append('\n');
        Sweep sweep = new Sweep(replay);
        List<SignalAnalysis> signals = SignalAnalysis.of(replay, shape, maxNodes);
        text.append(signals(sweep, signals, shape, maxNodes)).append('\n');
        signals.stream()
            .filter((signal) -> signal.signal() == gate.signal())
            .forEach((signal) -> text
                .append(sweepTable(signal.signal().id() + " threshold", 3, sweep.thresholds(signal, shape, maxNodes)))
                .append('\n'));
        text.append(sweepTable("dynamic tree, nodes", 0, sweep.dynamicSizes())).append('\n');
        text.append(sweepTable("static tree, nodes", 0, sweep.staticSizes()));
        return text.toString();
    }

    private static Map<BenchMode, ReplayResult> modes(Replay replay, Optional<TreeShape> shape, int maxNodes,
            GateOptions gate) {
        Map<BenchMode, ReplayResult> results = new EnumMap<>(BenchMode.class);
        Sweep sweep = new Sweep(replay);
        MODES.forEach((mode) -> results.put(mode, sweep.gate(mode.gate(), shape, maxNodes, gate)));
        return results;
    }

    static List<String> resultHeader(String first) {
        return List.of(first, "tokens/s", "speedup", "tokens/step", "zero-accept", "skipped");
    }

    static List<String> resultRow(String first, ReplayResult result) {
        return resultRow(first, result, result.skipShare());
    }

    private static List<String> resultRow(String first, ReplayResult result, double skipShare) {
        return List.of(first, BenchTable.decimal(result.tokensPerSecond(), 1), BenchTable.decimal(result.speedup(), 2),
                BenchTable.decimal(result.acceptanceLength(), 2), BenchTable.percent(result.zeroAcceptShare()),
                BenchTable.percent(skipShare));
    }

    static String sweepTable(String setting, int digits, List<Sweep.Point> points) {
        ResultTable table = new ResultTable(0, resultHeader(setting));
        points.forEach((point) -> table.row(resultRow(BenchTable.decimal(point.setting(), digits), point.result())));
        return table.toString();
    }

    static ResultTable signals(Sweep sweep, List<SignalAnalysis> signals, Optional<TreeShape> shape, int maxNodes) {
        ResultTable table = new ResultTable(1, List.of("signal", "Spearman", "AUC", "best threshold", "speedup there"));
        for (SignalAnalysis signal : signals) {
            Optional<Sweep.Point> best = Sweep.best(sweep.thresholds(signal, shape, maxNodes));
            table.row(List.of(signal.signal().id(), BenchTable.decimal(signal.spearman(), 2),
                    BenchTable.decimal(signal.areaUnderCurve(), 2),
                    best.map((point) -> BenchTable.decimal(point.setting(), 3)).orElse("-"),
                    best.map((point) -> BenchTable.decimal(point.result().speedup(), 2)).orElse("-")));
        }
        return table;
    }

    /**
     * Writes the same as JSON; {@code results} has the fields of a benchmark's results.
     * @param file the file; an old one is replaced once the new one is complete
     * @param replay the recording
     * @param shape a static tree shape; empty for the best tree of every step
     * @param maxNodes the most draft nodes of a step
     * @param gate signal and threshold of mode {@code cerberus-threshold}
     * @throws EvaluationException if the file can not be written
     */
    public static void write(Path file, Replay replay, Optional<TreeShape> shape, int maxNodes, GateOptions gate) {
        Recording recording = replay.recording();
        ObjectNode root = MAPPER.createObjectNode()
            .put("replayed", true)
            .put("model", recording.model())
            .put("device", recording.device())
            .put("precision", recording.precision());
        ArrayNode results = root.putArray("results");
        modes(replay, shape, maxNodes, gate)
            .forEach((mode, result) -> results.add(MAPPER.valueToTree(row(mode, recording, result))));
        Sweep sweep = new Sweep(replay);
        List<SignalAnalysis> signals = SignalAnalysis.of(replay, shape, maxNodes);
        ArrayNode signalNodes = root.putArray("signals");
        for (SignalAnalysis signal : signals) {
            ObjectNode node = signalNodes.addObject()
                .put("signal", signal.signal().id())
                .put("spearman", signal.spearman())
                .put("auc", signal.areaUnderCurve());
            node.set("thresholds", points(sweep.thresholds(signal, shape, maxNodes)));
        }
        root.set("dynamicTrees", points(sweep.dynamicSizes()));
        root.set("staticTrees", points(sweep.staticSizes()));
        try {
            ResultFiles.write(file, MAPPER.writeValueAsString(root) + "\n");
        }
        catch (JsonProcessingException ex) {
            throw new EvaluationException("The result can not be written as JSON: " + ex.getMessage(), ex);
        }
    }

    /** As in a benchmark, nothing is skipped where there is no gate. */
    private static double skipShare(BenchMode mode, ReplayResult result) {
        return mode.isGated() ? result.skipShare() : 0;
    }

    private static BenchRow row(BenchMode mode, Recording recording, ReplayResult result) {
        return new BenchRow(mode.id(), BenchRow.ALL, recording.answers().size(), result.tokens(), result.seconds(),
                result.tokensPerSecond(), result.speedup(), result.acceptanceLength(), result.zeroAcceptShare(),
                skipShare(mode, result), 1, 0, result.steps(), result.draftSteps(), result.zeroAcceptSteps(),
                result.draftedTokens(), result.acceptedDraftTokens(),
                new SourceShares((result.acceptedDraftTokens() > 0) ? 1 : 0, 0, 0));
    }

    private static ArrayNode points(List<Sweep.Point> points) {
        ArrayNode nodes = MAPPER.createArrayNode();
        for (Sweep.Point point : points) {
            nodes.addObject()
                .put("setting", point.setting())
                .put("speedup", point.result().speedup())
                .put("acceptanceLength", point.result().acceptanceLength())
                .put("zeroAcceptShare", point.result().zeroAcceptShare())
                .put("skipShare", point.result().skipShare());
        }
        return nodes;
    }

}
