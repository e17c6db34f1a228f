package dev.cerberus.engine;

/**
 * The model that answers when none is named, if its jar, {@code cerberus-demo-model}, is
 * on the class path.
 */
public final class BundledModel {

    /** A {@code classpath:} location. */
    public static final String LOCATION = "classpath:smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    private BundledModel() {
    }

    /**
     * Returns whether the model is there.
     * @return whether the jar is on the class path
     */
    public static boolean isPresent() {
        return BundledModel.class.getResource("/" + LOCATION.substring(LOCATION.indexOf(':') + 1)) != null;
    }

}
