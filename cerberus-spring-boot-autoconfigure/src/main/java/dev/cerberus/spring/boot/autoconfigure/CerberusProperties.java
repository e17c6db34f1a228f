package dev.cerberus.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;

/**
 * Configuration properties of Cerberus. Immutable and thread-safe.
 *
 * <p>
 * Values are checked when the engine and the chat models are made from them.
 *
 * @param enabled Whether to load a model and to provide chat models over it.
 * @param model Model to load.
 * @param device Device to run on: auto, cpu, cuda or cuda:N. With auto, CUDA is used when
 * there is any.
 * @param heads Draft heads.
 * @param memory Text of the model that drafts look up.
 * @param tree Tree of draft tokens verified in one step.
 * @param gate When a step drafts.
 * @param chat Parameters of chat requests that do not bring their own.
 * @param engine How requests are served.
 * @param openai Endpoints that clients of OpenAI's interface speak to.
 * @param metrics Meters of the engine.
 */
@ConfigurationProperties("cerberus")
public record CerberusProperties(@DefaultValue("true") boolean enabled, @DefaultValue Model model,
        @DefaultValue("auto") String device, @DefaultValue Heads heads, @DefaultValue Memory memory,
        @DefaultValue Tree tree, @DefaultValue Gate gate, @DefaultValue Chat chat, @DefaultValue Engine engine,
        @DefaultValue OpenAi openai, @DefaultValue Metrics metrics) {

    /**
     * Which model to load.
     *
     * @param location Directory in Hugging Face layout or GGUF file, as a path or a
     * classpath: or file: resource; or a name on a hub,
     * hf://ORG/NAME[:revision][/file.gguf]. When it is empty, the model of
     * cerberus-demo-model is used if that jar is present.
     * @param download When to fetch a model that a location on a hub names: never, or
     * if-missing in the cache. A token is taken from the environment variable HF_TOKEN.
     * @param cache Folder of fetched models. When it is empty, an existing cache of the
     * hub's own tools is used, else a folder among the user's caches.
     * @param mirror Address of another hub to fetch from. When it is empty, the
     * environment variable HF_ENDPOINT or the usual hub applies.
     * @param name Name to report. When it is empty, the last part of the location is
     * used.
     * @param weightsCache Folder in which int8 weights are kept as they were rounded, so
     * that the next start is shorter; a file of the weights' size for each model. When it
     * is empty, none are kept.
     * @param precision Number format of weights and activations: auto, fp32, bf16, fp16
     * or int8.
     * @param maxContext Longest sequence in tokens, prompt and answer together. When it
     * is empty, the model's own limit applies.
     */
    public record Model(@Nullable String location, @DefaultValue("never") Download download, @Nullable String cache,
            @Nullable String mirror, @Nullable String name, @Nullable String weightsCache,
            @DefaultValue("auto") String precision, @Nullable Integer maxContext) {

        /** When to fetch a model. */
        public enum Download {

            /** Never; it must be in the cache. */
            NEVER,
            /** At start, if it is not in the cache. */
            IF_MISSING

        }

    }

    /**
     * Which draft heads to use.
     *
     * @param location Safetensors file of the heads, or none to draft from lookup alone
     * on purpose. When it is empty, cerberus-heads.safetensors beside the model is used;
     * without such a file drafts come from lookup alone.
     * @param count Number of heads to use, counted from the first. When it is empty, all
     * are used.
     */
    public record Heads(@Nullable String location, @Nullable Integer count) {
    }

    /**
     * Which text of the model to look up in drafts.
     *
     * @param location Safetensors file written by the remember command. When it is empty,
     * cerberus-memory.safetensors beside the model is used, if there is one.
     * @param live Whether to look up answers of late too, which are kept in memory while
     * the application runs. Requests look up those of their own profile.
     */
    public record Memory(@Nullable String location, @DefaultValue("false") boolean live) {
    }

    /**
     * Which tree of draft tokens to verify.
     *
     * @param shape Shape of the tree: auto for the best tree of every step, a branching
     * list such as 4,2,1, or explicit paths such as 0;1;0,0;0,1.
     * @param maxNodes Most draft tokens of a step. By default what suits the device: 16
     * on a CPU, 63 on a GPU.
     * @param contextLookup Whether trees of shape auto also hold how the text went on
     * where its last tokens stood before.
     */
    public record Tree(@DefaultValue("auto") String shape, @Nullable Integer maxNodes,
            @DefaultValue("true") boolean contextLookup) {
    }

    /**
     * When a step drafts.
     *
     * @param mode Who decides whether a step drafts.
     * @param signal Number that mode threshold compares.
     * @param entropyThreshold Bound in nats of mode threshold with an entropy signal;
     * below it a step drafts. When it is empty, the calibration's is used, or else 2.
     * @param threshold Bound of mode threshold with a margin, confidence or expectation
     * signal; above it a step drafts. When it is empty, the calibration's is used, or
     * else 0.5.
     * @param calibration File written by the calibrate command. When it is empty,
     * cerberus-calibration.json beside the model is used, if there is one.
     * @param profiles Gates of particular tasks by name; requests choose one by its name.
     */
    public record Gate(@DefaultValue("adaptive") GateMode mode, @DefaultValue("head-entropy") GateSignal signal,
            @Nullable Double entropyThreshold, @Nullable Double threshold, @Nullable String calibration,
            @DefaultValue Map<String, Profile> profiles) {
    }

    /**
     * When a step drafts in requests of one task. What is left open is as for other
     * requests.
     *
     * @param mode Who decides whether a step drafts.
     * @param signal Number that mode threshold compares.
     * @param entropyThreshold Bound in nats of mode threshold with an entropy signal.
     * @param threshold Bound of mode threshold with a margin, confidence or expectation
     * signal.
     */
    public record Profile(@Nullable GateMode mode, @Nullable GateSignal signal, @Nullable Double entropyThreshold,
            @Nullable Double threshold) {
    }

    /**
     * Parameters of chat requests that do not bring their own.
     *
     * @param enabled Whether to provide LangChain4j's models over the engine.
     * @param temperature Sampling temperature; 0 always takes the most probable token.
     * When it is empty, the model's own recommendation is used, or else 0.
     * @param topP Probability mass of the most probable tokens to sample from. When it is
     * empty, the model's own recommendation is used, if answers are sampled.
     * @param topK Number of most probable tokens to sample from; 0 for no limit. When it
     * is empty, the model's own recommendation is used, if answers are sampled.
     * @param minP Least probability of a token to sample, as a share of that of the most
     * probable one; 0 for no limit. When it is empty, the model's own recommendation is
     * used, if answers are sampled.
     * @param repetitionPenalty Divisor of the logits of tokens that the conversation and
     * the answer hold already, a factor where they are negative; 1 for no penalty. When
     * it is empty, the model's own recommendation is used, if its authors want answers to
     * be sampled, at temperature 0 too.
     * @param frequencyPenalty What is taken from a token's logit for each time that it
     * stands in the answer; 0, or empty, for no penalty.
     * @param presencePenalty What is taken from the logits of tokens that stand in the
     * answer; 0, or empty, for no penalty.
     * @param maxOutputTokens Most tokens of an answer.
     * @param seed Key of the sampling noise; equal seeds repeat an answer. When it is
     * empty, every request gets its own.
     * @param stopSequences Texts that end an answer and are not part of it.
     * @param template Jinja file of the chat template, as a path or a classpath: or file:
     * resource, or one of chatml, llama-2, vicuna, zephyr. When it is empty, the model's
     * own is used.
     * @param templateVariables Further variables of the chat template by name, such as
     * enable_thinking.
     */
    public record Chat(@DefaultValue("true") boolean enabled, @Nullable Double temperature, @Nullable Double topP,
            @Nullable Integer topK, @Nullable Double minP, @Nullable Double repetitionPenalty,
            @Nullable Double frequencyPenalty, @Nullable Double presencePenalty,
            @DefaultValue("512") int maxOutputTokens, @Nullable Long seed, @DefaultValue List<String> stopSequences,
            @Nullable String template, @DefaultValue Map<String, Object> templateVariables) {
    }

    /**
     * How requests are served.
     *
     * @param queueCapacity Most requests waiting for a turn; further ones are refused.
     * @param maxConcurrent Most requests decoded together.
     * @param requestTimeout Longest time of a request, waiting included.
     * @param maxInputCharacters Most characters of a request, refused before anything is
     * tokenized. When it is empty, as many as the context's tokens can hold.
     * @param kvCacheTokens Most tokens in the KV caches of all requests together. When it
     * is empty, what a quarter of the machine's memory holds.
     * @param prefixCache Whether prompts that begin like what was read before, such as
     * the next turn of a conversation, take its keys and values.
     * @param threads Threads of one native operator. When it is empty, small models take
     * one, and larger ones what proves fastest at start, or one where that became slower.
     */
    public record Engine(@DefaultValue("64") int queueCapacity, @DefaultValue("8") int maxConcurrent,
            @DefaultValue("2m") Duration requestTimeout, @Nullable Integer maxInputCharacters,
            @Nullable Integer kvCacheTokens, @DefaultValue("true") boolean prefixCache, @Nullable Integer threads) {
    }

    /**
     * Endpoints that clients of OpenAI's interface speak to. They need the module
     * cerberus-openai.
     *
     * @param enabled Whether /v1/* of this application answers with this model.
     * @param maxBody Largest body of a request.
     */
    public record OpenAi(@DefaultValue("false") boolean enabled, @DefaultValue("1MB") DataSize maxBody) {
    }

    /**
     * Meters of the engine.
     *
     * @param enabled Whether to register the meters of the engine.
     * @param gatewayNames Whose names to give besides to the gauges that inference
     * gateways read: queued requests, running requests and the use of the KV cache.
     */
    public record Metrics(@DefaultValue("true") boolean enabled, @DefaultValue("none") GatewayNames gatewayNames) {

        /** Whose names gauges have besides their own. */
        public enum GatewayNames {

            /** Nobody's. */
            NONE,
            /** Those of vLLM. */
            VLLM

        }

    }

}
