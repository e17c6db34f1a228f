package dev.cerberus.recipe.train;

/**
 * Constants of the optimizer.
 *
 * @param muonRate learning rate of the layers' matrices
 * @param adamRate learning rate of embedding and norms (of all parameters if {@code muon}
 * is false)
 * @param muonDecay weight decay of the layers' matrices, in units of the learning rate
 * @param adamDecay weight decay of the embedding (and of matrices under Adam), in units
 * of the learning rate
 * @param momentum momentum of Muon, in [0, 1)
 * @param clip highest norm of the gradient
 * @param zLoss weight of the squared log-normaliser in the loss
 * @param muon whether the layers' matrices are trained by Muon; by Adam otherwise
 */
public record OptimizerSettings(double muonRate, double adamRate, double muonDecay, double adamDecay, double momentum,
        double clip, double zLoss, boolean muon) {

    public OptimizerSettings {
        if (!(muonRate >= 0 && adamRate >= 0 && muonDecay >= 0 && adamDecay >= 0 && zLoss >= 0 && clip > 0)) {
            throw new IllegalArgumentException(
                    "Rates, decays and zLoss must not be negative and clip must be positive, were muonRate " + muonRate
                            + ", adamRate " + adamRate + ", muonDecay " + muonDecay + ", adamDecay " + adamDecay
                            + ", zLoss " + zLoss + ", clip " + clip);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum must be in [0, 1), was " + momentum);
        }
    }

    /**
     * Returns the constants in the order in which the training program reads them.
     * @param factor factor of the schedule
     * @param step the step, 0-based
     * @param momentumNow momentum of this step
     * @return nine numbers
     */
    float[] at(double factor, int step, double momentumNow) {
        return new float[] { (float) (this.muonRate * factor), (float) (this.adamRate * factor), (float) this.muonDecay,
                (float) this.adamDecay, (float) momentumNow, (float) this.clip, (float) this.zLoss, step + 1f,
                this.muon ? 1 : 0 };
    }

}
