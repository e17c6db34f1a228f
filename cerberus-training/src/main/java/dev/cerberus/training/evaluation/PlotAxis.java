package dev.cerberus.training.evaluation;

/**
 * An axis from 0, with ticks at round numbers.
 *
 * @param end the largest value that has a place, a tick
 * @param step distance of two ticks
 */
record PlotAxis(double end, double step) {

    private static final int MOST_STEPS = 8;

    /** Returns the axis that holds values up to the given one. */
    static PlotAxis upTo(double most) {
        double wanted = Math.max(most, 1e-9) / MOST_STEPS;
        double power = Math.pow(10, Math.floor(Math.log10(wanted)));
        for (double factor : new double[] { 1, 2, 5 }) {
            if (factor * power >= wanted) {
                return of(most, factor * power);
            }
        }
        return of(most, 10 * power);
    }

    private static PlotAxis of(double most, double step) {
        return new PlotAxis(Math.max(1, Math.ceil(most / step - 1e-9)) * step, step);
    }

    int ticks() {
        return (int) Math.round(this.end / this.step) + 1;
    }

    double tick(int index) {
        return index * this.step;
    }

    String label(int index) {
        int digits = (int) Math.max(0, Math.ceil(-Math.log10(this.step) - 1e-9));
        return BenchTable.decimal(tick(index), digits);
    }

    /** Returns where a value lies between the places of 0 and of the end. */
    double place(double value, double zero, double end) {
        return zero + (end - zero) * value / this.end;
    }

}
