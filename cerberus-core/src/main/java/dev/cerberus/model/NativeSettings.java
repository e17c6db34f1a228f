package dev.cerberus.model;

/**
 * What native libraries are told before the first of them is loaded: to ask nothing of a
 * network. Thread-safe.
 *
 * <p>
 * Whatever loads one calls {@link #apply} first.
 */
public final class NativeSettings {

    private NativeSettings() {
    }

    /**
     * Sets what neither the environment nor a system property has set.
     */
    public static void apply() {
        // The tensor library would ask an EC2 address whether it runs in that cloud, and
        // report there that it was started.
        setUnlessGiven("OPT_OUT_TRACKING", "true");
        // Tokenizing runs on the CPU: on hosts with a GPU a CUDA build of the tokenizer
        // library would be looked for and downloaded.
        setUnlessGiven("RUST_FLAVOR", "cpu");
    }

    private static void setUnlessGiven(String name, String value) {
        if (System.getenv(name) == null && System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

}
