package dev.cerberus.training.evaluation;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.cerberus.gate.GateMode;

/**
 * A way to decode that a benchmark compares.
 */
public enum BenchMode {

    /** One token per step: the baseline. */
    AUTOREGRESSIVE("autoregressive", HeadsRole.CERBERUS, GateMode.NEVER),

    /** Medusa heads, drafting at every step. */
    MEDUSA("medusa", HeadsRole.MEDUSA, GateMode.ALWAYS),

    /** Hydra heads, drafting at every step. */
    HYDRA("hydra", HeadsRole.HYDRA, GateMode.ALWAYS),

    /** Cerberus heads, or lookup alone, drafting at every step. */
    CERBERUS_ALWAYS("cerberus-always", HeadsRole.CERBERUS, GateMode.ALWAYS),

    /** Cerberus heads, or lookup alone, behind the paper's gate. */
    CERBERUS_THRESHOLD("cerberus-threshold", HeadsRole.CERBERUS, GateMode.THRESHOLD),

    /** Cerberus heads, or lookup alone, behind the adaptive gate. */
    CERBERUS("cerberus", HeadsRole.CERBERUS, GateMode.ADAPTIVE);

    /**
     * Which of the heads files given to a benchmark a mode drafts with.
     */
    public enum HeadsRole {

        /** The model's own heads; where there are none, lookup drafts alone. */
        CERBERUS,

        /** The Medusa baseline. */
        MEDUSA,

        /** The Hydra baseline. */
        HYDRA;

        /**
         * Returns the name as command lines write it.
         * @return lower case
         */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

    }

    private final String id;

    private final HeadsRole heads;

    private final GateMode gate;

    BenchMode(String id, HeadsRole heads, GateMode gate) {
        this.id = id;
        this.heads = heads;
        this.gate = gate;
    }

    /**
     * Returns the name in command lines and results.
     * @return such as {@code cerberus-always}
     */
    public String id() {
        return this.id;
    }

    /**
     * Returns the heads that the mode drafts with.
     * @return the role; {@link #AUTOREGRESSIVE} runs with any
     */
    public HeadsRole heads() {
        return this.heads;
    }

    /**
     * Returns the gate.
     * @return who decides whether a step drafts
     */
    public GateMode gate() {
        return this.gate;
    }

    /** Returns whether a gate may skip steps. */
    boolean isGated() {
        return this.gate == GateMode.THRESHOLD || this.gate == GateMode.ADAPTIVE;
    }

    /**
     * Returns the mode of the given name.
     * @param id such as {@code cerberus-always}
     * @return the mode
     * @throws IllegalArgumentException if there is none
     */
    public static BenchMode ofId(String id) {
        return Arrays.stream(values())
            .filter((mode) -> mode.id.equals(id))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("mode must be one of "
                    + Arrays.stream(values()).map(BenchMode::id).collect(Collectors.joining(", ")) + ", was '" + id
                    + "'"));
    }

}
