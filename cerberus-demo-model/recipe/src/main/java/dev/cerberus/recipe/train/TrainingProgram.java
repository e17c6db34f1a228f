package dev.cerberus.recipe.train;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import dev.cerberus.djl.LlamaProgram;
import dev.cerberus.djl.Precision;
import dev.cerberus.hf.Architecture;
import dev.cerberus.hf.LayerKind;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelVariant;
import dev.cerberus.hf.RopeScaling;
import dev.cerberus.hf.RotaryEmbedding;

/**
 * The program that trains a Llama model, around the one definition of its layers.
 */
final class TrainingProgram {

    private TrainingProgram() {
    }

    /**
     * Returns the program for one shape.
     * @param shape dimensions of the model
     * @param bfloat16 whether matrix products round their operands to bfloat16
     * @param lossRows rows of logits that are in memory at a time
     * @return the source of its methods
     */
    static String source(ModelShape shape, boolean bfloat16, int lossRows) {
        return LlamaProgram.forTraining(config(shape), bfloat16 ? Precision.BF16 : Precision.FP32)
            .constant("LOG_STEP", -2.0 * Math.log(ModelShape.ROPE_THETA) / shape.headDimension())
            .constant("LOSS_ROWS", lossRows)
            .file(TrainingProgram.class, "training.py")
            .toString();
    }

    /** Returns a shape as the configuration of the model that serves. */
    static ModelConfig config(ModelShape shape) {
        return new ModelConfig(Architecture.LLAMA, shape.hidden(), shape.intermediate(), shape.layers(), shape.heads(),
                shape.keyValueHeads(), shape.headDimension(), shape.vocabulary(), shape.maxPositions(),
                ModelShape.RMS_NORM_EPSILON, true, false, false,
                Collections.nCopies(shape.layers(),
                        new LayerKind(new RotaryEmbedding(ModelShape.ROPE_THETA, shape.headDimension(),
                                new RopeScaling.None()))),
                ModelVariant.llama(shape.headDimension()), OptionalInt.empty(), List.of(), Optional.empty());
    }

}
