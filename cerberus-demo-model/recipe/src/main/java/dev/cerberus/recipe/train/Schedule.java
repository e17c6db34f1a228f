package dev.cerberus.recipe.train;

/**
 * Learning rate over the steps: a linear rise, a plateau, a linear fall to zero.
 *
 * @param warmUp steps of the rise, at least 0
 * @param decayStart step at which the fall begins, not before the rise has ended
 * @param end number of steps in all
 */
public record Schedule(int warmUp, int decayStart, int end) {

    public Schedule {
        if (warmUp < 0 || decayStart < warmUp || end <= decayStart) {
            throw new IllegalArgumentException("The schedule must satisfy 0 <= warmUp <= decayStart < end, was "
                    + warmUp + ", " + decayStart + ", " + end);
        }
    }

    /**
     * Returns a schedule whose fall takes a share of all steps.
     * @param warmUp steps of the rise
     * @param end number of steps in all
     * @param decayShare share of the steps, in (0, 1], that belong to the fall
     * @return the schedule
     */
    public static Schedule of(int warmUp, int end, double decayShare) {
        return new Schedule(warmUp, Math.max(warmUp, (int) Math.round(end * (1 - decayShare))), end);
    }

    /**
     * Returns the factor on the learning rate.
     * @param step the step, 0-based
     * @return a factor in [0, 1]
     */
    public double factor(int step) {
        if (step < this.warmUp) {
            return (step + 1.0) / this.warmUp;
        }
        if (step < this.decayStart) {
            return 1;
        }
        return Math.max(0, (double) (this.end - step) / (this.end - this.decayStart));
    }

    /**
     * Returns this schedule with another end; the factor does not jump.
     * @param step the step about to be done
     * @param newEnd the new number of steps, after {@code step}
     * @return a schedule that continues from here: a fall that has begun goes on to the
     * new end, one that has not begins now if the same share of the steps asks for it
     */
    public Schedule endingAt(int step, int newEnd) {
        if (newEnd <= step) {
            throw new IllegalArgumentException("The new end must lie after step " + step + ", was " + newEnd);
        }
        if (step > this.decayStart) {
            int start = (int) Math.round(newEnd - (newEnd - step) / factor(step));
            return new Schedule(Math.min(this.warmUp, start), start, newEnd);
        }
        double share = (double) (this.end - this.decayStart) / this.end;
        int start = Math.max(step, (int) Math.round(newEnd * (1 - share)));
        return new Schedule(Math.min(this.warmUp, start), Math.min(start, newEnd - 1), newEnd);
    }

}
