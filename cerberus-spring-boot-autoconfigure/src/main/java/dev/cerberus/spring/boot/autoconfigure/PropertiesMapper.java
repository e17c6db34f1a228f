package dev.cerberus.spring.boot.autoconfigure;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.tree.TreeShape;

/**
 * A translator of properties into options of the engine and of chat requests, which
 * checks every value and names the property of a wrong one.
 */
final class PropertiesMapper {

    private static final double MOST_PENALTY = 10;

    private static final String THRESHOLD = "cerberus.gate.threshold";

    private static final List<String> PRECISIONS = Stream
        .concat(Stream.of("auto"),
                Arrays.stream(Precision.values()).map((precision) -> precision.name().toLowerCase(Locale.ROOT)))
        .toList();

    private final CerberusProperties properties;

    PropertiesMapper(CerberusProperties properties) {
        this.properties = properties;
    }

    EngineOptions.Builder engineOptions(String modelLocation) {
        CerberusProperties.Model model = this.properties.model();
        require(PRECISIONS.contains(model.precision()), "cerberus.model.precision", model.precision(),
                "must be one of " + String.join(", ", PRECISIONS));
        requireAtLeastOne("cerberus.model.max-context", model.maxContext());
        require(this.properties.device().matches("auto|cpu|cuda(:\\d{1,3})?"), "cerberus.device",
                this.properties.device(), "must be auto, cpu, cuda or cuda:N");
        CerberusProperties.Engine engine = this.properties.engine();
        requireAtLeastOne("cerberus.engine.queue-capacity", engine.queueCapacity());
        requireAtLeastOne("cerberus.engine.max-concurrent", engine.maxConcurrent());
        require(!engine.requestTimeout().isNegative() && !engine.requestTimeout().isZero(),
                "cerberus.engine.request-timeout", engine.requestTimeout(), "must be positive, such as 2m");
        requireAtLeastOne("cerberus.engine.max-input-characters", engine.maxInputCharacters());
        require(engine.kvCacheTokens() == null || engine.kvCacheTokens() >= 2, "cerberus.engine.kv-cache-tokens",
                engine.kvCacheTokens(), "must be at least 2, one for the prompt and one for the answer");
        Integer threads = engine.threads();
        require(threads == null || (threads >= 1 && threads <= TorchRuntime.MOST_THREADS), "cerberus.engine.threads",
                threads, "must be in 1.." + TorchRuntime.MOST_THREADS);
        return EngineOptions.builder(modelLocation)
            .hub(new EngineOptions.HubOptions(model.download() == CerberusProperties.Model.Download.IF_MISSING,
                    text(model.cache()), text(model.mirror())))
            .modelName(text(model.name()))
            .precision(model.precision())
            .maxContext(number(model.maxContext()))
            .device(this.properties.device())
            .heads(heads())
            .memory(new EngineOptions.MemoryOptions(true, text(this.properties.memory().location()),
                    this.properties.memory().live()))
            .shape(shape())
            .maxNodes(maxNodes())
            .contextLookup(this.properties.tree().contextLookup())
            .gate(gate())
            .profiles(profiles())
            .calibration(text(this.properties.gate().calibration()))
            .chatTemplate(text(this.properties.chat().template()))
            .templateVariables(TemplateVariables.of(this.properties.chat().templateVariables()))
            .queueCapacity(engine.queueCapacity())
            .maxConcurrent(engine.maxConcurrent())
            .requestTimeout(engine.requestTimeout())
            .maxInputCharacters(number(engine.maxInputCharacters()))
            .kvCacheTokens(number(engine.kvCacheTokens()))
            .prefixCache(engine.prefixCache())
            .weightsCache(text(model.weightsCache()))
            .threads(number(threads))
            .settingNames(SettingProperties.INSTANCE);
    }

    private EngineOptions.HeadsOptions heads() {
        Integer count = this.properties.heads().count();
        require(count == null || (count >= 1 && count <= 16), "cerberus.heads.count", count, "must be in 1..16");
        return EngineOptions.HeadsOptions.at(text(this.properties.heads().location()), number(count));
    }

    private Optional<TreeShape> shape() {
        String shape = this.properties.tree().shape();
        if (shape.equals("auto")) {
            return Optional.empty();
        }
        try {
            return Optional.of(TreeShape.parse(shape));
        }
        catch (IllegalArgumentException ex) {
            throw new InvalidConfigurationPropertyValueException("cerberus.tree.shape", shape,
                    "must be auto, a branching list such as 4,2,1, or paths such as 0;1;0,0;0,1 (" + ex.getMessage()
                            + ")",
                    ex);
        }
    }

    private OptionalInt maxNodes() {
        Integer maxNodes = this.properties.tree().maxNodes();
        require(maxNodes == null || (maxNodes >= 1 && maxNodes <= 256), "cerberus.tree.max-nodes", maxNodes,
                "must be in 1..256");
        return number(maxNodes);
    }

    private GateOptions gate() {
        CerberusProperties.Gate gate = this.properties.gate();
        return gate("cerberus.gate", gate.mode(), gate.signal(), gate.entropyThreshold(), THRESHOLD, gate.threshold());
    }

    private Map<String, GateOptions> profiles() {
        CerberusProperties.Gate gate = this.properties.gate();
        Map<String, GateOptions> profiles = new HashMap<>();
        gate.profiles().forEach((name, profile) -> {
            GateMode mode = profile.mode();
            GateSignal signal = profile.signal();
            Double entropyThreshold = profile.entropyThreshold();
            Double threshold = profile.threshold();
            profiles.put(name,
                    gate("cerberus.gate.profiles." + name, (mode != null) ? mode : gate.mode(),
                            (signal != null) ? signal : gate.signal(),
                            (entropyThreshold != null) ? entropyThreshold : gate.entropyThreshold(),
                            (threshold != null) ? "cerberus.gate.profiles." + name + ".threshold" : THRESHOLD,
                            (threshold != null) ? threshold : gate.threshold()));
        });
        return profiles;
    }

    private static GateOptions gate(String prefix, GateMode mode, GateSignal signal, @Nullable Double entropyThreshold,
            String thresholdName, @Nullable Double threshold) {
        require(entropyThreshold == null || entropyThreshold >= 0, prefix + ".entropy-threshold", entropyThreshold,
                "must be at least 0 nats");
        require(threshold == null || threshold >= 0, thresholdName, threshold, "must be at least 0");
        if (signal.draftsBelow()) {
            return new GateOptions(mode, signal, decimal(entropyThreshold), Optional.empty());
        }
        require(threshold == null || threshold <= 1 || signal == GateSignal.TREE_EXPECTATION, thresholdName, threshold,
                "must be in 0..1 for " + prefix + ".signal " + signal.id()
                        + (thresholdName.startsWith(prefix) ? "" : ", unless " + prefix + ".threshold is set"));
        return new GateOptions(mode, signal, decimal(threshold), Optional.empty());
    }

    CerberusChatRequestParameters chatParameters() {
        CerberusProperties.Chat chat = this.properties.chat();
        Double temperature = chat.temperature();
        require(temperature == null || (temperature >= 0 && temperature <= 100), "cerberus.chat.temperature",
                temperature, "must be in 0..100");
        Double topP = chat.topP();
        require(topP == null || (topP > 0 && topP <= 1), "cerberus.chat.top-p", topP,
                "must be greater than 0 and at most 1");
        require(chat.topK() == null || chat.topK() >= 0, "cerberus.chat.top-k", chat.topK(),
                "must be at least 1, or 0 for no limit");
        Double repetitionPenalty = chat.repetitionPenalty();
        require(repetitionPenalty == null || (repetitionPenalty > 0 && repetitionPenalty <= 10),
                "cerberus.chat.repetition-penalty", repetitionPenalty, "must be greater than 0 and at most 10");
        Double minP = chat.minP();
        require(minP == null || (minP >= 0 && minP <= 1), "cerberus.chat.min-p", minP, "must be in 0..1");
        requirePenalty("cerberus.chat.frequency-penalty", chat.frequencyPenalty());
        requirePenalty("cerberus.chat.presence-penalty", chat.presencePenalty());
        requireAtLeastOne("cerberus.chat.max-output-tokens", chat.maxOutputTokens());
        require(chat.stopSequences().stream().noneMatch(String::isEmpty), "cerberus.chat.stop-sequences",
                chat.stopSequences(), "must not contain an empty text");
        return CerberusChatRequestParameters.builder()
            .temperature(temperature)
            .topP(topP)
            .topK(chat.topK())
            .minP(minP)
            .repetitionPenalty(repetitionPenalty)
            .frequencyPenalty(chat.frequencyPenalty())
            .presencePenalty(chat.presencePenalty())
            .maxOutputTokens(chat.maxOutputTokens())
            .seed(chat.seed())
            .stopSequences(chat.stopSequences())
            .build();
    }

    private static void requirePenalty(String name, @Nullable Double value) {
        require(value == null || Math.abs(value) <= MOST_PENALTY, name, value, "must be in -10..10");
    }

    private static void requireAtLeastOne(String name, @Nullable Integer value) {
        require(value == null || value >= 1, name, value, "must be at least 1");
    }

    private static void require(boolean condition, String name, @Nullable Object value, String allowed) {
        if (!condition) {
            throw new InvalidConfigurationPropertyValueException(name, value, allowed);
        }
    }

    private static Optional<String> text(@Nullable String value) {
        return Optional.ofNullable(value).filter((text) -> !text.isBlank());
    }

    private static OptionalDouble decimal(@Nullable Double value) {
        return (value != null) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static OptionalInt number(@Nullable Integer value) {
        return (value != null) ? OptionalInt.of(value) : OptionalInt.empty();
    }

}
