package dev.cerberus.gate;

/**
 * Figures of a softmax distribution given by its logits.
 */
public final class Distributions {

    private Distributions() {
    }

    /**
     * Returns the entropy of a softmax.
     * @param logits the logits, at least one
     * @return nats, in 0..ln(length)
     */
    /* H = ln Z - sum(e·x)/Z with e = exp(x), Z = sum(e), x the logit less the largest. */
    public static double entropyNats(float[] logits) {
        double max = max(logits);
        double total = 0;
        double weighted = 0;
        for (float logit : logits) {
            double x = logit - max;
            double e = Math.exp(x);
            if (e > 0) {
                total += e;
                weighted += e * x;
            }
        }
        return Math.max(0, Math.log(total) - weighted / total);
    }

    /**
     * Returns the difference of the two largest probabilities of a softmax.
     * @param logits the logits, at least two
     * @return in 0..1
     */
    public static double top1Margin(float[] logits) {
        double max = max(logits);
        double total = 0;
        double second = Double.NEGATIVE_INFINITY;
        boolean maxSeen = false;
        for (float logit : logits) {
            total += Math.exp(logit - max);
            if (logit == max && !maxSeen) {
                maxSeen = true;
            }
            else {
                second = Math.max(second, logit);
            }
        }
        return (1 - Math.exp(second - max)) / total;
    }

    private static double max(float[] logits) {
        float max = logits[0];
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        return max;
    }

}
