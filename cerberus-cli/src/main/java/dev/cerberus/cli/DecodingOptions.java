package dev.cerberus.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.tree.TreeShape;
import picocli.CommandLine.Option;

/**
 * The options that say how answers are decoded.
 */
final class DecodingOptions extends AnswerOptions {

    @Option(names = "--tree", paramLabel = "SHAPE", defaultValue = "auto",
            description = "auto, a branching list such as 4,2,1, or paths such as '0;1;0,0'; default: ${DEFAULT-VALUE}")
    private String tree = "auto";

    @Option(names = "--signal", paramLabel = "NAME", defaultValue = "head-entropy",
            description = "Signal of gate mode threshold: hidden-entropy, vocab-entropy, top1-margin, head-confidence, "
                    + "head-entropy or tree-expectation; default: ${DEFAULT-VALUE}")
    private String signal = "head-entropy";

    @Option(names = "--threshold", paramLabel = "X",
            description = "Bound of the signal: entropies draft below it, the others above; default: the calibrated one, "
                    + "or else 2.0 for entropies and 0.5 for the others")
    private @Nullable Double threshold;

    @Option(names = "--no-context-lookup",
            description = "Draft with the heads alone, not also with how the text went on where its last tokens stood "
                    + "before")
    private boolean headsAlone;

    @Override
    void check() {
        super.check();
        GateSignal compared = usage(() -> gate(GateMode.THRESHOLD)).signal();
        require(this.threshold == null || this.threshold <= 1 || !compared.endsAtOne(),
                "--threshold must be in 0..1 for --signal " + compared.id() + ", was " + this.threshold);
        usage(this::shape);
    }

    /**
     * Checks that what only gate mode threshold looks at is not passed over.
     * @param asked whether that mode is among those asked for
     * @param asking the option that asks for it
     */
    void checkBound(boolean asked, String asking) {
        for (String bound : List.of("--signal", "--threshold")) {
            require(asked || !isGiven(bound), bound + " is of gate mode threshold, which is not among those asked for: "
                    + "give " + asking + ", or leave " + bound + " out");
        }
    }

    /**
     * Checks that what says how drafts are made is not passed over where none are.
     * @param drafts whether anything that is asked for may draft
     * @param asked the option that asks for it, with its value where nothing may
     * @param other what may be given instead
     */
    void checkDrafts(boolean drafts, String asked, String other) {
        for (String draft : List.of("--tree", "--no-context-lookup")) {
            require(drafts || !isGiven(draft), draft + " says what is drafted, which is nothing with " + asked
                    + ": give another " + other + ", or leave " + draft + " out");
        }
    }

    @Override
    DraftingOptions drafting() {
        return super.drafting().within(!this.headsAlone);
    }

    Optional<TreeShape> shape() {
        return shape(this.tree);
    }

    static Optional<TreeShape> shape(String text) {
        return text.strip().equals("auto") ? Optional.empty() : Optional.of(TreeShape.parse(text));
    }

    GateOptions gate(GateMode mode) {
        OptionalDouble bound = (this.threshold == null) ? OptionalDouble.empty() : OptionalDouble.of(this.threshold);
        return new GateOptions(mode, GateSignal.ofId(this.signal), bound, Optional.empty());
    }

}
