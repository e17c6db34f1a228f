package dev.cerberus.training.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import dev.cerberus.engine.EngineDescription;
import dev.cerberus.gate.GateMode;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.TreeShape;

/**
 * A benchmark's result as a Markdown document with plots.
 */
public final class BenchReport {

    private static final String FILE_NAME = "report.md";

    private BenchReport() {
    }

    /**
     * Writes a report.
     * @param directory takes {@code report.md} and the plots; made if it is not there
     * @param model what was measured
     * @param threads threads of one native operator
     * @param prompts name of the prompt file
     * @param options what was measured how
     * @param outcome the result
     * @param recording what the heads proposed on the same prompts, if it was recorded
     * @throws EvaluationException if a file can not be written
     */
    public static void write(Path directory, EngineDescription model, int threads, String prompts, BenchOptions options,
            BenchOutcome outcome, Optional<Recording> recording) {
        try {
            Files.createDirectories(directory);
        }
        catch (IOException ex) {
            throw new EvaluationException("The directory " + directory + " can not be made: " + ex.getMessage(), ex);
        }
        System.setProperty("java.awt.headless", "true");
        BenchCharts charts = new BenchCharts(directory);
        StringBuilder text = new StringBuilder("# Decoding of " + model.modelName() + "\n\n");
        setting(text, model, threads, prompts, options);
        text.append("## Modes by category\n\n").append(BenchTable.of(outcome.rows())).append('\n');
        text.append(charts.speedups(outcome));
        differences(text, outcome);
        text.append("## Acceptance\n\n").append(charts.acceptanceByDepth(outcome));
        zeroAccepts(text, outcome);
        text.append(charts.predictions(outcome.predictions()));
        recording.ifPresent((recorded) -> replayed(text, charts, options, new Replay(recorded)));
        definitions(text);
        ResultFiles.write(directory.resolve(FILE_NAME), text.toString());
    }

    private static void setting(StringBuilder text, EngineDescription model, int threads, String prompts,
            BenchOptions options) {
        MarkdownTable table = new MarkdownTable(2, List.of("setting", "value"));
        table.row(List.of("prompts", prompts + (options.raw() ? ", raw" : "")));
        table.row(List.of("device, precision, threads", model.device() + ", " + model.precision() + ", " + threads));
        table.row(List.of("heads", model.heads().map(BenchReport::heads).orElse("none")));
        table.row(List.of("tokens per answer", options.minTokens() + " to " + options.maxTokens()));
        table.row(List.of("sampling", sampling(options)));
        for (BenchMode.HeadsRole role : BenchMode.HeadsRole.values()) {
            TreeShape shape = options.shapes().get(role);
            if (options.modes().stream().anyMatch((mode) -> mode.heads() == role)) {
                table.row(List.of("tree of " + role.id(),
                        (shape == null) ? "auto, up to " + options.maxNodes() + " nodes" : shape.toString()));
            }
        }
        table.row(List.of("threshold of cerberus-threshold",
                options.gate().signal().id() + " " + options.gate().threshold()));
        table.row(List.of("repetitions", Integer.toString(options.repeat())));
        Versions.all().forEach((name, version) -> table.row(List.of(name, version)));
        text.append(table).append('\n');
    }

    private static String sampling(BenchOptions options) {
        SamplingOptions sampling = options.sampling();
        String choice = sampling.greedy() ? "greedy"
                : "temperature " + sampling.temperature() + ", top-k " + sampling.topK() + ", top-p " + sampling.topP()
                        + ", min-p " + sampling.minP() + ", seed " + sampling.seed()
                        + (options.drafting().coupled() ? ", coupled drafting" : ", uncoupled drafting");
        return choice
                + (sampling.penalised()
                        ? ", repetition penalty " + sampling.repetitionPenalty() + ", frequency penalty "
                                + sampling.frequencyPenalty() + ", presence penalty " + sampling.presencePenalty()
                        : "");
    }

    private static String heads(HeadsDescription heads) {
        return String.format(Locale.ROOT, "%d %s heads, %d layers, condition %s%s, draft vocabulary %d%s",
                heads.heads(), heads.kind().id(), heads.layers(), heads.condition(), heads.linked() ? ", linked" : "",
                heads.draftVocabulary(),
                (heads.transitionRank() > 0) ? ", transitions of rank " + heads.transitionRank() : "");
    }

    private static void differences(StringBuilder text, BenchOutcome outcome) {
        text.append("## Differences from autoregressive decoding\n\n");
        if (outcome.flips().isEmpty()) {
            text.append("None: every mode gave the same tokens on every prompt.\n\n");
            return;
        }
        text.append("First differing token of each answer. The margin is the difference of the target's two largest "
                + "logits there: a near-tie that rounding decides.\n\n");
        MarkdownTable table = new MarkdownTable(3, List.of("mode", "category", "prompt", "turn", "position", "margin"));
        for (BenchOutcome.Flip flip : outcome.flips()) {
            table.row(List.of(flip.mode(), flip.category(), flip.prompt(), Integer.toString(flip.turn()),
                    Integer.toString(flip.position()), margin(flip.margin())));
        }
        text.append(table).append('\n');
    }

    private static String margin(OptionalDouble margin) {
        return margin.isPresent() ? BenchTable.decimal(margin.getAsDouble(), 5) : "-";
    }

    private static void zeroAccepts(StringBuilder text, BenchOutcome outcome) {
        MarkdownTable table = new MarkdownTable(1,
                List.of("mode", "draft steps", "without accept", "share", "steps skipped"));
        for (String mode : outcome.modes()) {
            BenchRow row = outcome.row(BenchMode.ofId(mode), BenchRow.ALL);
            if (row.draftSteps() > 0) {
                table.row(List.of(mode, Long.toString(row.draftSteps()), Long.toString(row.zeroAcceptSteps()),
                        BenchTable.percent(row.zeroAcceptShare()), BenchTable.percent(row.skipShare())));
            }
        }
        text.append(table)
            .append("\nThe Cerberus paper (arXiv 2410.13344) reports 18.38 % of parallel steps without accept on "
                    + "MT-Bench, with another model.\n\n");
    }

    private static void replayed(StringBuilder text, BenchCharts charts, BenchOptions options, Replay replay) {
        Optional<TreeShape> shape = Optional.ofNullable(options.shapes().get(BenchMode.HeadsRole.CERBERUS));
        int maxNodes = Math.min(options.maxNodes(), replay.recording().maxNodes());
        Sweep sweep = new Sweep(replay);
        List<SignalAnalysis> signals = SignalAnalysis.of(replay, shape, maxNodes);
        Map<String, List<Sweep.Point>> thresholds = new LinkedHashMap<>();
        signals.forEach((signal) -> thresholds.put(signal.signal().id(), sweep.thresholds(signal, shape, maxNodes)));
        ReplayResult always = sweep.gate(GateMode.ALWAYS, shape, maxNodes, options.gate());
        ReplayResult adaptive = sweep.gate(GateMode.ADAPTIVE, shape, maxNodes, options.gate());
        List<Sweep.Point> dynamic = sweep.dynamicSizes();
        List<Sweep.Point> fixed = sweep.staticSizes();
        text.append("## Gate signals\n\nAt every position of the autoregressive answers, whatever a gate would have "
                + "done; AUC: does the signal tell positions where something is accepted from those where nothing "
                + "is.\n\n")
            .append(ReplayTable.signals(sweep, signals, shape, maxNodes))
            .append('\n')
            .append(charts.signals(signals))
            .append("## What other gates and trees would have given\n\nReplayed: accepts exactly, times by the cost "
                    + "curve measured on this machine.\n\n");
        MarkdownTable modes = new MarkdownTable(1, ReplayTable.resultHeader("mode"));
        modes.row(ReplayTable.resultRow("always", always)).row(ReplayTable.resultRow("adaptive", adaptive));
        Sweep.best(dynamic)
            .ifPresent((point) -> modes.row(ReplayTable.resultRow(
                    "best fixed dynamic tree, " + BenchTable.decimal(point.setting(), 0) + " nodes", point.result())));
        Sweep.best(fixed)
            .ifPresent((point) -> modes.row(ReplayTable
                .resultRow("best static tree, " + BenchTable.decimal(point.setting(), 0) + " nodes", point.result())));
        thresholds.forEach(
                (signal, points) -> Sweep.best(points)
                    .ifPresent((point) -> modes.row(ReplayTable.resultRow(
                            "best threshold, " + signal + " " + BenchTable.decimal(point.setting(), 3),
                            point.result()))));
        text.append(modes)
            .append('\n')
            .append(charts.thresholds(thresholds, always.speedup(), adaptive.speedup()))
            .append(charts.treeSizes(dynamic, fixed, adaptive.tokensPerSecond()));
        costs(text, replay.recording());
    }

    private static void costs(StringBuilder text, Recording recording) {
        text.append("### Cost curve\n\n");
        MarkdownTable table = new MarkdownTable(0, List.of("draft nodes", "milliseconds", "plain steps"));
        double[] seconds = recording.stepSeconds();
        for (int nodes = 0; nodes < seconds.length; nodes = (nodes == 0) ? 1 : 2 * nodes) {
            table.row(List.of(Integer.toString(nodes), BenchTable.decimal(1000 * seconds[nodes], 3),
                    BenchTable.decimal(seconds[nodes] / seconds[0], 2)));
        }
        text.append(table)
            .append("\nRunning the heads once: ")
            .append(BenchTable.decimal(1000 * recording.headsSeconds(), 3))
            .append(" ms, ")
            .append(BenchTable.decimal(recording.headsSeconds() / seconds[0], 2))
            .append(" plain steps.\n\n");
    }

    private static void definitions(StringBuilder text) {
        text.append("""
                ## Definitions

                - tokens/step: acceptance length, accepted draft tokens per step plus 1, mean over all steps
                - zero-accept: draft steps that kept no draft token, by draft steps
                - skipped: steps without draft, by steps; 0 for modes without gate
                - speedup: autoregressive decode time by the mode's, on the same prompts and in the same run
                - identical: share of the prompts whose tokens equal the autoregressive ones
                """);
    }

}
