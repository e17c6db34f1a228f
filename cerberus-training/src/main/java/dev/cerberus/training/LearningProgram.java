package dev.cerberus.training;

import dev.cerberus.djl.HeadsProgram;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * The program that trains heads, around the one definition of the heads.
 */
final class LearningProgram {

    /** Ranks among which the accuracy is measured. */
    static final int RANKS = 8;

    private static final int FLOAT32 = 6;

    private static final int BF16 = 15;

    private LearningProgram() {
    }

    /**
     * Returns the program for some heads.
     * @param heads their shape
     * @param bf16 whether to compute in bf16
     * @param trainsOutput whether the LM head is a parameter
     * @return the source of its methods
     */
    static String source(HeadsDescription heads, boolean bf16, boolean trainsOutput) {
        return HeadsProgram.forTraining(heads)
            .source()
            .constant("TYPE", bf16 ? BF16 : FLOAT32)
            .constant("TRAINS_OUTPUT", trainsOutput)
            .constant("BLOCK_WEIGHTS", blockWeights(heads))
            .constant("HALVED_BIASES", heads.kind() != HeadsKind.MEDUSA)
            .constant("RANKS", RANKS)
            .file(LearningProgram.class, "learning.py")
            .toString();
    }

    /** Returns how many weights, which are the first, belong to the heads' blocks. */
    private static int blockWeights(HeadsDescription heads) {
        int others = (heads.transitionRank() > 0) ? 3 : 1;
        return HeadsProgram.forTraining(heads).weightShapes().length - others;
    }

    /** Returns how many embeddings one position shows to the heads. */
    static int rootsPerPosition(HeadsDescription heads) {
        return (heads.kind() == HeadsKind.HYDRA) ? heads.heads() : 1;
    }

}
