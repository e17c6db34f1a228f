package dev.cerberus.langchain4j;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.ToolDefinition;

/**
 * A translator of chat requests into the engine's. Thread-safe if its generator of seeds
 * is.
 */
final class GenerationRequests {

    private static final int DEFAULT_MAX_OUTPUT_TOKENS = 512;

    private final TextGenerator generator;

    private final RandomGenerator seeds;

    GenerationRequests(TextGenerator generator, RandomGenerator seeds) {
        this.generator = generator;
        this.seeds = seeds;
    }

    PreparedRequest prepare(ChatRequest chat) {
        ChatRequestParameters parameters = chat.parameters();
        requireSupport(parameters);
        List<ToolDefinition> tools = (parameters.toolChoice() == ToolChoice.NONE) ? List.of()
                : tools(parameters.toolSpecifications());
        return prepare(new Prompt.Chat(ConversationMapper.map(chat.messages()), tools), parameters, tools);
    }

    /** Prepares the continuation of a text, in which special tokens are plain text. */
    PreparedRequest prepare(String text, ChatRequestParameters parameters) {
        requireSupport(parameters);
        if (!orElse(parameters.toolSpecifications(), List.of()).isEmpty()) {
            throw unsupported("Tools in the continuation of a text ('toolSpecifications' parameter)");
        }
        return prepare(new Prompt.Raw(text, false), parameters, List.of());
    }

    private PreparedRequest prepare(Prompt prompt, ChatRequestParameters parameters, List<ToolDefinition> tools) {
        SamplingOptions sampling = sampling(parameters);
        GenerationRequest request = new GenerationRequest(prompt, sampling,
                orElse(parameters.maxOutputTokens(), DEFAULT_MAX_OUTPUT_TOKENS),
                own(parameters).map(CerberusChatRequestParameters::minOutputTokens).orElse(0),
                orElse(parameters.stopSequences(), List.of()), gate(parameters),
                own(parameters).map(CerberusChatRequestParameters::treeShape),
                own(parameters).map(CerberusChatRequestParameters::maxNodes),
                new DraftingOptions(own(parameters).map(CerberusChatRequestParameters::coupledDrafting).orElse(true),
                        own(parameters).map(CerberusChatRequestParameters::contextLookup).orElse(true)),
                OutputFormats.of(parameters, tools), logprobs(parameters));
        return new PreparedRequest(request, tools,
                sampling.greedy() ? OptionalLong.empty() : OptionalLong.of(sampling.seed()));
    }

    private void requireSupport(ChatRequestParameters parameters) {
        String served = this.generator.description().modelName();
        if (parameters.modelName() != null && !parameters.modelName().equals(served)) {
            throw new UnsupportedFeatureException("'modelName' parameter '" + parameters.modelName()
                    + "' is not supported: this model is '" + served + "'; ask for that name or for none");
        }
    }

    private static UnsupportedFeatureException unsupported(String feature) {
        return new UnsupportedFeatureException(feature + " is not supported by Cerberus; leave it out");
    }

    private SamplingOptions sampling(ChatRequestParameters parameters) {
        double temperature = orElse(parameters.temperature(), 0.0);
        Optional<Long> seed = own(parameters).map(CerberusChatRequestParameters::seed);
        return new SamplingOptions(temperature, orElse(parameters.topK(), 0), orElse(parameters.topP(), 1.0),
                own(parameters).map(CerberusChatRequestParameters::minP).orElse(0.0),
                own(parameters).map(CerberusChatRequestParameters::repetitionPenalty).orElse(1.0),
                orElse(parameters.frequencyPenalty(), 0.0), orElse(parameters.presencePenalty(), 0.0),
                own(parameters).map(CerberusChatRequestParameters::logitBias).orElse(Map.of()),
                (temperature == 0) ? 0 : seed.orElseGet(this.seeds::nextLong));
    }

    private static OptionalInt logprobs(ChatRequestParameters parameters) {
        return own(parameters).map(CerberusChatRequestParameters::logprobs)
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
    }

    /**
     * What a request leaves open of its gate is its profile's, or else the engine's at
     * present.
     */
    private Optional<GateOptions> gate(ChatRequestParameters parameters) {
        if (!(parameters instanceof CerberusChatRequestParameters own) || (own.profile() == null
                && own.gateMode() == null && own.gateSignal() == null && own.gateThreshold() == null)) {
            return Optional.empty();
        }
        GateOptions base = (own.profile() != null) ? this.generator.gate(own.profile()) : this.generator.gate();
        GateSignal signal = orElse(own.gateSignal(), base.signal());
        OptionalDouble threshold = (signal == base.signal()) ? base.ownThreshold() : OptionalDouble.empty();
        if (own.gateThreshold() != null) {
            threshold = OptionalDouble.of(own.gateThreshold());
        }
        return Optional.of(new GateOptions(orElse(own.gateMode(), base.mode()), signal, threshold, base.profile()));
    }

    private static Optional<CerberusChatRequestParameters> own(ChatRequestParameters parameters) {
        return (parameters instanceof CerberusChatRequestParameters own) ? Optional.of(own) : Optional.empty();
    }

    private static List<ToolDefinition> tools(@Nullable List<ToolSpecification> specifications) {
        Set<String> names = new HashSet<>();
        for (ToolSpecification tool : orElse(specifications, List.<ToolSpecification>of())) {
            if (!names.add(tool.name())) {
                throw new IllegalArgumentException(
                        "two tools are called '" + tool.name() + "'; a call would not tell which is meant");
            }
        }
        return orElse(specifications, List.<ToolSpecification>of()).stream()
            .map((tool) -> new ToolDefinition(tool.name(), orElse(tool.description(), ""),
                    OutputFormats.parameters(tool.parameters()), Boolean.TRUE.equals(tool.strict())))
            .toList();
    }

    private static <T> T orElse(@Nullable T value, T other) {
        return (value != null) ? value : other;
    }

}
