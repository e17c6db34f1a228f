package dev.cerberus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import dev.cerberus.engine.Calibration;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.ModelException;
import dev.cerberus.training.evaluation.BenchMode;
import dev.cerberus.training.evaluation.BenchOptions;
import dev.cerberus.training.evaluation.Calibrator;
import dev.cerberus.training.evaluation.Conversation;
import dev.cerberus.training.evaluation.EngineSubject;
import dev.cerberus.training.evaluation.PromptFile;
import dev.cerberus.training.evaluation.Recorder;
import dev.cerberus.training.evaluation.Recording;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that measures a model, its heads and this machine.
 */
@Command(name = "calibrate", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures on a prompt file what the heads are worth, and on this machine what steps cost.",
        footerHeading = "%nExamples:%n",
        footer = { "  cerberus calibrate --model DIR --prompts prompts.jsonl --out DIR/cerberus-calibration.json" })
final class CalibrateCommand implements Callable<Integer> {

    /** Costs are measured up to this tree size at least. */
    private static final int MEASURED_NODES = 64;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--prompts", paramLabel = "FILE", required = true, order = -11,
            description = "Prompts as JSON lines: {\"prompt\",\"category\"}, or with turns as in MT-Bench")
    private Path prompts = Path.of("");

    @Option(names = "--out", paramLabel = "FILE", required = true, order = -10,
            description = "Takes the calibration; beside the model as cerberus-calibration.json it is found by itself")
    private Path out = Path.of("");

    @Option(names = "--raw", description = "Send prompts as they are, without chat template")
    private boolean raw;

    @Mixin
    private AnswerOptions answers = new AnswerOptions();

    @Override
    public Integer call() {
        this.answers.check();
        Destination.requireFile(this.spec, "--out", this.out);
        List<Conversation> conversations = PromptFile.read(this.prompts);
        int nodes = this.answers.maxNodes(this.model::draftNodes);
        try (CerberusEngine engine = this.model.open(this.model.engine().maxNodes(Math.max(MEASURED_NODES, nodes)))) {
            EngineDescription description = engine.description();
            Chats.require(description, this.raw);
            HeadsDescription heads = description.heads()
                .orElseThrow(() -> new ModelException("Calibration needs draft heads, and there is no file "
                        + this.model.headsName() + "; give --heads FILE"));
            BenchOptions options = new BenchOptions(EnumSet.of(BenchMode.AUTOREGRESSIVE), this.raw,
                    this.answers.maxTokens(), this.answers.minTokens(), 1, 0, this.answers.sampling(),
                    this.answers.drafting(), Map.of(), nodes, GateOptions.DEFAULT.withMode(GateMode.NEVER));
            Recording recording = new Recorder(new EngineSubject(engine), options, engine.costs(),
                    new ProgressLine("calibrate", this.spec.commandLine().getErr()))
                .record(conversations);
            Calibration calibration = new Calibrator(recording, nodes).calibrate(targetSha256(), heads.condition(),
                    String.valueOf(this.prompts.getFileName()),
                    Calibration.Machine.current(description.device(), description.precision(), this.model.threads()));
            calibration.write(this.out);
            PrintWriter output = this.spec.commandLine().getOut();
            output.print(Calibrator.table(calibration));
            output.println();
            output.println(Verdicts.ofCalibration(calibration, this.out));
            output.flush();
        }
        return 0;
    }

    private String targetSha256() {
        try (Checkpoint checkpoint = ModelDirectory.open(this.model.location()).openCheckpoint()) {
            return checkpoint.sha256();
        }
    }

}
