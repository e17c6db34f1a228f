package dev.cerberus.hf;

import java.util.List;
import java.util.Optional;

/** Reads how heads are rotated, in the dialects of {@code config.json}. */
final class RopeReader {

    /*
     * transformers 4 writes rope_theta and rope_scaling, transformers 5 one object
     * rope_parameters for both, or one in it for every type of layers.
     */

    private static final String PARTIAL = "partial_rotary_factor";

    private static final String ORIGINAL = "original_max_position_embeddings";

    private static final double DEFAULT_BETA_FAST = 32;

    private static final double DEFAULT_BETA_SLOW = 1;

    private final JsonFile json;

    private final Family.FamilySizes sizes;

    private final double defaultTheta;

    RopeReader(JsonFile json, Family.FamilySizes sizes, double defaultTheta) {
        this.json = json;
        this.sizes = sizes;
        this.defaultTheta = defaultTheta;
    }

    /** Reads the rotation of a model whose layers all have the same. */
    RotaryEmbedding read() {
        Optional<JsonFile> scaling = scaling();
        scaling.filter((found) -> found.node("full_attention").isObject() || found.node("sliding_attention").isObject())
            .ifPresent((found) -> {
                throw unsupported("rope_parameters that differ by layer",
                        "use a model with the same ones in all layers");
            });
        if (partial(scaling) != 1) {
            throw unsupported(PARTIAL + " " + partial(scaling), "use a model that rotates whole heads");
        }
        return new RotaryEmbedding(theta(scaling), this.sizes.headDim(), scaling(scaling));
    }

    /** Reads the rotation of a model that may rotate a part of each head only. */
    RotaryEmbedding readPartial() {
        Optional<JsonFile> scaling = scaling();
        return new RotaryEmbedding(theta(scaling), (int) (this.sizes.headDim() * partial(scaling)), scaling(scaling));
    }

    /**
     * Reads the rotation of one type of layers.
     * @param type the type, a key of {@code rope_parameters}
     * @param scaled whether {@code rope_scaling} holds for it where there are no such
     * objects
     * @param thetaField the field for the base of the frequencies where there are none
     * @param otherwise the base where it is stated nowhere
     */
    RotaryEmbedding read(String type, boolean scaled, String thetaField, double otherwise) {
        Optional<JsonFile> own = this.json.object("rope_parameters").flatMap((all) -> all.object(type));
        if (own.isPresent()) {
            return new RotaryEmbedding(own.get().number("rope_theta").orElse(otherwise), this.sizes.headDim(),
                    scaling(own));
        }
        return new RotaryEmbedding(this.json.number(thetaField).orElse(otherwise), this.sizes.headDim(),
                scaling(this.json.object("rope_scaling").filter((found) -> scaled)));
    }

    /**
     * Returns how many tokens the model can address: more than the configuration's own
     * limit where YaRN stretches the original context that it names beyond that.
     */
    /*
     * Qwen and SmolLM tell to add rope_scaling to config.json for long texts and to leave
     * the rest as it is.
     */
    int positions() {
        int stated = this.sizes.maxPositions();
        return scaling().map((all) -> all.object("full_attention").orElse(all))
            .filter((found) -> found.has(ORIGINAL) && scaling(found) instanceof RopeScaling.Yarn)
            .map(this::yarn)
            .map((yarn) -> (int) Math.max(stated, yarn.factor() * yarn.originalMaxPositions()))
            .orElse(stated);
    }

    /** Returns what is said of scaling. */
    Optional<JsonFile> scaling() {
        return this.json.object("rope_scaling").or(() -> this.json.object("rope_parameters"));
    }

    private double partial(Optional<JsonFile> scaling) {
        return scaling.filter((found) -> found.has(PARTIAL)).orElse(this.json).number(PARTIAL).orElse(1);
    }

    private double theta(Optional<JsonFile> scaling) {
        if (scaling.isPresent() && scaling.get().has("rope_theta")) {
            return scaling.get().requiredNumber("rope_theta");
        }
        Optional<JsonFile> parameters = this.json.object("rope_parameters");
        if (parameters.isPresent() && parameters.get().has("rope_theta")) {
            return parameters.get().requiredNumber("rope_theta");
        }
        return this.json.number("rope_theta").orElse(this.defaultTheta);
    }

    private RopeScaling scaling(Optional<JsonFile> scaling) {
        return scaling.map(this::scaling).orElseGet(RopeScaling.None::new);
    }

    private RopeScaling scaling(JsonFile scaling) {
        String type = scaling.string("rope_type").or(() -> scaling.string("type")).orElse("default");
        return switch (type) {
            // the dynamic one begins beyond max_position_embeddings, where contexts end
            case "default", "dynamic" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(scaling.requiredNumber("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(scaling.requiredNumber("factor"), scaling.requiredNumber("low_freq_factor"),
                        scaling.requiredNumber("high_freq_factor"), scaling.requiredInteger(ORIGINAL));
            case "yarn" -> yarn(scaling);
            case "longrope", "su" -> longRope(scaling);
            default -> throw unsupported("the rope_type " + type,
                    "use a model with one of default, linear, dynamic, llama3, yarn, longrope");
        };
    }

    private RopeScaling.Yarn yarn(JsonFile scaling) {
        int original = scaling.integer(ORIGINAL).orElse(this.sizes.maxPositions());
        double factor = scaling.number("factor").orElse((double) this.sizes.maxPositions() / original);
        double numerator = scaling.number("mscale").orElse(0);
        double denominator = scaling.number("mscale_all_dim").orElse(0);
        double magnitude = (numerator != 0 && denominator != 0)
                ? RopeScaling.Yarn.magnitude(factor, numerator) / RopeScaling.Yarn.magnitude(factor, denominator)
                : RopeScaling.Yarn.magnitude(factor, 1);
        return new RopeScaling.Yarn(factor, original, scaling.number("beta_fast").orElse(DEFAULT_BETA_FAST),
                scaling.number("beta_slow").orElse(DEFAULT_BETA_SLOW), scaling.bool("truncate", true),
                scaling.number("attention_factor").orElse(magnitude));
    }

    private RopeScaling longRope(JsonFile scaling) {
        int original = this.json.integer(ORIGINAL).orElse(scaling.integer(ORIGINAL).orElse(this.sizes.maxPositions()));
        double factor = scaling.number("factor").orElse((double) this.sizes.maxPositions() / original);
        return new RopeScaling.LongRope(factors(scaling, "short_factor"), factors(scaling, "long_factor"), original,
                scaling.number("attention_factor").orElse(RopeScaling.LongRope.magnitude(factor, original)));
    }

    private List<Double> factors(JsonFile scaling, String field) {
        List<Double> factors = scaling.numbers(field);
        if (factors.isEmpty()) {
            throw this.json.invalid("the field rope_scaling." + field + " is missing");
        }
        return factors;
    }

    private ModelFileException unsupported(String what, String action) {
        return new ModelFileException(this.json.file(), what + " is not supported", action);
    }

}
