package dev.cerberus.cli;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cerberus.engine.Calibration;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.training.TrainingReport;
import dev.cerberus.training.evaluation.BenchRow;
import dev.cerberus.training.evaluation.SourceShares;

import static org.assertj.core.api.Assertions.assertThat;

class VerdictsTests {

    private static BenchRow row(String mode, double speedup, double identical) {
        return row(mode, speedup, identical, 0);
    }

    private static BenchRow row(String mode, double speedup, double identical, double prefillSeconds) {
        return new BenchRow(mode, BenchRow.ALL, 10, 100, 1, 100, speedup, 2, 0, 0, identical, prefillSeconds, 50, 50, 0,
                100, 50, new SourceShares(1, 0, 0));
    }

    @Test
    void bestModeIsNamedWithWhatToExpect() {
        assertThat(Verdicts.ofBench(List.of(row("autoregressive", 1, 1), row("medusa", 1.4, 1),
                row("cerberus-always", 2.1, 1), row("cerberus", 2.31, 1))))
            .isEqualTo(
                    "Use cerberus: expect 2.31 times the speed of plain decoding on such prompts, and the same tokens. "
                            + "The adaptive gate gains 10 % against always drafting.");
    }

    @Test
    void gateThatGainsNothingIsSaidTo() {
        assertThat(Verdicts.ofBench(
                List.of(row("autoregressive", 1, 1), row("cerberus-always", 2.32, 1), row("cerberus", 2.31, 0.975))))
            .startsWith("Use cerberus-always: expect 2.32 times")
            .endsWith("The adaptive gate gains nothing over always drafting here.");
    }

    @Test
    void whatTheMachineDoesToAComparisonIsTold() {
        assertThat(Verdicts.ofBench(List.of(row("autoregressive", 1, 1, 142.5), row("cerberus-always", 1.9, 1, 140.8),
                row("cerberus", 1.86, 1, 144.9))))
            .endsWith(
                    "The adaptive gate gains nothing over always drafting here. Reading the prompts, the same work in "
                            + "all modes, took up to 2.9 % longer in one than in another: smaller differences of modes are the "
                            + "machine's.");
    }

    @Test
    void otherTokensAreAdmitted() {
        assertThat(Verdicts.ofBench(List.of(row("autoregressive", 1, 1), row("cerberus", 1.5, 0.975))))
            .contains("the same tokens in 97.5 % of the answers");
    }

    @Test
    void draftingThatDoesNotPayIsAdvisedAgainst() {
        assertThat(Verdicts.ofBench(List.of(row("autoregressive", 1, 1), row("cerberus", 1.02, 1))))
            .startsWith("Drafting does not pay on these prompts: the best mode, cerberus, is 1.02 times")
            .endsWith("Use gate mode never.");
    }

    @Test
    void nothingToCompareIsSaid() {
        assertThat(Verdicts.ofBench(List.of(row("autoregressive", 1, 1)))).startsWith("Only plain decoding");
        assertThat(Verdicts.ofBench(List.of(row("cerberus", 1, 1)))).startsWith("Without mode autoregressive");
    }

    @Test
    void calibrationSaysWhereItIsFound() {
        Calibration calibration = new Calibration(Calibration.FORMAT,
                new Calibration.Source("m", "", "cerberus", "root", 1, "p", 1, 1, 0, 2),
                new Calibration.Machine("os", 1, 1, "cpu", "fp32"), new Calibration.Costs(new double[] { 1, 1 }, 0),
                List.of(), List.of(), List.of(), List.of());
        assertThat(Verdicts.ofCalibration(calibration, Path.of("elsewhere", "cerberus-calibration.json")))
            .startsWith("Use it: beside the model it is found by itself, elsewhere ")
            .contains("cerberus.gate.calibration. The adaptive gate ");
        assertThat(Verdicts.ofCalibration(calibration, Path.of("c.json")))
            .startsWith("Use it: an application names it in cerberus.gate.calibration; ")
            .contains("it is found by itself. The adaptive gate ");
    }

    @Test
    void trainingSaysWhatTheFirstGuessesGive() {
        HeadsDescription heads = new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 2, 1, 8, 16, 4);
        TrainingReport report = new TrainingReport(heads, Path.of("m", "cerberus-heads.safetensors"), 10, 1,
                new double[][] { { 0.5, 0.1 }, { 0.4, 0.2 } });
        // 1 + 0.5 + 0.5 * 0.4
        assertThat(Verdicts.ofTraining(report, "m")).contains("it is found by itself", "about 1.7 tokens per step",
                "cerberus bench --model m --heads ");
    }

}
