package dev.cerberus.djl;

import java.util.List;

import dev.cerberus.hf.HeadsFile;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * How much larger the embeddings of tokens are to be before they stand beside a hidden
 * state in a row that is rounded.
 */
/*
 * A row is rounded in steps of its largest number. Hidden states behind the last norm are
 * some ten times larger than embeddings, which would come out as little more than zeros;
 * and the weights for embeddings are as much larger as they have to be, so that those for
 * states would. Heads learn from inputs of one magnitude, with weights of one magnitude
 * for both: what weights differ by in the file is what inputs differ by the other way
 * round.
 */
final class InputBalance {

    /** As many tell the magnitude within a hundredth, of a matrix of any size. */
    private static final int SAMPLED_ROWS = 64;

    private InputBalance() {
    }

    /**
     * Returns the factor of embeddings; weights for them are to be divided by it.
     * @param file the heads
     * @param heads the heads of them that are used
     * @return a positive number, 1 where heads read no embeddings
     */
    static double of(HeadsFile file, HeadsDescription heads) {
        if (heads.kind() == HeadsKind.MEDUSA || !heads.rootConditioned()) {
            return 1;
        }
        int hidden = heads.hiddenSize();
        int stride = Math.max(1, hidden / SAMPLED_ROWS);
        double states = 0;
        double embeddings = 0;
        long embedded = 0;
        for (int head = 0; head < heads.heads(); head++) {
            int width = heads.blockInput(head, 0);
            embedded += width - hidden;
            for (HeadsFile.Tensor matrix : List.of(file.blockWeight(head, 0), file.blockResidual(head, 0))) {
                for (int row = 0; row < hidden; row += stride) {
                    states += squares(matrix, row * width, hidden);
                    embeddings += squares(matrix, row * width + hidden, width - hidden);
                }
            }
        }
        double ratio = Math.sqrt((embeddings / embedded) / (states / ((double) hidden * heads.heads())));
        return (Double.isFinite(ratio) && ratio > 0) ? ratio : 1;
    }

    private static double squares(HeadsFile.Tensor matrix, int first, int count) {
        double sum = 0;
        for (int i = first; i < first + count; i++) {
            double value = matrix.value(i);
            sum += value * value;
        }
        return sum;
    }

}
