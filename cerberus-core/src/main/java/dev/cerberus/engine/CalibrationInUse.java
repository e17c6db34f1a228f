package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.Reliability;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.model.HeadsDescription;

/**
 * A calibration as far as an engine goes by it: for expectations always, for thresholds
 * only where it was measured on the same model and machine, for costs never. Immutable
 * and thread-safe.
 *
 * @param calibration what was measured
 * @param thresholds whether its thresholds hold for this model on this machine
 */
public record CalibrationInUse(Calibration calibration, boolean thresholds) {

    /**
     * Reads a calibration and compares it with what is loaded.
     * @param file the calibration file
     * @param targetSha256 hash of the target's weights
     * @param heads the draft heads in use
     * @param machine this machine
     * @param threadsAreSet whether its number of threads is what somebody has set, and
     * not found by trying
     * @param notes receives what a user should know
     * @return the calibration; empty if it is for heads of another kind
     * @throws ModelFileException if the file can not be read
     */
    static Optional<CalibrationInUse> read(Path file, Supplier<String> targetSha256, HeadsDescription heads,
            Calibration.Machine machine, boolean threadsAreSet, List<Advice> notes) {
        Calibration calibration = read(file);
        Calibration.Source source = calibration.source();
        if (!source.headsKind().equals(heads.kind().id()) || !source.condition().equals(heads.condition())) {
            notes.add(Advice.of(
                    "Calibration " + file + " is not used: it was measured with " + source.headsKind()
                            + " heads, condition " + source.condition() + ", not with " + heads.kind().id()
                            + " heads, condition " + heads.condition(),
                    Remedy.of("measure again with cerberus calibrate")));
            return Optional.empty();
        }
        boolean sameModel = source.targetSha256().equals(targetSha256.get());
        boolean sameMachine = calibration.machine().isSame(machine, threadsAreSet);
        if (!sameModel || !sameMachine) {
            notes.add(Advice.of("Calibration " + file + " was measured on another "
                    + (sameModel ? "machine (" + calibration.machine() + ")" : "model (" + source.model() + ")")
                    + ": it is used for expectations only, not for thresholds, and costs are measured anew"));
        }
        return Optional.of(new CalibrationInUse(calibration, sameModel && sameMachine));
    }

    private static Calibration read(Path file) {
        try {
            return Calibration.read(file);
        }
        catch (ModelFileException ex) {
            throw ex.or(Remedy.of("name another file with", Setting.CALIBRATION));
        }
    }

    /**
     * Returns the best bound of a signal.
     * @param signal the signal
     * @return the bound, empty if it is not known for this model on this machine
     */
    OptionalDouble threshold(GateSignal signal) {
        return this.calibration.signals()
            .stream()
            .filter((fit) -> this.thresholds && fit.signal().equals(signal.id()) && fit.threshold() >= 0)
            .mapToDouble(Calibration.SignalFit::threshold)
            .findFirst();
    }

    /**
     * Returns how often the first head was right: its candidate's probability is a path
     * probability, that of a later head is not.
     * @param sampled whether tokens are sampled; greedy and sampled answers differ
     */
    List<Reliability> reliability(boolean sampled) {
        if (sampled != this.calibration.source().temperature() > 0) {
            return List.of();
        }
        return this.calibration.reliability()
            .stream()
            .filter((bin) -> bin.head() == 1 && bin.positions() > 0)
            .map((bin) -> new Reliability(Math.min(1, bin.probability()), Math.min(1, bin.accuracy()), bin.positions()))
            .toList();
    }

}
