package dev.cerberus.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import dev.cerberus.djl.HeadsProgram;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * Where each number of the heads program's weight list lies in a heads file: the first
 * values of a training, and its result.
 *
 * <p>
 * While training, hidden states and embeddings are divided by their root mean square;
 * writing the file folds the divisors into the weights. The LM head takes the states'
 * divisor, since the heads' states keep the smaller scale throughout.
 */
final class HeadsParameters {

    private static final int TRANSITION_SEED = 5;

    private static final double TRANSITION_SCALE = 0.05;

    private final HeadsDescription heads;

    private final double hiddenScale;

    private final double embeddingScale;

    /**
     * Creates a layout.
     * @param heads shape of the heads
     * @param hiddenRms what hidden states are divided by; 1 for medusa, whose residual is
     * the identity
     * @param embeddingRms what embeddings are divided by
     */
    HeadsParameters(HeadsDescription heads, double hiddenRms, double embeddingRms) {
        this.heads = heads;
        this.hiddenScale = 1 / hiddenRms;
        this.embeddingScale = 1 / embeddingRms;
    }

    /**
     * Returns the weights that a training begins with: every head passes the hidden state
     * on to the target's LM head.
     * @param targetRows the target's LM head for the draft vocabulary, [vocabulary,
     * hidden]
     * @return a value array per weight, in the program's order; the LM head is the last
     */
    List<float[]> initial(float[] targetRows) {
        List<float[]> values = new ArrayList<>();
        for (long[] shape : HeadsProgram.forTraining(this.heads).weightShapes()) {
            long size = 1;
            for (long dimension : shape) {
                size = Math.multiplyExact(size, dimension);
            }
            values.add(new float[Math.toIntExact(size)]);
        }
        if (this.heads.kind() != HeadsKind.MEDUSA) {
            for (int head = 0; head < this.heads.heads(); head++) {
                for (int layer = 0; layer < this.heads.layers(); layer++) {
                    Block block = new Block(head, layer);
                    for (int i = 0; i < this.heads.hiddenSize(); i++) {
                        values.get(block.matrix())[block.residual(i, i)] = 1;
                    }
                }
            }
        }
        if (this.heads.transitionRank() > 0) {
            // Zero scores at first; one factor random, or neither would ever move.
            SplittableRandom random = new SplittableRandom(TRANSITION_SEED);
            float[] to = values.get(values.size() - 2);
            for (int i = 0; i < to.length; i++) {
                to[i] = (float) (TRANSITION_SCALE * random.nextGaussian());
            }
        }
        float[] output = values.get(values.size() - 1);
        for (int copy = 0; copy < (this.heads.ownLmHead() ? this.heads.heads() : 1); copy++) {
            for (int row = 0; row < this.heads.draftVocabulary(); row++) {
                for (int i = 0; i < this.heads.hiddenSize(); i++) {
                    output[output(copy, row,
                            i)] = (float) (targetRows[row * this.heads.hiddenSize() + i] / this.hiddenScale);
                }
            }
        }
        return values;
    }

    /**
     * Adds the tensors of a heads file.
     * @param values a value array per weight, in the program's order
     * @param draftVocabulary ascending token ids
     * @param wholeVocabulary whether these are all tokens, so that they need not be
     * listed
     * @param writer takes the tensors
     */
    void write(List<float[]> values, int[] draftVocabulary, boolean wholeVocabulary, SafetensorsWriter writer) {
        int hidden = this.heads.hiddenSize();
        for (int head = 0; head < this.heads.heads(); head++) {
            for (int layer = 0; layer < this.heads.layers(); layer++) {
                Block block = new Block(head, layer);
                int in = this.heads.blockInput(head, layer);
                float[] gated = new float[hidden * in];
                float[] residual = new float[hidden * in];
                float[] bias = new float[hidden];
                for (int o = 0; o < hidden; o++) {
                    bias[o] = values.get(block.matrix() + 1)[block.bias(o)];
                    for (int i = 0; i < in; i++) {
                        double scale = inputScale(head, layer, i / hidden);
                        gated[o * in + i] = (float) (values.get(block.matrix())[block.gated(o, i)] * scale);
                        if (this.heads.kind() != HeadsKind.MEDUSA) {
                            residual[o * in + i] = (float) (values.get(block.matrix())[block.residual(o, i)] * scale);
                        }
                    }
                }
                String prefix = "heads." + head + ".blocks." + layer + ".";
                long[] shape = { hidden, in };
                writer.add(prefix + "weight", TensorType.BF16, shape, gated);
                if (this.heads.kind() != HeadsKind.MEDUSA) {
                    writer.add(prefix + "residual", TensorType.BF16, shape, residual);
                }
                writer.add(prefix + "bias", TensorType.BF16, new long[] { hidden }, bias);
            }
        }
        if (this.heads.transitionRank() > 0) {
            writeTransitions(values, draftVocabulary.length, writer);
        }
        long[] shape = { draftVocabulary.length, hidden };
        float[] output = values.get(values.size() - 1);
        if (!this.heads.ownLmHead()) {
            writer.add("lm_head.weight", TensorType.BF16, shape, output);
        }
        else {
            for (int head = 0; head < this.heads.heads(); head++) {
                float[] rows = new float[draftVocabulary.length * hidden];
                for (int row = 0; row < draftVocabulary.length; row++) {
                    for (int i = 0; i < hidden; i++) {
                        rows[row * hidden + i] = output[output(head, row, i)];
                    }
                }
                writer.add("heads." + head + ".lm_head.weight", TensorType.BF16, shape, rows);
            }
        }
        if (!wholeVocabulary) {
            ByteBuffer ids = ByteBuffer.allocate(Integer.BYTES * draftVocabulary.length).order(ByteOrder.LITTLE_ENDIAN);
            for (int token : draftVocabulary) {
                ids.putInt(token);
            }
            writer.add("draft_vocabulary", TensorType.I32, new long[] { draftVocabulary.length }, ids.flip());
        }
    }

    /** Both factors by token: [vocabulary + 1, rank] and [vocabulary, rank]. */
    private void writeTransitions(List<float[]> values, int vocabulary, SafetensorsWriter writer) {
        int rank = this.heads.transitionRank();
        float[] from = values.get(values.size() - 3);
        float[] columns = values.get(values.size() - 2);
        float[] to = new float[columns.length];
        for (int token = 0; token < vocabulary; token++) {
            for (int i = 0; i < rank; i++) {
                to[token * rank + i] = columns[i * vocabulary + token];
            }
        }
        writer.add("transitions.from", TensorType.BF16, new long[] { vocabulary + 1L, rank }, from);
        writer.add("transitions.to", TensorType.BF16, new long[] { vocabulary, rank }, to);
    }

    /*
     * What part of a block's input is: the hidden state itself, an embedding, or a state
     * of the heads, which is on the training's scale already. Order as in
     * HeadsDescription.blockInput:
     *
     * cerberus, layer 0 h e hydra, layer 0 h e_root e_1 … cerberus, later s s_before e
     * (s_before of head 0 is h)
     */
    private double inputScale(int head, int layer, int part) {
        return switch (this.heads.kind()) {
            case MEDUSA -> (layer == 0) ? this.hiddenScale : 1;
            case HYDRA -> (layer > 0) ? 1 : (part == 0) ? this.hiddenScale : this.embeddingScale;
            case CERBERUS -> {
                if (layer == 0) {
                    yield (part == 0) ? this.hiddenScale : this.embeddingScale;
                }
                boolean first = part == 1 && head == 0 && this.heads.linked();
                yield (part == 2) ? this.embeddingScale : first ? this.hiddenScale : 1;
            }
        };
    }

    private int output(int head, int row, int column) {
        return this.heads.ownLmHead() ? (head * this.heads.hiddenSize() + column) * this.heads.draftVocabulary() + row
                : row * this.heads.hiddenSize() + column;
    }

    /** Index arithmetic of one block's numbers within the fused weights. */
    private final class Block {

        private final int head;

        private final int layer;

        private final int in;

        private final int hidden;

        private final boolean doubled;

        Block(int head, int layer) {
            this.head = head;
            this.layer = layer;
            this.in = HeadsParameters.this.heads.blockInput(head, layer);
            this.hidden = HeadsParameters.this.heads.hiddenSize();
            this.doubled = HeadsParameters.this.heads.kind() != HeadsKind.MEDUSA;
        }

        /** Index of the matrix in the weight list; its bias follows. */
        int matrix() {
            return (HeadsParameters.this.heads.kind() == HeadsKind.HYDRA)
                    ? 2 * (this.head * HeadsParameters.this.heads.layers() + this.layer) : 2 * this.layer;
        }

        int residual(int out, int input) {
            return at(out, input);
        }

        int gated(int out, int input) {
            return at(this.doubled ? this.hidden + out : out, input);
        }

        int bias(int out) {
            int row = this.doubled ? this.hidden + out : out;
            return (HeadsParameters.this.heads.kind() == HeadsKind.HYDRA) ? row : this.head * rows() + row;
        }

        private int rows() {
            return this.doubled ? 2 * this.hidden : this.hidden;
        }

        private int at(int row, int input) {
            if (HeadsParameters.this.heads.kind() == HeadsKind.HYDRA) {
                return row * this.in + input;
            }
            return (this.layer == 0) ? (this.head * rows() + row) * this.in + input
                    : (this.head * this.in + input) * rows() + row;
        }

    }

}
