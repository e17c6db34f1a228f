package dev.cerberus.training.evaluation;

import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
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
 * A benchmark's result as a document with plots, in Markdown and in HTML.
 */
public final class BenchReport {

    private BenchReport() {
    }

    /**
     * Writes a report.
     * @param directory takes {@code report.md} with its plots as SVG files, and
     * {@code report.html}, which holds them; made if it is not there
     * @param origin where and how it was measured
     * @param model what was measured
     * @param threads threads of one native operator
     * @param prompts name of the prompt file
     * @param options what was measured how
     * @param outcome the result
     * @param recording what the heads proposed on the same prompts, if it was recorded
     * @throws EvaluationException if a file can not be written
     */
    public static void write(Path directory, ReportOrigin origin, EngineDescription model, int threads, String prompts,
            BenchOptions options, BenchOutcome outcome, Optional<Recording> recording) {
        ReportDocument document = new ReportDocument(directory, "Decoding of " + model.modelName());
        setting(document, origin, model, threads, prompts, options);
        document.heading(2, "Modes by category");
        document.table(BenchTable.table(outcome.rows()));
        document.plot(BenchCharts.speedups(outcome));
        differences(document, outcome);
        document.heading(2, "Acceptance");
        BenchCharts.acceptanceByDepth(outcome).ifPresent(document::plot);
        zeroAccepts(document, outcome);
        BenchCharts.predictions(outcome.predictions()).ifPresent(document::plot);
        recording.ifPresent((recorded) -> replayed(document, options, new Replay(recorded)));
        definitions(document);
        document.write();
    }

    private static void setting(ReportDocument document, ReportOrigin origin, EngineDescription model, int threads,
            String prompts, BenchOptions options) {
        document.paragraph("Measured on " + origin.machine() + ", "
                + DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(origin.date().truncatedTo(ChronoUnit.SECONDS))
                + ", by");
        document.code(origin.command());
        ResultTable table = new ResultTable(2, List.of("setting", "value"));
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
        document.table(table);
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

    private static void differences(ReportDocument document, BenchOutcome outcome) {
        document.heading(2, "Differences from autoregressive decoding");
        if (outcome.flips().isEmpty()) {
            document.paragraph("None: every mode gave the same tokens on every prompt.");
            return;
        }
        document.paragraph("First differing token of each answer. The margin is the difference of the target's two "
                + "largest logits there: a near-tie that rounding decides.");
        ResultTable table = new ResultTable(3, List.of("mode", "category", "prompt", "turn", "position", "margin"));
        for (BenchOutcome.Flip flip : outcome.flips()) {
            table.row(List.of(flip.mode(), flip.category(), flip.prompt(), Integer.toString(flip.turn()),
                    Integer.toString(flip.position()), margin(flip.margin())));
        }
        document.table(table);
    }

    private static String margin(OptionalDouble margin) {
        return margin.isPresent() ? BenchTable.decimal(margin.getAsDouble(), 5) : "-";
    }

    private static void zeroAccepts(ReportDocument document, BenchOutcome outcome) {
        ResultTable table = new ResultTable(1,
                List.of("mode", "draft steps", "without accept", "share", "steps skipped"));
        for (String mode : outcome.modes()) {
            BenchRow row = outcome.row(BenchMode.ofId(mode), BenchRow.ALL);
            if (row.draftSteps() > 0) {
                table.row(List.of(mode, Long.toString(row.draftSteps()), Long.toString(row.zeroAcceptSteps()),
                        BenchTable.percent(row.zeroAcceptShare()), BenchTable.percent(row.skipShare())));
            }
        }
        document.table(table);
        document.paragraph("The Cerberus paper (arXiv 2410.13344) reports 18.38 % of parallel steps without accept on "
                + "MT-Bench, with another model.");
    }

    private static void replayed(ReportDocument document, BenchOptions options, Replay replay) {
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
        document.heading(2, "Gate signals");
        document
            .paragraph("At every position of the autoregressive answers, whatever a gate would have done; AUC: does "
                    + "the signal tell positions where something is accepted from those where nothing is.");
        document.table(ReplayTable.signals(sweep, signals, shape, maxNodes));
        ReplayCharts.signals(signals).ifPresent(document::plot);
        document.heading(2, "What other gates and trees would have given");
        document.paragraph("Replayed: accepts exactly, times by the cost curve measured on this machine.");
        ResultTable modes = new ResultTable(1, ReplayTable.resultHeader("mode"));
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
        document.table(modes);
        document.plot(ReplayCharts.thresholds(thresholds, always.speedup(), adaptive.speedup()));
        ReplayCharts.treeSizes(dynamic, fixed, adaptive.tokensPerSecond()).ifPresent(document::plot);
        costs(document, replay.recording());
    }

    private static void costs(ReportDocument document, Recording recording) {
        document.heading(3, "Cost curve");
        ResultTable table = new ResultTable(0, List.of("draft nodes", "milliseconds", "plain steps"));
        double[] seconds = recording.stepSeconds();
        for (int nodes = 0; nodes < seconds.length; nodes = (nodes == 0) ? 1 : 2 * nodes) {
            table.row(List.of(Integer.toString(nodes), BenchTable.decimal(1000 * seconds[nodes], 3),
                    BenchTable.decimal(seconds[nodes] / seconds[0], 2)));
        }
        document.table(table);
        document.paragraph("Running the heads once: " + BenchTable.decimal(1000 * recording.headsSeconds(), 3) + " ms, "
                + BenchTable.decimal(recording.headsSeconds() / seconds[0], 2) + " plain steps.");
    }

    private static void definitions(ReportDocument document) {
        document.heading(2, "Definitions");
        document
            .list(List.of("tokens/step: acceptance length, accepted draft tokens per step plus 1, mean over all steps",
                    "zero-accept: draft steps that kept no draft token, by draft steps",
                    "skipped: steps without draft, by steps; 0 for modes without gate",
                    "speedup: autoregressive decode time by the mode's, on the same prompts and in the same run",
                    "not looping: the prompts whose autoregressive answer does not end in a loop, that is in 48 tokens "
                            + "which repeat a piece of at most 16",
                    "identical: share of the prompts whose tokens equal the autoregressive ones"));
    }

}
