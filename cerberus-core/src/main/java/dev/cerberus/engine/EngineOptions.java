package dev.cerberus.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

import dev.cerberus.advice.SettingNames;
import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.tree.TreeShape;

/**
 * What an engine loads and how it runs. Immutable and thread-safe.
 *
 * @param modelLocation directory in Hugging Face layout or GGUF file, as a path, a
 * {@code classpath:} or {@code file:} resource; or a name on a hub,
 * {@code hf://ORG/NAME[:revision][/file.gguf]}
 * @param hub how names on a hub are dealt with
 * @param modelName name to report; empty for the last part of the location
 * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param maxContext longest sequence in tokens; empty for the model's own
 * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param heads which draft heads to use
 * @param memory which text of the model to look up in drafts
 * @param shape a static tree shape; empty for the best tree of every step
 * @param maxNodes the most draft nodes of a step, 1..256; empty for what suits the device
 * @param contextLookup whether dynamic trees hold how the text went on before, unless a
 * request declines
 * @param gate when to draft
 * @param profiles gates of particular tasks, by name; requests choose one by its name
 * @param calibration path or {@code file:} URL of a calibration file; empty for
 * {@code cerberus-calibration.json} beside the model, if there
 * @param chatTemplate a preset's name or the location of a Jinja file; empty for the
 * model's own
 * @param templateVariables further variables of the chat template, by name
 * @param queueCapacity the most waiting requests, at least 1
 * @param maxConcurrent the most requests decoded together, at least 1
 * @param requestTimeout the longest a request may take, queueing included; more than 292
 * years count as 292
 * @param maxInputCharacters the most characters of a request's texts, refused before
 * anything is tokenized; empty for as many as the context's tokens can hold
 * @param kvCacheTokens the most tokens in the KV caches of all requests together; empty
 * for what the machine's memory allows
 * @param prefixCache whether prompts that begin like what was read before take its keys
 * and values
 * @param weightsCache folder in which int8 weights are kept as they were rounded, so that
 * the next start is shorter; empty to keep none
 * @param threads threads of one native operator; empty for one with a small model, and
 * for what proves fastest at start with a larger one
 * @param settingNames what texts of the engine call these options: failures, notes, log
 */
public record EngineOptions(String modelLocation, HubOptions hub, Optional<String> modelName, String precision,
        OptionalInt maxContext, String device, HeadsOptions heads, MemoryOptions memory, Optional<TreeShape> shape,
        OptionalInt maxNodes, boolean contextLookup, GateOptions gate, Map<String, GateOptions> profiles,
        Optional<String> calibration, Optional<String> chatTemplate, Map<String, Object> templateVariables,
        int queueCapacity, int maxConcurrent, Duration requestTimeout, OptionalInt maxInputCharacters,
        OptionalInt kvCacheTokens, boolean prefixCache, Optional<String> weightsCache, OptionalInt threads,
        SettingNames settingNames) {

    /**
     * How names on a hub are dealt with. A token is taken from the environment variable
     * {@code HF_TOKEN}.
     *
     * @param download whether a model that is not in the cache is fetched
     * @param cache folder of fetched models; empty for the one that the environment names
     * @param mirror address of another hub; empty for the one that the environment names
     */
    public record HubOptions(boolean download, Optional<String> cache, Optional<String> mirror) {

        /**
         * What is in the cache, and nothing is fetched.
         */
        public static final HubOptions DEFAULT = new HubOptions(false, Optional.empty(), Optional.empty());

    }

    /**
     * Which draft heads to use.
     *
     * @param enabled whether to use heads at all
     * @param location safetensors file; empty for {@code cerberus-heads.safetensors}
     * beside the model
     * @param count use only the first heads; empty for all
     */
    public record HeadsOptions(boolean enabled, Optional<String> location, OptionalInt count) {

        /**
         * The heads beside the model, all of them.
         */
        public static final HeadsOptions DEFAULT = new HeadsOptions(true, Optional.empty(), OptionalInt.empty());

        /** The location that stands for no heads. */
        private static final String NOWHERE = "none";

        /**
         * Returns the choice that a configured location stands for.
         * @param location safetensors file; {@code none} for no heads on purpose; empty
         * for those beside the model
         * @param count use only the first heads; empty for all
         * @return the choice
         */
        public static HeadsOptions at(Optional<String> location, OptionalInt count) {
            boolean nowhere = location.filter(NOWHERE::equals).isPresent();
            return nowhere ? new HeadsOptions(false, Optional.empty(), OptionalInt.empty())
                    : new HeadsOptions(true, location, count);
        }

    }

    /**
     * Which text of the model to look up in drafts.
     *
     * @param enabled whether to look up what is stored in a file
     * @param location safetensors file; empty for {@code cerberus-memory.safetensors}
     * beside the model
     * @param live whether to look up answers of late, which are kept in memory; requests
     * see those of their own profile
     */
    public record MemoryOptions(boolean enabled, Optional<String> location, boolean live) {

        /**
         * The memory beside the model, if there is one.
         */
        public static final MemoryOptions DEFAULT = new MemoryOptions(true, Optional.empty());

        /**
         * Creates options without live memory.
         * @param enabled whether to look up what is stored in a file
         * @param location safetensors file
         */
        public MemoryOptions(boolean enabled, Optional<String> location) {
            this(enabled, location, false);
        }

        /**
         * Returns these options with or without live memory.
         * @param value whether to look up answers of late
         * @return the options
         */
        public MemoryOptions withLive(boolean value) {
            return new MemoryOptions(this.enabled, this.location, value);
        }

    }

    /**
     * Checks the ranges.
     */
    public EngineOptions {
        Map<String, GateOptions> named = new TreeMap<>();
        profiles.forEach((name, options) -> named.put(name, options.withProfile(name)));
        profiles = Map.copyOf(named);
        templateVariables = Map.copyOf(templateVariables);
        require(!modelLocation.isBlank(), "the model location must not be empty");
        require(maxNodes.isEmpty() || (maxNodes.getAsInt() >= 1 && maxNodes.getAsInt() <= 256),
                "max nodes must be in 1..256, was " + maxNodes.orElse(0));
        require(maxContext.isEmpty() || maxContext.getAsInt() >= 1,
                "max context must be at least 1, was " + maxContext.orElse(0));
        require(queueCapacity >= 1, "queue capacity must be at least 1, was " + queueCapacity);
        require(maxConcurrent >= 1, "max concurrent must be at least 1, was " + maxConcurrent);
        require(requestTimeout.compareTo(Duration.ZERO) > 0, "request timeout must be positive, was " + requestTimeout);
        require(maxInputCharacters.isEmpty() || maxInputCharacters.getAsInt() >= 1,
                "max input characters must be at least 1, was " + maxInputCharacters.orElse(0));
        require(kvCacheTokens.isEmpty() || kvCacheTokens.getAsInt() >= 2,
                "KV cache tokens must be at least 2, one for the prompt and one for the answer, was "
                        + kvCacheTokens.orElse(0));
        requestTimeout = Durations.clamp(requestTimeout);
        require(threads.isEmpty() || (threads.getAsInt() >= 1 && threads.getAsInt() <= TorchRuntime.MOST_THREADS),
                "threads must be in 1.." + TorchRuntime.MOST_THREADS + ", was " + threads.orElse(0));
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * Returns a builder with the defaults.
     * @param modelLocation where the model is
     * @return the builder
     */
    public static Builder builder(String modelLocation) {
        return new Builder(modelLocation);
    }

    /**
     * A builder of engine options. Not thread-safe.
     */
    public static final class Builder {

        private final String modelLocation;

        private HubOptions hub = HubOptions.DEFAULT;

        private Optional<String> modelName = Optional.empty();

        private String precision = "auto";

        private OptionalInt maxContext = OptionalInt.empty();

        private String device = "auto";

        private HeadsOptions heads = HeadsOptions.DEFAULT;

        private MemoryOptions memory = MemoryOptions.DEFAULT;

        private Optional<TreeShape> shape = Optional.empty();

        private OptionalInt maxNodes = OptionalInt.empty();

        private boolean contextLookup = true;

        private GateOptions gate = GateOptions.DEFAULT;

        private Map<String, GateOptions> profiles = Map.of();

        private Optional<String> calibration = Optional.empty();

        private Optional<String> chatTemplate = Optional.empty();

        private Map<String, Object> templateVariables = Map.of();

        private int queueCapacity = 64;

        private int maxConcurrent = 8;

        private Duration requestTimeout = Duration.ofMinutes(2);

        private OptionalInt maxInputCharacters = OptionalInt.empty();

        private OptionalInt kvCacheTokens = OptionalInt.empty();

        private boolean prefixCache = true;

        private Optional<String> weightsCache = Optional.empty();

        private OptionalInt threads = OptionalInt.empty();

        private SettingNames settingNames = SettingNames.JAVA;

        private Builder(String modelLocation) {
            this.modelLocation = modelLocation;
        }

        /**
         * Sets how names on a hub are dealt with.
         * @param value the choice
         * @return this builder
         */
        public Builder hub(HubOptions value) {
            this.hub = value;
            return this;
        }

        /**
         * Sets the name to report.
         * @param value the name
         * @return this builder
         */
        public Builder modelName(Optional<String> value) {
            this.modelName = value;
            return this;
        }

        /**
         * Sets the number format.
         * @param value {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or
         * {@code int8}
         * @return this builder
         */
        public Builder precision(String value) {
            this.precision = value;
            return this;
        }

        /**
         * Sets the longest sequence.
         * @param value tokens
         * @return this builder
         */
        public Builder maxContext(OptionalInt value) {
            this.maxContext = value;
            return this;
        }

        /**
         * Sets the device.
         * @param value {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
         * @return this builder
         */
        public Builder device(String value) {
            this.device = value;
            return this;
        }

        /**
         * Sets which draft heads to use.
         * @param value the choice
         * @return this builder
         */
        public Builder heads(HeadsOptions value) {
            this.heads = value;
            return this;
        }

        /**
         * Sets which text of the model to look up in drafts.
         * @param value the memory
         * @return this builder
         */
        public Builder memory(MemoryOptions value) {
            this.memory = value;
            return this;
        }

        /**
         * Sets a static tree shape.
         * @param value the shape; empty for the best tree of every step
         * @return this builder
         */
        public Builder shape(Optional<TreeShape> value) {
            this.shape = value;
            return this;
        }

        /**
         * Sets the most draft nodes of a step.
         * @param value 1..256
         * @return this builder
         */
        public Builder maxNodes(int value) {
            return maxNodes(OptionalInt.of(value));
        }

        /**
         * Sets the most draft nodes of a step.
         * @param value 1..256; empty for what suits the device
         * @return this builder
         */
        public Builder maxNodes(OptionalInt value) {
            this.maxNodes = value;
            return this;
        }

        /**
         * Sets whether dynamic trees hold how the text went on before.
         * @param value whether to look the context up
         * @return this builder
         */
        public Builder contextLookup(boolean value) {
            this.contextLookup = value;
            return this;
        }

        /**
         * Sets when to draft.
         * @param value the gate
         * @return this builder
         */
        public Builder gate(GateOptions value) {
            this.gate = value;
            return this;
        }

        /**
         * Sets the gates of particular tasks.
         * @param value gates by name
         * @return this builder
         */
        public Builder profiles(Map<String, GateOptions> value) {
            this.profiles = Map.copyOf(value);
            return this;
        }

        /**
         * Sets the calibration file.
         * @param value its location
         * @return this builder
         */
        public Builder calibration(Optional<String> value) {
            this.calibration = value;
            return this;
        }

        /**
         * Sets the chat template.
         * @param value a preset's name or a Jinja file
         * @return this builder
         */
        public Builder chatTemplate(Optional<String> value) {
            this.chatTemplate = value;
            return this;
        }

        /**
         * Sets variables of the chat template, such as {@code enable_thinking}.
         * @param value texts, numbers, booleans, lists and maps by name
         * @return this builder
         */
        public Builder templateVariables(Map<String, Object> value) {
            this.templateVariables = value;
            return this;
        }

        /**
         * Sets the most waiting requests.
         * @param value at least 1
         * @return this builder
         */
        public Builder queueCapacity(int value) {
            this.queueCapacity = value;
            return this;
        }

        /**
         * Sets the most requests decoded together.
         * @param value at least 1
         * @return this builder
         */
        public Builder maxConcurrent(int value) {
            this.maxConcurrent = value;
            return this;
        }

        /**
         * Sets the longest a request may take.
         * @param value positive
         * @return this builder
         */
        public Builder requestTimeout(Duration value) {
            this.requestTimeout = value;
            return this;
        }

        /**
         * Sets the most characters of a request's texts.
         * @param value at least 1; empty for as many as the context's tokens can hold
         * @return this builder
         */
        public Builder maxInputCharacters(OptionalInt value) {
            this.maxInputCharacters = value;
            return this;
        }

        /**
         * Sets the most tokens in the KV caches of all requests together.
         * @param value at least 2; empty for what the machine's memory allows
         * @return this builder
         */
        public Builder kvCacheTokens(OptionalInt value) {
            this.kvCacheTokens = value;
            return this;
        }

        /**
         * Sets whether prompts that begin like what was read before take its keys and
         * values.
         * @param value whether they do
         * @return this builder
         */
        public Builder prefixCache(boolean value) {
            this.prefixCache = value;
            return this;
        }

        /**
         * Sets the folder in which int8 weights are kept as they were rounded.
         * @param value its path; empty to keep none
         * @return this builder
         */
        public Builder weightsCache(Optional<String> value) {
            this.weightsCache = value;
            return this;
        }

        /**
         * Sets the threads of one native operator.
         * @param value 1 to {@link TorchRuntime#MOST_THREADS}
         * @return this builder
         */
        public Builder threads(OptionalInt value) {
            this.threads = value;
            return this;
        }

        /**
         * Sets what texts of the engine call these options, for those who set them
         * through something else than this builder.
         * @param value the names
         * @return this builder
         */
        public Builder settingNames(SettingNames value) {
            this.settingNames = value;
            return this;
        }

        /**
         * Returns the options.
         * @return the options
         * @throws IllegalArgumentException if a value is out of range
         */
        public EngineOptions build() {
            return new EngineOptions(this.modelLocation, this.hub, this.modelName, this.precision, this.maxContext,
                    this.device, this.heads, this.memory, this.shape, this.maxNodes, this.contextLookup, this.gate,
                    this.profiles, this.calibration, this.chatTemplate, this.templateVariables, this.queueCapacity,
                    this.maxConcurrent, this.requestTimeout, this.maxInputCharacters, this.kvCacheTokens,
                    this.prefixCache, this.weightsCache, this.threads, this.settingNames);
        }

    }

}
