package dev.cerberus.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.CostEstimate;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.ModelException;
import dev.cerberus.training.evaluation.Bench;
import dev.cerberus.training.evaluation.BenchJson;
import dev.cerberus.training.evaluation.BenchMode;
import dev.cerberus.training.evaluation.BenchMode.HeadsRole;
import dev.cerberus.training.evaluation.BenchOptions;
import dev.cerberus.training.evaluation.BenchOutcome;
import dev.cerberus.training.evaluation.BenchReport;
import dev.cerberus.training.evaluation.BenchTable;
import dev.cerberus.training.evaluation.Conversation;
import dev.cerberus.training.evaluation.EngineSubject;
import dev.cerberus.training.evaluation.PromptFile;
import dev.cerberus.training.evaluation.Recorder;
import dev.cerberus.training.evaluation.Recording;
import dev.cerberus.training.evaluation.RecordingFile;
import dev.cerberus.training.evaluation.Replay;
import dev.cerberus.training.evaluation.ReplayTable;
import dev.cerberus.training.evaluation.ReportOrigin;
import dev.cerberus.training.evaluation.Subject;
import dev.cerberus.tree.TreeShape;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Command that measures decoding modes against each other.
 */
/*
 * There is one engine per heads file, so the model is loaded once for each kind of heads
 * that is compared; all modes of one kind share an engine, and plain decoding uses
 * whichever is there.
 */
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures decoding modes against each other, prompt by prompt.", footerHeading = "%nExamples:%n",
        footer = { "  cerberus bench --prompts prompts.jsonl --max-tokens 256 --json bench.json --report report",
                "  cerberus bench --model DIR --prompts prompts.jsonl --modes autoregressive,cerberus --repeat 3" })
final class BenchCommand implements Callable<Integer> {

    /** Trees up to this size appear in recordings and reports. */
    private static final int REPORTED_NODES = 32;

    /** The most draft nodes whose costs an engine measures. */
    private static final int MOST_NODES = 256;

    /** What can be said of answers that were recorded. */
    private static final Set<String> OF_REPLAY = Set.of("--replay", "--tree", "--max-nodes", "--signal", "--threshold",
            "--json");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--medusa-heads", paramLabel = "FILE", description = "Heads of mode medusa")
    private @Nullable Path medusaHeads;

    @Option(names = "--hydra-heads", paramLabel = "FILE", description = "Heads of mode hydra")
    private @Nullable Path hydraHeads;

    @Option(names = "--raw", description = "Send prompts as they are, without chat template")
    private boolean raw;

    @Option(names = "--modes", paramLabel = "LIST", split = ",",
            description = "autoregressive, medusa, hydra, cerberus-always, cerberus-threshold, cerberus; default: all "
                    + "whose heads are given")
    private List<String> modes = List.of();

    @Option(names = "--repeat", paramLabel = "N", defaultValue = "1",
            description = "Measurements of every prompt, of which the median counts; default: ${DEFAULT-VALUE}")
    private int repeat;

    @Option(names = "--warm-up", paramLabel = "N", defaultValue = "16",
            description = "Prompts answered by every mode before anything counts; default: ${DEFAULT-VALUE}")
    private int warmUp;

    @Mixin
    private DecodingOptions decoding = new DecodingOptions();

    @Option(names = "--medusa-tree", paramLabel = "SHAPE", description = "Tree of mode medusa; default: as --tree")
    private @Nullable String medusaTree;

    @Option(names = "--hydra-tree", paramLabel = "SHAPE", description = "Tree of mode hydra; default: as --tree")
    private @Nullable String hydraTree;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    @Option(names = "--json", paramLabel = "FILE", description = "Takes the results")
    private @Nullable Path json;

    @Option(names = "--report", paramLabel = "DIR", description = "Takes a report with plots, in Markdown and in HTML")
    private @Nullable Path report;

    /**
     * What results are from: prompts that are answered, or answers that were recorded.
     */
    static final class Source {

        @ArgGroup(exclusive = false, multiplicity = "1")
        private @Nullable Measured measured;

        @Option(names = "--replay", paramLabel = "FILE",
                description = "Instead of measuring, tell from a recording what gates and trees would have given")
        private @Nullable Path replay;

    }

    /**
     * Prompts to answer.
     */
    static final class Measured {

        @Option(names = "--prompts", paramLabel = "FILE", required = true, order = -10,
                description = "Prompts as JSON lines: {\"prompt\",\"category\"}, or with turns as in MT-Bench")
        private Path prompts = Path.of("");

        @Option(names = "--record", paramLabel = "FILE",
                description = "Takes what the heads proposed at every position of the answers")
        private @Nullable Path record;

    }

    @Override
    public Integer call() {
        this.decoding.check();
        Destination.requireFile(this.spec, "--json", this.json);
        Destination.requireFile(this.spec, "--record", record());
        Destination.requireFolder(this.spec, "--report", this.report);
        if (this.source.replay != null && this.report != null) {
            throw new ParameterException(this.spec.commandLine(),
                    "--report tells of what was measured, and --replay measures nothing; leave --report out, or give "
                            + "--prompts instead of --replay");
        }
        if (this.source.replay != null) {
            requireOfReplay();
            return replay(this.source.replay);
        }
        Measured measured = Objects.requireNonNull(this.source.measured, "the parser requires one of both");
        BenchOptions options = this.decoding.usage(this::options);
        checkTree(HeadsRole.MEDUSA, this.medusaTree, options);
        checkTree(HeadsRole.HYDRA, this.hydraTree, options);
        // a report tells what the tree would have given, whatever is measured
        this.decoding.checkDrafts(this.report != null || !options.modes().equals(Set.of(BenchMode.AUTOREGRESSIVE)),
                "--modes autoregressive", "mode");
        this.decoding.checkBound(options.modes().contains(BenchMode.CERBERUS_THRESHOLD), "--modes cerberus-threshold");
        return measure(options, measured.prompts);
    }

    /** What would be passed over is refused, so that nobody thinks it counted. */
    private void requireOfReplay() {
        for (OptionSpec given : this.spec.commandLine().getParseResult().matchedOptions()) {
            if (!OF_REPLAY.contains(given.longestName())) {
                throw new ParameterException(this.spec.commandLine(),
                        given.longestName() + " is a matter of answers, and --replay takes those that were recorded; "
                                + "leave it out, or give --prompts instead of --replay");
            }
        }
    }

    /** Refuses the tree of a mode that is not measured. */
    private void checkTree(HeadsRole role, @Nullable String tree, BenchOptions options) {
        if (tree != null && options.modes().stream().noneMatch((mode) -> mode.heads() == role)) {
            throw new ParameterException(this.spec.commandLine(),
                    "--" + role.id() + "-tree is of mode " + role.id() + ", which is not among those measured: give --"
                            + role.id() + "-heads and the mode, or leave --" + role.id() + "-tree out");
        }
    }

    private @Nullable Path record() {
        return (this.source.measured != null) ? this.source.measured.record : null;
    }

    private BenchOptions options() {
        Map<HeadsRole, TreeShape> shapes = new EnumMap<>(HeadsRole.class);
        for (HeadsRole role : HeadsRole.values()) {
            String own = switch (role) {
                case CERBERUS -> null;
                case MEDUSA -> this.medusaTree;
                case HYDRA -> this.hydraTree;
            };
            ((own != null) ? DecodingOptions.shape(own) : this.decoding.shape())
                .ifPresent((shape) -> shapes.put(role, shape));
        }
        return new BenchOptions(modes(), this.raw, this.decoding.maxTokens(), this.decoding.minTokens(), this.repeat,
                this.warmUp, this.decoding.sampling(), this.decoding.drafting(), shapes, maxNodes(),
                this.decoding.gate(GateMode.THRESHOLD));
    }

    private Set<BenchMode> modes() {
        Set<BenchMode> chosen = new LinkedHashSet<>();
        if (this.modes.isEmpty()) {
            Arrays.stream(BenchMode.values())
                .filter((mode) -> mode.heads() == HeadsRole.CERBERUS || file(mode.heads()).isPresent())
                .forEach(chosen::add);
            return chosen;
        }
        for (String name : this.modes) {
            BenchMode mode = BenchMode.ofId(name.strip());
            if (mode.heads() != HeadsRole.CERBERUS && file(mode.heads()).isEmpty()) {
                String option = option(mode.heads());
                throw new IllegalArgumentException("Mode " + mode.id() + " needs " + option + " FILE (for "
                        + "cerberus-demo-model/fixture/cerberus-demo: ../baselines/" + mode.heads().id()
                        + "-heads.safetensors)");
            }
            chosen.add(mode);
        }
        return chosen;
    }

    private Optional<Path> file(HeadsRole role) {
        return switch (role) {
            case CERBERUS -> this.model.heads();
            case MEDUSA -> Optional.ofNullable(this.medusaHeads);
            case HYDRA -> Optional.ofNullable(this.hydraHeads);
        };
    }

    private static String option(HeadsRole role) {
        return (role == HeadsRole.CERBERUS) ? "--heads" : "--" + role.id() + "-heads";
    }

    private int measure(BenchOptions asked, Path promptFile) {
        List<Conversation> conversations = PromptFile.read(promptFile);
        BenchOptions options = asked;
        Map<HeadsRole, Subject> subjects = new EnumMap<>(HeadsRole.class);
        Deque<CerberusEngine> engines = new ArrayDeque<>();
        try {
            for (HeadsRole role : roles(options)) {
                CerberusEngine engine = open(role, options);
                engines.push(engine);
                check(engine.description(), role, options);
                if (role == HeadsRole.CERBERUS) {
                    options = options.withGate(gateInUse(engine, options.gate()));
                }
                subjects.put(role, new EngineSubject(engine));
            }
            Subject any = subjects.values().iterator().next();
            Subject main = subjects.getOrDefault(HeadsRole.CERBERUS, any);
            checkRecording(main);
            checkReport(main, options);
            BenchOutcome outcome = new Bench(options, (mode) -> subjects.getOrDefault(mode.heads(), any),
                    progress("bench"))
                .run(conversations);
            publish(options, promptFile, conversations, main, outcome);
        }
        finally {
            engines.forEach(CerberusEngine::close);
        }
        return 0;
    }

    /** Returns what mode threshold compares with there, so that results tell it. */
    private static GateOptions gateInUse(CerberusEngine engine, GateOptions asked) {
        GateOptions gate = asked;
        if (asked.signal().isOfHeads() && engine.description().heads().isEmpty()) {
            gate = new GateOptions(asked.mode(), GateSignal.TREE_EXPECTATION, OptionalDouble.empty(), asked.profile());
        }
        return gate.withThreshold(engine.threshold(gate));
    }

    private void publish(BenchOptions options, Path promptFile, List<Conversation> conversations, Subject main,
            BenchOutcome outcome) {
        CostEstimate costs = main.costs();
        PrintWriter out = this.spec.commandLine().getOut();
        out.print(BenchTable.of(outcome.rows()));
        out.println();
        out.println(Verdicts.ofBench(outcome.rows()));
        out.flush();
        String promptName = String.valueOf(promptFile.getFileName());
        if (this.json != null) {
            BenchJson.write(this.json, main.description(), this.model.threads(), promptName, options, costs, outcome);
        }
        Optional<Recording> recorded = Optional.empty();
        Path record = record();
        if (record != null || (this.report != null && isRecordable(main))) {
            recorded = Optional.of(new Recorder(main, options, costs, progress("record")).record(conversations));
        }
        if (record != null && recorded.isPresent()) {
            RecordingFile.write(record, recorded.get());
        }
        if (this.report != null) {
            BenchReport.write(this.report, origin(), main.description(), this.model.threads(), promptName, options,
                    outcome, recorded);
        }
    }

    private ReportOrigin origin() {
        String machine;
        try {
            machine = Machine.current().toString();
        }
        catch (IOException ex) {
            machine = "unknown (" + ex.getMessage() + ")"; // no reason to lose a result
        }
        return new ReportOrigin(machine, CommandWords.line(this.spec), ZonedDateTime.now(ZoneId.systemDefault()));
    }

    private ProgressLine progress(String name) {
        return new ProgressLine(name, this.spec.commandLine().getErr());
    }

    private static Set<HeadsRole> roles(BenchOptions options) {
        Set<HeadsRole> roles = new LinkedHashSet<>();
        options.modes()
            .stream()
            .filter((mode) -> mode != BenchMode.AUTOREGRESSIVE)
            .map(BenchMode::heads)
            .forEach(roles::add);
        return roles.isEmpty() ? Set.of(HeadsRole.CERBERUS) : roles;
    }

    private CerberusEngine open(HeadsRole role, BenchOptions options) {
        boolean recorded = record() != null || this.report != null;
        int nodes = recorded ? Math.max(REPORTED_NODES, maxNodes()) : maxNodes();
        for (TreeShape shape : options.shapes().values()) {
            nodes = Math.max(nodes, Math.min(MOST_NODES, shape.nodeCount()));
        }
        return this.model.open(this.model.engine(option(role), file(role)).maxNodes(nodes));
    }

    private int maxNodes() {
        return this.decoding.maxNodes(this.model::draftNodes);
    }

    private void check(EngineDescription description, HeadsRole role, BenchOptions options) {
        Chats.require(description, this.raw);
        Optional<String> mode = options.modes()
            .stream()
            .filter((each) -> each != BenchMode.AUTOREGRESSIVE && each.heads() == role)
            .map(BenchMode::id)
            .findFirst();
        if (mode.isEmpty()) {
            return;
        }
        if (description.heads().isEmpty()) {
            checkLookup(mode.get(), options);
            return;
        }
        HeadsDescription heads = description.heads().get();
        if (role != HeadsRole.CERBERUS && !heads.kind().id().equals(role.id())) {
            throw new ModelException("The file " + file(role).map(Path::toString).orElse("") + " holds "
                    + heads.kind().id() + " heads; " + option(role) + " takes " + role.id() + " heads");
        }
    }

    /** Said before anything is measured, since the recording comes last. */
    private void checkRecording(Subject main) {
        if (record() == null || isRecordable(main)) {
            return;
        }
        throw new ModelException(main.description()
            .heads()
            .map((heads) -> "--record takes heads whose proposals do not depend on what was drafted before, not those "
                    + "of kind " + heads.kind().id() + "; give --heads FILE, or leave --record out")
            .orElseGet(() -> "--record needs draft heads, and there is no file " + this.model.headsName()
                    + "; give --heads FILE, or leave --record out"));
    }

    /** Said before anything is measured, since the report comes last. */
    private void checkReport(Subject main, BenchOptions options) {
        Optional<TreeShape> asked = Optional.ofNullable(options.shapes().get(HeadsRole.CERBERUS));
        if (this.report == null || asked.isEmpty() || !isRecordable(main)) {
            return;
        }
        HeadsDescription heads = main.description().heads().orElseThrow();
        TreeShape shape = asked.get().limitedTo(heads.heads());
        if (shape.width() > Recorder.ranks(heads)) {
            throw new ModelException("--report replays the tree of --tree, which takes " + shape.width()
                    + " candidates of a head, and " + Recorder.ranks(heads)
                    + " of them are recorded; give a narrower tree, or leave --report out");
        }
        int nodes = shape.nodeCount();
        int known = main.costs().stepSeconds().length - 1;
        if (nodes > known) {
            throw new ModelException("--report replays the tree of --tree, which has " + nodes
                    + " draft nodes, and what a step costs is known up to " + known
                    + " of them here; give a smaller tree, or leave --report out");
        }
    }

    private static boolean isRecordable(Subject subject) {
        return subject.description().heads().filter((heads) -> heads.kind() != HeadsKind.HYDRA).isPresent();
    }

    /** Without heads, lookup has to be able to draft; other roles always have heads. */
    private void checkLookup(String mode, BenchOptions options) {
        if (options.shapes().containsKey(HeadsRole.CERBERUS)) {
            throw new ModelException("Mode " + mode + " with a static tree needs draft heads to fill it, and there is "
                    + "no file " + this.model.headsName() + "; give --heads FILE or --tree auto");
        }
        if (!options.drafting().contextLookup()) {
            throw new ModelException("Mode " + mode + " without lookup needs draft heads, and there is no file "
                    + this.model.headsName() + "; give --heads FILE, or leave --no-context-lookup out");
        }
    }

    private int replay(Path file) {
        Recording recorded = RecordingFile.read(file);
        Replay replay = new Replay(recorded);
        int nodes = this.decoding.maxNodes(DeviceProfile.CPU::draftNodes);
        String table = this.decoding
            .usage(() -> ReplayTable.of(replay, this.decoding.shape(), nodes, this.decoding.gate(GateMode.THRESHOLD)));
        PrintWriter out = this.spec.commandLine().getOut();
        out.print(table);
        if (this.json != null) {
            ReplayTable.write(this.json, replay, this.decoding.shape(), nodes, this.decoding.gate(GateMode.THRESHOLD));
        }
        return 0;
    }

}
