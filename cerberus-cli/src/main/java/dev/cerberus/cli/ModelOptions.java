package dev.cerberus.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.engine.BundledModel;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.EngineOptions.HeadsOptions;
import dev.cerberus.engine.EngineOptions.MemoryOptions;
import dev.cerberus.engine.LoadReport;
import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.ModelException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The options that say which model runs where.
 */
final class ModelOptions {

    private static final Duration NO_LIMIT = Duration.ofDays(365);

    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "DIR",
            description = "Directory in Hugging Face layout, GGUF file, classpath: resource or hf://ORG/NAME; default: the model of cerberus-demo-model")
    private @Nullable String model;

    @Option(names = "--heads", paramLabel = "FILE",
            description = "Draft heads, or none; default: cerberus-heads.safetensors beside the model, if there")
    private @Nullable Path heads;

    @Option(names = "--memory", paramLabel = "FILE",
            description = "What the model wrote before; default: cerberus-memory.safetensors beside the model, if there")
    private @Nullable Path memory;

    @Option(names = "--no-memory", description = "Do not look up what the model wrote before")
    private boolean noMemory;

    @Option(names = "--precision", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, fp32, bf16, fp16 or int8; default: ${DEFAULT-VALUE}")
    private String precision = "auto";

    @Option(names = "--weights-cache", paramLabel = "DIR",
            description = "Folder in which int8 weights are kept as they were rounded, so that the next start is shorter; default: none are kept")
    private @Nullable String weightsCache;

    @Option(names = "--max-context", paramLabel = "N",
            description = "Longest sequence in tokens, prompt and answer together; default: the model's own limit")
    private @Nullable Integer maxContext;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N; default: ${DEFAULT-VALUE}")
    private String device = "auto";

    @Option(names = "--threads", paramLabel = "N",
            description = "Threads of one native operator; default: 1 for small models, else what proves fastest")
    private @Nullable Integer threads;

    private int openedThreads = 1;

    @Option(names = "--chat-template", paramLabel = "NAME|FILE",
            description = "chatml, llama-2, vicuna, zephyr or a Jinja file; default: the model's own")
    private @Nullable String chatTemplate;

    /**
     * Returns where the model is.
     * @throws ParameterException if it was not said and no model is on the class path
     */
    String location() {
        if (this.model != null) {
            return this.model;
        }
        if (!BundledModel.isPresent()) {
            throw new ParameterException(this.spec.commandLine(),
                    "Missing option --model DIR: cerberus-demo-model is not on the class path");
        }
        return BundledModel.LOCATION;
    }

    /** Returns the heads as the user named them, or where they were looked for. */
    String headsName() {
        if (this.heads != null) {
            return this.heads.toString();
        }
        String folder = location().replaceFirst("(?i)(^|[/\\\\])[^/\\\\]+\\.gguf$", "$1");
        boolean ended = folder.isEmpty() || folder.endsWith("/") || folder.endsWith("\\");
        return folder + (ended ? "" : "/") + "cerberus-heads.safetensors";
    }

    Optional<Path> heads() {
        return Optional.ofNullable(this.heads);
    }

    /**
     * Returns the most draft nodes of a step that suit the device; may be asked before an
     * engine is open.
     */
    int draftNodes() {
        if (this.device.equals("cpu")) {
            return DeviceProfile.CPU.draftNodes();
        }
        return torchDevice().profile().draftNodes();
    }

    /**
     * Returns the number format of option {@code --precision}.
     * @return the format; empty for {@code auto}
     * @throws ParameterException if there is no such format
     */
    Optional<Precision> precision() {
        if (this.precision.equals("auto")) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(Precision.values())
            .filter((each) -> each.name().toLowerCase(Locale.ROOT).equals(this.precision))
            .findFirst()
            .orElseThrow(() -> new ParameterException(this.spec.commandLine(),
                    "--precision must be auto, fp32, bf16, fp16 or int8, was '" + this.precision + "'")));
    }

    /** Returns the device of option {@code --device}. */
    TorchDevice torchDevice() {
        return TorchDevice.of(this.device);
    }

    /** Returns the threads of one operator, once an engine is open. */
    int threads() {
        return this.openedThreads;
    }

    /** Opens an engine, and says so if that takes long. */
    CerberusEngine open(EngineOptions.Builder options) {
        try (SignOfLife loading = new SignOfLife(this.spec.name() + ": loading " + location(),
                this.spec.commandLine().getErr())) {
            CerberusEngine engine = CerberusEngine.open(options.build());
            this.openedThreads = engine.loadReport().map(LoadReport::threads).orElse(this.openedThreads);
            return engine;
        }
    }

    /** Returns the engine's options with the heads of option {@code --heads}. */
    EngineOptions.Builder engine() {
        return engine("--heads", heads());
    }

    /** Returns the text to look up in drafts. */
    MemoryOptions memory() {
        return new MemoryOptions(!this.noMemory, Optional.ofNullable(this.memory).map(Path::toString));
    }

    /**
     * Returns the engine's options with other heads.
     * @param option the option that names the heads, for messages
     * @param file the heads; empty for those beside the model
     */
    EngineOptions.Builder engine(String option, Optional<Path> file) {
        requireThreads(this.spec, this.threads);
        requirePositive("--max-context", this.maxContext);
        HeadsOptions chosen = HeadsOptions.at(file.map(Path::toString), OptionalInt.empty());
        requireFile("heads", option, chosen.location());
        requireFile("memory", "--memory", memory().location());
        return EngineOptions.builder(location())
            .heads(chosen)
            .memory(memory())
            .precision(this.precision)
            .device(this.device)
            .maxContext(optional(this.maxContext))
            .threads(optional(this.threads))
            .chatTemplate(Optional.ofNullable(this.chatTemplate))
            .weightsCache(Optional.ofNullable(this.weightsCache))
            .prefixCache(false) // what is measured is read
            .maxConcurrent(1)
            .requestTimeout(NO_LIMIT)
            .settingNames(new SettingOptions(this.spec));
    }

    /** Refuses a number of threads that operators can not have. */
    static void requireThreads(CommandSpec spec, @Nullable Integer threads) {
        if (threads != null && (threads < 1 || threads > TorchRuntime.MOST_THREADS)) {
            throw new ParameterException(spec.commandLine(),
                    "--threads must be in 1.." + TorchRuntime.MOST_THREADS + ", was " + threads);
        }
    }

    private void requirePositive(String option, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new ParameterException(this.spec.commandLine(), option + " must be at least 1, was " + value);
        }
    }

    /** The engine would refuse it too, but after it has looked for the model. */
    private static void requireFile(String kind, String option, Optional<String> named) {
        named.map(Path::of).filter((file) -> !Files.isRegularFile(file)).ifPresent((file) -> {
            throw new ModelException(Files.isDirectory(file)
                    ? "The " + kind + " file " + file + " is a directory; name a file with " + option
                    : "There is no " + kind + " file " + file + "; correct " + option);
        });
    }

    private static OptionalInt optional(@Nullable Integer value) {
        return (value == null) ? OptionalInt.empty() : OptionalInt.of(value);
    }

}
