package dev.cerberus.engine;

import java.util.Set;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.WeightsCache;
import dev.cerberus.model.ModelException;

/**
 * The folder in which an engine's rounded weights are kept, if there is one.
 */
final class WeightsCacheInUse {

    /** Precisions that may round weights. */
    private static final Set<String> ROUNDING = Set.of("auto", "int8");

    private WeightsCacheInUse() {
    }

    /**
     * Finds the folder. The model's files are read to be told apart, which need not wait
     * for anything.
     * @param options may name the folder
     * @param checkpoint the model's files
     * @return the cache
     * @throws ModelException if the name is empty or no path
     */
    static WeightsCache of(EngineOptions options, Checkpoint checkpoint) {
        if (options.weightsCache().isEmpty() || !ROUNDING.contains(options.precision())) {
            return WeightsCache.none();
        }
        String location = options.weightsCache().get();
        if (location.isBlank()) { // which as a path would be the working directory
            throw new ModelException(Advice.of("The weights cache is named by an empty text",
                    Remedy.of("name a folder with", Setting.WEIGHTS_CACHE)));
        }
        try {
            WeightsCache cache = WeightsCache.in(ResourceText.path(location));
            checkpoint.sha256();
            return cache;
        }
        catch (IllegalArgumentException ex) {
            throw new ModelException(Advice.of("The weights cache '" + location + "' is not a path or file: URL",
                    Remedy.of("name a folder with", Setting.WEIGHTS_CACHE)), ex);
        }
    }

}
