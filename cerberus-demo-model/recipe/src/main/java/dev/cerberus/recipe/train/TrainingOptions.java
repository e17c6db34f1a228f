package dev.cerberus.recipe.train;

import java.nio.file.Path;

/**
 * Everything a training run is told.
 *
 * @param work folder with {@code tokens.bin}, {@code loss-mask.bin},
 * {@code validation.bin} and {@code validation-mask.bin}; checkpoints and the log go
 * there, and a file {@code STOP-AT} in it that holds a step number moves the end of the
 * schedule to that step
 * @param separator id of the token that ends a document
 * @param bfloat16 whether matrix products round their operands to bfloat16
 * @param lossRows rows of logits that are in memory at a time
 * @param tokensPerStep tokens that one step of the optimizer sees, at least
 * @param checkpointEvery steps between checkpoints
 * @param validateEvery steps between validations
 * @param validationBatches batches of one validation during training
 * @param seed seed of parameters and order
 * @param resume whether the last checkpoint is continued where there is one
 */
public record TrainingOptions(Path work, int separator, boolean bfloat16, int lossRows, int tokensPerStep,
        int checkpointEvery, int validateEvery, int validationBatches, long seed, boolean resume) {

    public TrainingOptions {
        if (lossRows < 1 || tokensPerStep < 1 || checkpointEvery < 1 || validateEvery < 1 || validationBatches < 1) {
            throw new IllegalArgumentException("lossRows, tokensPerStep, checkpointEvery, validateEvery and "
                    + "validationBatches must be at least 1");
        }
    }

}
