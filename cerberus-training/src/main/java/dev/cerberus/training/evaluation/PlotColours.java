package dev.cerberus.training.evaluation;

import java.util.List;

/**
 * The colours of plots: one for each mode wherever it appears.
 */
/*
 * Those of modes are of Okabe and Ito's palette, those of signals of Tol's: both were
 * made to be told apart by colour-blind eyes. Lines differ in their dashes besides.
 */
final class PlotColours {

    /** What is neither a mode nor a signal, such as the line of an exact prediction. */
    static final String REFERENCE = "#444444";

    private static final List<String> SIGNALS = List.of("#332288", "#882255", "#117733", "#999933", "#aa4499",
            "#44aa99");

    private PlotColours() {
    }

    static String of(BenchMode mode) {
        return switch (mode) {
            case AUTOREGRESSIVE -> "#595959";
            case MEDUSA -> "#e69f00";
            case HYDRA -> "#d55e00";
            case CERBERUS_ALWAYS -> "#56b4e9";
            case CERBERUS_THRESHOLD -> "#0072b2";
            case CERBERUS -> "#009e73";
        };
    }

    /** Returns the colour of the signal at this place among all. */
    static String ofSignal(int index) {
        return SIGNALS.get(index % SIGNALS.size());
    }

}
