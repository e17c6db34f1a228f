package dev.cerberus.cli;

import java.util.List;
import java.util.Locale;

import dev.cerberus.engine.GenerationResult;

/**
 * What answers took, in words.
 */
final class Speed {

    private Speed() {
    }

    /**
     * Sums answers up.
     * @param results the answers
     * @return one line
     */
    static String of(List<GenerationResult> results) {
        long tokens = 0;
        long steps = 0;
        long drafted = 0;
        long accepted = 0;
        double prefill = 0;
        double decode = 0;
        for (GenerationResult result : results) {
            tokens += result.tokens().length;
            steps += result.statistics().steps();
            drafted += result.statistics().draftSteps();
            accepted += result.statistics().acceptedDraftTokens();
            prefill += result.statistics().prefillSeconds();
            decode += result.statistics().decodeSeconds();
        }
        return String.format(Locale.ROOT,
                "%d tokens in %.2f s (%.1f tokens/s) after %.2f s for the prompt; %.2f tokens per step, %d of %d steps "
                        + "drafted",
                tokens, decode, (decode > 0) ? tokens / decode : 0, prefill,
                (steps == 0) ? 1 : 1 + (double) accepted / steps, drafted, steps);
    }

}
