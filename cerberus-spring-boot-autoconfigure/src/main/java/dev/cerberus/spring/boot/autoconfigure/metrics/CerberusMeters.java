package dev.cerberus.spring.boot.autoconfigure.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/**
 * Every meter that Cerberus registers.
 */
/*
 * The gen_ai ones follow the semantic conventions of OpenTelemetry for generative AI,
 * which are still in development: their names are to be kept in this file only. Only the
 * one that LangChain4j's own listener keeps as well has a base unit, the same as there,
 * since Prometheus appends it to names that tell it already.
 */
public enum CerberusMeters implements MeterDocumentation {

    /** What the gate decided, once a step. */
    GATE_DECISIONS("cerberus.gate.decisions", Meter.Type.COUNTER, "Decode steps by what the gate decided",
            Keys.DECISION),

    /** What the gate's signals were. */
    GATE_SIGNAL("cerberus.gate.signal", Meter.Type.DISTRIBUTION_SUMMARY,
            "Values of the gate signals computed, in the signal's own unit", Keys.SIGNAL),

    /** How many steps were taken. */
    DECODE_STEPS("cerberus.decode.steps", Meter.Type.COUNTER, "Forwards of the target model after prefill", Keys.KIND),

    /** How much was guessed. */
    TOKENS_DRAFTED("cerberus.decode.tokens.drafted", Meter.Type.COUNTER, "Draft tokens verified"),

    /** How much was guessed rightly. */
    TOKENS_ACCEPTED("cerberus.decode.tokens.accepted", Meter.Type.COUNTER,
            "Draft tokens kept, by their depth in the tree", Keys.DEPTH),

    /** What a step brought. */
    ACCEPTANCE_LENGTH("cerberus.decode.acceptance.length", Meter.Type.DISTRIBUTION_SUMMARY, "Tokens gained per step"),

    /** Where the time went. */
    DECODE_PHASE("cerberus.decode.phase", Meter.Type.TIMER, "Time of the parts of decoding", Keys.PHASE),

    /** How many rows share a forward. */
    BATCH_ROWS("cerberus.batch.rows", Meter.Type.DISTRIBUTION_SUMMARY,
            "Rows of a forward: pieces of prompts, last tokens and draft nodes of all its sequences"),

    /** How many sequences share a forward. */
    BATCH_SEQUENCES("cerberus.batch.sequences", Meter.Type.DISTRIBUTION_SUMMARY, "Sequences of a forward"),

    /** How many requests wait. */
    REQUESTS_QUEUED("cerberus.requests.queued", Meter.Type.GAUGE, "Requests waiting for a turn"),

    /** How many requests are served. */
    REQUESTS_ACTIVE("cerberus.requests.active", Meter.Type.GAUGE, "Requests being decoded"),

    /** How full the caches are. */
    KV_CACHE_TOKENS("cerberus.kv.cache.tokens", Meter.Type.GAUGE, "Tokens in the KV caches of all active requests"),

    /** How full the caches are, of what they may be. */
    KV_CACHE_USAGE("cerberus.kv.cache.usage", Meter.Type.GAUGE,
            "Share of cerberus.engine.kv-cache-tokens that active requests hold, 0 to 1"),

    /** How much of the prompts need not be read. */
    PREFIX_CACHE_TOKENS("cerberus.prefix.cache.tokens", Meter.Type.COUNTER,
            "Tokens of prompts, by whether their keys and values were still there", Keys.RESULT),

    /** What is loaded. */
    INFO("cerberus.info", Meter.Type.GAUGE, "What is loaded, always 1", Keys.MODEL, Keys.PRECISION, Keys.DEVICE,
            Keys.HEADS),

    /** How long requests took. */
    OPERATION_DURATION("gen_ai.client.operation.duration", Meter.Type.TIMER,
            "Time of a request, waiting included; refused ones too", Keys.OPERATION, Keys.PROVIDER, Keys.REQUEST_MODEL,
            Keys.RESPONSE_MODEL, Keys.ERROR_TYPE),

    /** How large requests were. */
    TOKEN_USAGE("gen_ai.client.token.usage", Meter.Type.DISTRIBUTION_SUMMARY, "Tokens of a request", Keys.OPERATION,
            Keys.PROVIDER, Keys.REQUEST_MODEL, Keys.RESPONSE_MODEL, Keys.TOKEN_TYPE),

    /** How soon answers began. */
    TIME_TO_FIRST_TOKEN("gen_ai.server.time_to_first_token", Meter.Type.TIMER,
            "Time from a request's submission to its first output token", Keys.OPERATION, Keys.PROVIDER,
            Keys.REQUEST_MODEL, Keys.RESPONSE_MODEL),

    /** How fast answers went on. */
    TIME_PER_OUTPUT_TOKEN("gen_ai.server.time_per_output_token", Meter.Type.TIMER,
            "Time of an output token after the first", Keys.OPERATION, Keys.PROVIDER, Keys.REQUEST_MODEL,
            Keys.RESPONSE_MODEL);

    private final String name;

    private final Meter.Type type;

    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // never handed out without a copy
    private final KeyName[] keys;

    CerberusMeters(String name, Meter.Type type, String description, KeyName... keys) {
        this.name = name;
        this.type = type;
        this.description = description;
        this.keys = keys;
    }

    @Override
    public String getName() {
        return this.name;
    }

    @Override
    public Meter.Type getType() {
        return this.type;
    }

    /**
     * Returns what the meter counts or measures.
     * @return a text for people
     */
    public String getDescription() {
        return this.description;
    }

    @Override
    public KeyName[] getKeyNames() {
        return this.keys.clone();
    }

    /**
     * The tags of the meters.
     */
    public enum Keys implements KeyName {

        /** {@code draft} or {@code skip}. */
        DECISION("decision"),

        /** Name of a gate signal, such as {@code head-entropy}. */
        SIGNAL("signal"),

        /** {@code draft} or {@code plain}. */
        KIND("kind"),

        /** Edges between the root and a draft token, from 1. */
        DEPTH("depth"),

        /** {@code prefill}, {@code draft}, {@code verify} or {@code commit}. */
        PHASE("phase"),

        /** {@code hit} or {@code miss}. */
        RESULT("result"),

        /** {@code chat} or {@code text_completion}. */
        OPERATION("gen_ai.operation.name"),

        /** {@code cerberus}. */
        PROVIDER("gen_ai.provider.name"),

        /** Name of the model that was asked. */
        REQUEST_MODEL("gen_ai.request.model"),

        /** Name of the model that answered. */
        RESPONSE_MODEL("gen_ai.response.model"),

        /** Name of the model. */
        MODEL("model"),

        /** Number format, such as {@code int8}. */
        PRECISION("precision"),

        /** {@code cpu} or {@code cuda:N}. */
        DEVICE("device"),

        /** Kind and number of the draft heads, or {@code none}. */
        HEADS("heads"),

        /** Class of what a request failed with or was refused for, or {@code none}. */
        ERROR_TYPE("error.type"),

        /** {@code input} or {@code output}. */
        TOKEN_TYPE("gen_ai.token.type");

        private final String key;

        Keys(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return this.key;
        }

    }

}
