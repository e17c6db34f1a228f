package dev.cerberus.advice;

/**
 * A setting that a text may advise to change. Every one is an option of the engine; what
 * a user calls it is up to {@link SettingNames}.
 */
public enum Setting {

    /** The longest sequence. */
    MAX_CONTEXT("maxContext"),

    /** The number format. */
    PRECISION("precision"),

    /** Where the model runs. */
    DEVICE("device"),

    /** The file of the draft heads. */
    HEADS("heads.location"),

    /** How many heads draft. */
    HEADS_COUNT("heads.count"),

    /** The file of what the model wrote before. */
    MEMORY("memory.location"),

    /** A static tree. */
    TREE_SHAPE("shape"),

    /** Whether drafts look the context up. */
    CONTEXT_LOOKUP("contextLookup"),

    /** The calibration file. */
    CALIBRATION("calibration"),

    /** The chat template. */
    CHAT_TEMPLATE("chatTemplate"),

    /** Whether a model is fetched at start. */
    HUB_DOWNLOAD("hub.download"),

    /** The folder of fetched models. */
    HUB_CACHE("hub.cache"),

    /** The folder in which rounded weights are kept. */
    WEIGHTS_CACHE("weightsCache"),

    /** How many requests may wait. */
    QUEUE_CAPACITY("queueCapacity"),

    /** How many requests are decoded together. */
    MAX_CONCURRENT("maxConcurrent"),

    /** The longest time of a request. */
    REQUEST_TIMEOUT("requestTimeout"),

    /** The longest text of a request. */
    MAX_INPUT_CHARACTERS("maxInputCharacters"),

    /** How many tokens all KV caches hold together. */
    KV_CACHE_TOKENS("kvCacheTokens");

    private final String option;

    Setting(String option) {
        this.option = option;
    }

    /**
     * Returns where the setting is in the engine's options.
     * @return names of record components, with a dot between
     */
    public String option() {
        return this.option;
    }

}
