package dev.cerberus.tree;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Transitions as sharp as the temperatures of the requests under way want them, the last
 * ones used being kept: they remember rows of factors that take time to compute. Used by
 * one thread.
 */
public final class SharpenedTransitions {

    private static final int KEPT = 2;

    private final Transitions trained;

    private final Map<Double, Transitions> kept = new LinkedHashMap<>(2 * KEPT, 0.75f, true);

    /**
     * Creates transitions of any sharpness.
     * @param trained the transitions as they were trained
     */
    public SharpenedTransitions(Transitions trained) {
        this.trained = trained;
    }

    /**
     * Returns the transitions with all scores multiplied.
     * @param factor what scores are to be multiplied by, positive
     * @return the transitions
     */
    public Transitions with(double factor) {
        Transitions known = this.kept.computeIfAbsent(factor, this.trained::withSharpness);
        if (this.kept.size() > KEPT) {
            this.kept.remove(this.kept.keySet().iterator().next()); // the least recently
                                                                    // used
        }
        return known;
    }

}
