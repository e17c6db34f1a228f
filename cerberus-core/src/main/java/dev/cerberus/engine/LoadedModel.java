package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.djl.DeviceMemory;
import dev.cerberus.djl.DjlDraftHeads;
import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.MemoryFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.hf.WeightsCache;
import dev.cerberus.model.Ahead;
import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NativeSettings;
import dev.cerberus.model.TargetModel;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.tree.TextMemory;
import dev.cerberus.tree.TreeShape;

/**
 * Everything that an engine reads from files: target model, heads, tokenizer and chat
 * template.
 */
final class LoadedModel implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(LoadedModel.class);

    private static final Remedy NAME_HEADS = Remedy.of("name a file with", Setting.HEADS);

    private final TargetModel target;

    private final Optional<DraftHeads> heads;

    private final Optional<TextMemory> memory;

    private final TextTokenizer tokenizer;

    private final TemplateInUse template;

    private final Set<Integer> endOfSequence;

    private final Optional<CalibrationInUse> calibration;

    private final GenerationDefaults generation;

    private final EngineDescription description;

    private final boolean contextIsLowered;

    private final DeviceProfile profile;

    private final Optional<DeviceMemory> deviceMemory;

    private final Optional<LoadReport> report;

    LoadedModel(TargetModel target, Optional<DraftHeads> heads, Optional<TextMemory> memory, TextTokenizer tokenizer,
            TemplateInUse template, Set<Integer> endOfSequence, Optional<CalibrationInUse> calibration,
            GenerationDefaults generation, EngineDescription description, boolean contextIsLowered,
            DeviceProfile profile, Optional<DeviceMemory> deviceMemory, Optional<LoadReport> report) {
        this.generation = generation;
        this.target = target;
        this.heads = heads;
        this.memory = memory;
        this.tokenizer = tokenizer;
        this.template = template;
        this.endOfSequence = endOfSequence;
        this.calibration = calibration;
        this.description = description;
        this.contextIsLowered = contextIsLowered;
        this.profile = profile;
        this.deviceMemory = deviceMemory;
        this.report = report;
    }

    static LoadedModel load(EngineOptions options) {
        long start = System.nanoTime();
        NativeSettings.apply();
        try (Ahead<TorchDevice> device = Ahead.start("cerberus-device", () -> TorchDevice.of(options.device()))) {
            return load(options, ModelLocator.open(options.modelLocation(), options.hub()), device, start);
        }
    }

    private static LoadedModel load(EngineOptions options, ModelDirectory directory, Ahead<TorchDevice> deviceAhead,
            long start) {
        ModelConfig config = directory.config();
        List<Advice> notes = new ArrayList<>(config.notes());
        int maxContext = maxContext(options.maxContext(), config);
        FilesInUse files = FilesInUse.find(options, directory);
        TemplateInUse template = TemplateInUse.find(options, directory, notes);
        try (Closer closer = new Closer();
                Checkpoint checkpoint = directory.openCheckpoint();
                Ahead<WeightsCache> cacheAhead = Ahead.start("cerberus-weights-cache",
                        () -> WeightsCacheInUse.of(options, checkpoint));
                Ahead<TextTokenizer> tokenizerAhead = Ahead.start("cerberus-tokenizer",
                        () -> tokenizer(directory, config, template))) {
            TorchDevice device = deviceAhead.take();
            TorchRuntime.useThreads(options.threads().orElse(1));
            Precision precision = precision(options.precision(), device);
            if (device.emulates(precision)) {
                notes.add(emulated(precision, device));
            }
            Optional<AnswerSyntax> syntax = template.template().map(AnswerSyntax::of);
            syntax.flatMap(AnswerSyntax::note).ifPresent(notes::add);
            directory.generation().notes().forEach((note) -> notes.add(Advice.of(note)));
            WeightsCache cache = cacheAhead.take();
            DjlTargetModel target = closer
                .add(DjlTargetModel.load(config, checkpoint, maxContext, device, precision, cache));
            cache.note().ifPresent(notes::add);
            TextTokenizer tokenizer = closer.add(tokenizerAhead.take());
            useThreads(options.threads(), target, notes);
            Optional<DraftHeads> heads = files.heads()
                .map((file) -> heads(file, options.heads().count(), config, checkpoint, target, notes));
            heads.ifPresent(closer::add);
            Optional<TextMemory> memory = files.memory().map((file) -> MemoryFile.read(file).of(config, checkpoint));
            if (heads.isEmpty()) {
                tellWithoutHeads(options, directory, memory.isPresent(), notes);
            }
            else {
                int deepest = heads.get().description().heads();
                options.shape()
                    .flatMap((shape) -> tooLarge(shape.limitedTo(deepest), target,
                            Remedy.of("make a smaller", Setting.TREE_SHAPE)))
                    .ifPresent(notes::add);
            }
            Optional<CalibrationInUse> calibration = calibration(files, options, checkpoint, device, precision,
                    heads.map(DraftHeads::description), notes);
            EngineDescription description = new EngineDescription(options.modelName().orElse(directory.name()),
                    options.modelLocation(), target.dimensions(), device.name(), name(precision),
                    heads.map(DraftHeads::description), memory.map(TextMemory::size).orElse(0),
                    template.template().isPresent(),
                    notes.stream().map((note) -> note.in(options.settingNames())).toList());
            description.notes().forEach((note) -> LOGGER.warn("{}", note));
            LOGGER.info("{} runs on {} ({}) in {}, with {}", description.modelName(), device.name(), device.reason(),
                    name(precision), TorchRuntime.library());
            cache.told().ifPresent((told) -> LOGGER.info("{}: {}", description.modelName(), told));
            LoadReport report = LoadReport.of(config, checkpoint, device, precision, options, template.template(),
                    syntax, (System.nanoTime() - start) / 1e9);
            LoadedModel loaded = new LoadedModel(target, heads, memory, tokenizer, template,
                    ModelTexts.endOfTurn(directory, tokenizer, template.template()), calibration,
                    directory.generation(), description, maxContext < config.contextTokens(), device.profile(),
                    device.memory(), Optional.of(report));
            closer.keepOpen();
            return loaded;
        }
    }

    private static TextTokenizer tokenizer(ModelDirectory directory, ModelConfig config, TemplateInUse template) {
        TextTokenizer tokenizer = ModelTexts.tokenizer(directory);
        try {
            template.template().ifPresent((known) -> TemplateCheck.check(known, tokenizer, config, directory.path()));
            return tokenizer;
        }
        catch (RuntimeException | Error ex) {
            tokenizer.close();
            throw ex;
        }
    }

    private static int maxContext(OptionalInt asked, ModelConfig config) {
        int limit = config.contextTokens();
        if (asked.isPresent() && asked.getAsInt() > limit) {
            throw new ModelException(
                    Advice.of(
                            "A context of " + asked.getAsInt()
                                    + " tokens is asked for, but the model was made for at most " + limit,
                            Remedy.of("lower", Setting.MAX_CONTEXT)));
        }
        int context = asked.orElse(limit);
        ContextBudget.require(context, config);
        return context;
    }

    private static void useThreads(OptionalInt wanted, DjlTargetModel target, List<Advice> notes) {
        if (wanted.isEmpty()) {
            target.useFastestThreads();
            return;
        }
        int taken = target.useThreads(wanted.getAsInt());
        if (taken < wanted.getAsInt()) {
            notes.add(Advice.of("On " + wanted.getAsInt() + " threads libtorch adds some sums of this model in another "
                    + "order than on one, so that drafts could change an answer; operators run on " + taken));
        }
    }

    private static Advice emulated(Precision precision, TorchDevice device) {
        boolean fp16 = device.isCpu() && device.precisions().contains(Precision.FP16);
        return Advice.of(device.isCpu()
                ? "This CPU has no instructions for " + name(precision) + "; every drafted token costs a whole step"
                : "The device " + device.name() + " has no instructions for " + name(precision)
                        + "; it imitates them, which is slow",
                Remedy.of("set", Setting.PRECISION, (fp16 ? "to fp16, whose weights are as short, or " : "")
                        + "to auto, which is " + name(device.fastestPrecision()) + " here"));
    }

    private static Precision precision(String name, TorchDevice device) {
        Precision precision = switch (name) {
            case "auto" -> device.fastestPrecision();
            case "fp32" -> Precision.FP32;
            case "bf16" -> Precision.BF16;
            case "fp16" -> Precision.FP16;
            case "int8" -> Precision.INT8;
            default -> throw new ModelException(
                    Advice.of("precision must be one of auto, fp32, bf16, fp16, int8, was '" + name + "'",
                            Remedy.of("correct", Setting.PRECISION)));
        };
        device.requireSupport(precision);
        return precision;
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    private static DraftHeads heads(Path file, OptionalInt count, ModelConfig config, Checkpoint checkpoint,
            DjlTargetModel target, List<Advice> notes) {
        HeadsFile heads = HeadsFile.read(file);
        heads.notes().forEach((note) -> notes.add(Advice.of(note)));
        return DjlDraftHeads.load(heads, count, config, checkpoint, target);
    }

    private static void tellWithoutHeads(EngineOptions options, ModelDirectory directory, boolean memory,
            List<Advice> notes) {
        if (options.shape().isPresent()) {
            notes.add(Advice.of(
                    "Nothing is drafted: the tree is " + options.shape().get()
                            + ", which takes draft heads to fill it, and there are none",
                    Remedy.of("do without", Setting.TREE_SHAPE), NAME_HEADS));
        }
        else if (!options.contextLookup()) {
            notes.add(Advice.of("Nothing is drafted: there are no draft heads, and lookup is off",
                    Remedy.on(Setting.CONTEXT_LOOKUP), NAME_HEADS));
        }
        else if (options.heads().enabled()) {
            Advice told = Advice.of(
                    directory.location() + " has no draft heads: drafts are copied from "
                            + (memory ? "the conversation and the memory file" : "the conversation")
                            + ". Heads, which cerberus train makes, would draft new text too",
                    Remedy.of("say none for", Setting.HEADS, "if there are none on purpose"));
            LOGGER.info("{}", told.in(options.settingNames()));
        }
    }

    /**
     * Returns what is to be said of a tree that no step verifies.
     * @param shape no deeper than there are heads
     * @param remedy what to change
     */
    private static Optional<Advice> tooLarge(TreeShape shape, TargetModel target, Remedy remedy) {
        int nodes = shape.nodeCount();
        int most = Math.min(target.treeRows(), target.dimensions().maxContext()) - 1;
        return (nodes <= most) ? Optional.empty()
                : Optional.of(Advice
                    .of("Nothing is drafted: the tree has " + nodes + " draft nodes, and a step verifies at most "
                            + most + " here, since more could change an answer or do not fit", remedy));
    }

    private static Optional<CalibrationInUse> calibration(FilesInUse files, EngineOptions options,
            Checkpoint checkpoint, TorchDevice device, Precision precision, Optional<HeadsDescription> heads,
            List<Advice> notes) {
        if (files.calibration().isEmpty() || heads.isEmpty()) {
            return Optional.empty();
        }
        Calibration.Machine machine = Calibration.Machine.current(device.name(), name(precision),
                TorchRuntime.threads());
        return CalibrationInUse.read(files.calibration().get(), checkpoint::sha256, heads.get(), machine,
                options.threads().isPresent(), notes);
    }

    TargetModel target() {
        return this.target;
    }

    Optional<DraftHeads> heads() {
        return this.heads;
    }

    /**
     * Returns what is to be said of a request's own tree that no step verifies.
     * @param shape the tree that it asks for
     */
    Optional<Advice> tooLarge(TreeShape shape) {
        return this.heads.flatMap((present) -> tooLarge(shape.limitedTo(present.description().heads()), this.target,
                Remedy.of("ask for a smaller one")));
    }

    Optional<TextMemory> memory() {
        return this.memory;
    }

    TextTokenizer tokenizer() {
        return this.tokenizer;
    }

    TemplateInUse template() {
        return this.template;
    }

    Set<Integer> endOfSequence() {
        return this.endOfSequence;
    }

    Optional<CalibrationInUse> calibration() {
        return this.calibration;
    }

    GenerationDefaults generation() {
        return this.generation;
    }

    EngineDescription description() {
        return this.description;
    }

    /** Returns what was found out while loading, unless the model was made by hand. */
    Optional<LoadReport> report() {
        return this.report;
    }

    /** Returns what the device does well that the model runs on. */
    DeviceProfile profile() {
        return this.profile;
    }

    /**
     * Returns what the model left of its device's memory, if that has some of its own.
     */
    Optional<DeviceMemory> deviceMemory() {
        return this.deviceMemory;
    }

    /**
     * Returns the most draft nodes of a step: those asked for, or what suits the device.
     */
    int maxNodes(EngineOptions options) {
        return options.maxNodes().orElse(this.profile.draftNodes());
    }

    /** Returns whether the model allows a longer context than it was loaded with. */
    boolean contextIsLowered() {
        return this.contextIsLowered;
    }

    ModelDimensions dimensions() {
        return this.target.dimensions();
    }

    @Override
    public void close() {
        this.heads.ifPresent(DraftHeads::close);
        this.target.close();
        this.tokenizer.close();
    }

}
