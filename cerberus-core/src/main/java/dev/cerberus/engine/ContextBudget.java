package dev.cerberus.engine;

import java.lang.management.ManagementFactory;
import java.util.Optional;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.djl.DeviceMemory;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.TargetModel;

/**
 * What the machine's memory allows: whether a context fits before tables of its length
 * are made, and how many tokens the KV caches may hold.
 */
final class ContextBudget {

    private static final int LEAST_TOKENS = 2;

    private static final Remedy CORRECT = Remedy.of("correct max_position_embeddings in " + ModelConfig.FILE_NAME);

    // Per token and pair of a head's numbers: angle, cosine and sine, and both once more
    // as one complex number.
    private static final int ROTARY_BYTES = 20;

    private static final int SHARE_OF_MEMORY = 4;

    private static final int SHARE_OF_FREE = 2;

    private ContextBudget() {
    }

    /**
     * Checks a context.
     * @param tokens the longest sequence
     * @param config the model
     * @throws ModelException if the table of rotary angles would take more than a quarter
     * of the machine's memory, or there is no room for an answer
     */
    static void require(int tokens, ModelConfig config) {
        require(tokens, config, memoryBytes());
    }

    static void require(int tokens, ModelConfig config, long memoryBytes) {
        if (tokens < LEAST_TOKENS) {
            throw new ModelException(Advice.of("The context of " + tokens + " token leaves no room for an answer",
                    CORRECT, Remedy.of("raise", Setting.MAX_CONTEXT, "to at least " + LEAST_TOKENS)));
        }
        long perToken = (long) ROTARY_BYTES * config.headDim() / 2;
        long allowed = memoryBytes / SHARE_OF_MEMORY;
        if (tokens * perToken > allowed) {
            throw new ModelException(Advice.of(
                    "A context of " + tokens + " tokens needs " + tokens * perToken
                            + " bytes for rotary angles alone, and this machine has " + memoryBytes,
                    Remedy.of("set", Setting.MAX_CONTEXT, "to at most " + allowed / perToken), CORRECT));
        }
    }

    /**
     * Returns how many tokens the KV caches of all requests may hold together: what the
     * options say; or else as many as the requests can have, or what memory takes.
     * @param options how to run
     * @param model the target model
     * @param device the memory of the device that it is on, if that has some of its own
     */
    static long cacheTokens(EngineOptions options, TargetModel model, Optional<DeviceMemory> device) {
        return options.kvCacheTokens().isPresent() ? options.kvCacheTokens().getAsInt()
                : cacheTokens(options.maxConcurrent(), model.dimensions().maxContext(), model.cacheBytesPerToken(),
                        allowedBytes(device, memoryBytes()));
    }

    static long cacheTokens(int requests, int contextTokens, long bytesPerToken, long allowedBytes) {
        long allowed = allowedBytes / bytesPerToken;
        return Math.max(LEAST_TOKENS, Math.min(allowed, (long) requests * contextTokens));
    }

    /**
     * Returns what KV caches may take: a quarter of the machine's memory, or half of what
     * the loaded model has left of the device's.
     */
    static long allowedBytes(Optional<DeviceMemory> device, long memoryBytes) {
        return device.map((own) -> own.freeBytes() / SHARE_OF_FREE).orElse(memoryBytes / SHARE_OF_MEMORY);
    }

    /**
     * Returns how many tokens of finished requests are kept: at most half of what the KV
     * caches hold, and no more than one context.
     * @param options how to run
     * @param cacheTokens tokens of the KV caches
     * @param model the target model
     */
    static long prefixTokens(EngineOptions options, long cacheTokens, TargetModel model) {
        return options.prefixCache() ? Math.min(cacheTokens / 2, model.dimensions().maxContext()) : 0;
    }

    /** Returns the memory of the machine or container; without bound where unknown. */
    private static long memoryBytes() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            return system.getTotalMemorySize();
        }
        return Long.MAX_VALUE;
    }

}
