package dev.cerberus.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.advice.Advice;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.Reliability;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.sample.SamplingOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

class CalibrationInUseTests {

    private static final Calibration.Machine HERE = Calibration.Machine.current("cpu", "fp32", 2);

    private static final GateOptions OPEN = GateOptions.DEFAULT.withMode(GateMode.THRESHOLD);

    @TempDir
    private Path directory;

    private final List<Advice> notes = new ArrayList<>();

    private static HeadsDescription heads() {
        return new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 4, 1, 8, 16);
    }

    private Path write(Calibration.Machine machine, String headsKind) {
        Path file = this.directory.resolve("calibration.json");
        HeadsDescription heads = heads();
        new Calibration(Calibration.FORMAT,
                new Calibration.Source("measured", "abc", headsKind, heads.condition(), 4, "prompts.jsonl", 3, 200, 0,
                        16),
                machine, new Calibration.Costs(new double[] { 1, 1.2 }, 0.1), List.of(),
                List.of(new Calibration.SignalFit("head-entropy", -0.5, 0.8, 1.25, 1.4)), List.of(),
                List.of(new Calibration.ReliabilityBin(1, 400, 0.6, 0.3),
                        new Calibration.ReliabilityBin(2, 400, 0.6, 0.9)))
            .write(file);
        return file;
    }

    private Optional<CalibrationInUse> read(Path file, String sha256) {
        return CalibrationInUse.read(file, () -> sha256, heads(), HERE, true, this.notes);
    }

    private static GateFactory gates(Optional<CalibrationInUse> calibration) {
        return new GateFactory(new CostCurve(new double[] { 1, 1.1 }, 0.1), 0, calibration, true);
    }

    @Test
    void calibrationOfThisModelAndMachineTellsThresholdsWithoutANote() {
        GateFactory gates = gates(read(write(HERE, heads().kind().id()), "abc"));
        assertThat(this.notes).isEmpty();
        assertThat(gates.threshold(OPEN)).isEqualTo(1.25);
        assertThat(gates.threshold(OPEN.withThreshold(0.75))).isEqualTo(0.75);
        assertThat(gates.threshold(new GateOptions(GateMode.THRESHOLD, GateSignal.VOCAB_ENTROPY, OptionalDouble.empty(),
                Optional.empty())))
            .isEqualTo(2.0);
    }

    @Test
    void withoutHeadsASignalOfTheirsGivesWayToWhatLookupExpects() {
        GateFactory gates = new GateFactory(new CostCurve(new double[] { 1, 1.1 }, 0), 0, Optional.empty(), false);
        GateOptions feasible = gates.feasible(OPEN.withThreshold(1.5));
        assertThat(feasible.signal()).isEqualTo(GateSignal.TREE_EXPECTATION);
        assertThat(gates.threshold(feasible)).isEqualTo(0.5);
        GateOptions own = new GateOptions(GateMode.THRESHOLD, GateSignal.VOCAB_ENTROPY, 1.5);
        assertThat(gates.feasible(own)).isEqualTo(own);
        assertThat(gates(Optional.empty()).feasible(OPEN)).isEqualTo(OPEN);
    }

    @Test
    void calibrationOfAnotherModelServesExpectationsOnly() {
        Optional<CalibrationInUse> calibration = read(write(HERE, heads().kind().id()), "other");
        assertThat(this.notes).singleElement().asString().contains("another model (measured)", "expectations only");
        assertThat(gates(calibration).threshold(OPEN)).isEqualTo(2.0);
        assertThat(calibration.orElseThrow().reliability(false)).containsExactly(new Reliability(0.6, 0.3, 400));
    }

    @Test
    void calibrationOfAnotherMachineServesExpectationsOnly() {
        Calibration.Machine other = new Calibration.Machine("other", 64, 32, "cuda:0", "bf16");
        Optional<CalibrationInUse> calibration = read(write(other, heads().kind().id()), "abc");
        assertThat(this.notes).singleElement().asString().contains("another machine", "costs are measured anew");
        assertThat(calibration.orElseThrow().thresholds()).isFalse();
    }

    @Test
    void anotherNumberOfThreadsIsAnotherMachineWhereItIsSetAndNotWhereItIsFound() {
        Path file = write(Calibration.Machine.current("cpu", "fp32", 1), heads().kind().id());
        assertThat(read(file, "abc").orElseThrow().thresholds()).isFalse();
        this.notes.clear();
        CalibrationInUse found = CalibrationInUse.read(file, () -> "abc", heads(), HERE, false, this.notes)
            .orElseThrow();
        assertThat(found.thresholds()).isTrue();
        assertThat(this.notes).isEmpty();
        Path other = write(Calibration.Machine.current("cpu", "bf16", 1), heads().kind().id());
        assertThat(
                CalibrationInUse.read(other, () -> "abc", heads(), HERE, false, this.notes).orElseThrow().thresholds())
            .isFalse();
    }

    @Test
    void calibrationOfOtherHeadsIsNotUsed() {
        assertThat(read(write(HERE, "other"), "abc")).isEmpty();
        assertThat(this.notes).singleElement().asString().contains("is not used", "other heads");
    }

    @Test
    void expectationsStartFromTheMeasuredReliabilityOfTheSameSampling() {
        GateFactory gates = gates(read(write(HERE, heads().kind().id()), "abc"));
        gates.create(GateOptions.DEFAULT, new SamplingOptions(1, 0, 1, 1));
        assertThat(gates.estimate().reliability()).isEqualTo(1);
        gates.create(GateOptions.DEFAULT, SamplingOptions.GREEDY);
        assertThat(gates.estimate().reliability()).isCloseTo(0.5, within(0.05));
    }

    @Test
    void damagedFileNamesTheSetting() throws Exception {
        Path file = Files.writeString(this.directory.resolve("calibration.json"), "{");
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> read(file, "abc"))
            .withMessageContaining("EngineOptions.calibration")
            .withMessageContaining("cerberus calibrate");
    }

}
