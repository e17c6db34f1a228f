package dev.cerberus.model;

import java.util.List;

/**
 * What a kind of device does well: the sizes that are taken where nobody names others.
 * Immutable and thread-safe.
 *
 * @param draftNodes the most draft nodes of a step, at least 1
 * @param rowLimit the most rows of a forward, at least 1
 * @param sharedRows the most rows of a forward that somebody waits for with an answer
 * half written, at least 1
 * @param costContexts tokens in the cache at which costs are measured, at least one
 * number
 * @param plansByShape whether libraries prepare themselves for every shape that they see
 * first: costs are then measured along growing lengths, and what requests will run is run
 * once before the first of them
 */
public record DeviceProfile(int draftNodes, int rowLimit, int sharedRows, List<Integer> costContexts,
        boolean plansByShape) {

    /**
     * A CPU: every row costs, and what rows cost hardly depends on the few tokens before.
     */
    public static final DeviceProfile CPU = new DeviceProfile(16, 256, 64, List.of(16), false);

    /**
     * A GPU: rows are nearly free up to 64, the root being one of them, and long pieces
     * of prompts are what it is made for.
     */
    public static final DeviceProfile CUDA = new DeviceProfile(63, 2048, 256, List.of(128, 1024), true);

    /**
     * Checks the ranges.
     */
    public DeviceProfile {
        costContexts = List.copyOf(costContexts);
        if (draftNodes < 1 || rowLimit < 1 || sharedRows < 1 || costContexts.isEmpty()
                || costContexts.stream().anyMatch((tokens) -> tokens < 1)) {
            throw new IllegalArgumentException("a device drafts and reads at least 1 row, and its costs are measured "
                    + "at a context of at least 1 token, was " + draftNodes + ", " + rowLimit + ", " + sharedRows
                    + " and " + costContexts);
        }
    }

}
