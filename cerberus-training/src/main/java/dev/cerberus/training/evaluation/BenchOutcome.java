package dev.cerberus.training.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The result of a benchmark.
 *
 * @param rows one per mode and category, and one per mode over all
 * @param flips where tokens differ from the autoregressive ones
 * @param depths how drafts fared by depth
 * @param predictions what the adaptive gate expected of its steps, and what happened
 * @param spreads how much the speedup varies from prompt to prompt
 */
public record BenchOutcome(List<BenchRow> rows, List<Flip> flips, List<DepthCount> depths,
        List<PredictionBin> predictions, List<Spread> spreads) {

    /**
     * Copies the lists.
     */
    public BenchOutcome {
        rows = List.copyOf(rows);
        flips = List.copyOf(flips);
        depths = List.copyOf(depths);
        predictions = List.copyOf(predictions);
        spreads = List.copyOf(spreads);
    }

    /**
     * The first difference between the tokens of a mode and the autoregressive ones.
     *
     * @param mode name of the mode
     * @param category the prompt's category
     * @param prompt name of the prompt
     * @param turn its turn, 1-based
     * @param position index of the first differing output token
     * @param margin difference of the target's two largest logits there; empty if it
     * could not be measured
     */
    public record Flip(String mode, String category, String prompt, int turn, int position, OptionalDouble margin) {
    }

    /**
     * How drafts fared at one depth.
     *
     * @param mode name of the mode
     * @param depth depth of draft tokens, at least 1
     * @param drafted steps whose tree reached the depth
     * @param accepted steps that kept a draft token of the depth
     */
    public record DepthCount(String mode, int depth, long drafted, long accepted) {
    }

    /**
     * Draft steps of the adaptive gate with similar expectations.
     *
     * @param steps number of steps
     * @param expected mean of the accepted draft tokens that the heads expected
     * @param accepted mean of the draft tokens kept
     */
    public record PredictionBin(long steps, double expected, double accepted) {
    }

    /**
     * Speedups of single prompts.
     *
     * @param mode name of the mode
     * @param category name of the category, {@link BenchRow#ALL} for all of them
     * @param lowerQuartile a quarter of the prompts gains less than this
     * @param upperQuartile a quarter of the prompts gains more than this
     */
    public record Spread(String mode, String category, double lowerQuartile, double upperQuartile) {
    }

    Optional<Spread> spread(String mode, String category) {
        return this.spreads.stream()
            .filter((spread) -> spread.mode().equals(mode) && spread.category().equals(category))
            .findFirst();
    }

    BenchRow row(BenchMode mode, String category) {
        return this.rows.stream()
            .filter((row) -> row.mode().equals(mode.id()) && row.category().equals(category))
            .findFirst()
            .orElseThrow(
                    () -> new IllegalArgumentException("no row of mode " + mode.id() + " and category " + category));
    }

    List<String> modes() {
        return this.rows.stream().map(BenchRow::mode).distinct().toList();
    }

    /** Returns the categories of the prompts in their order. */
    List<String> categories() {
        return this.rows.stream()
            .map(BenchRow::category)
            .distinct()
            .filter((category) -> !category.equals(BenchRow.ALL) && !category.equals(BenchRow.NOT_LOOPING))
            .toList();
    }

}
