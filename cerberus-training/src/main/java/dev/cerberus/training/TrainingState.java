package dev.cerberus.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.hf.ModelFileException;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.HeadsKind;

/**
 * Where a training is, in memory and on disk.
 */
final class TrainingState {

    private static final Logger LOGGER = LoggerFactory.getLogger(TrainingState.class);

    private static final double SMOOTHING = 0.98;

    private final Path file;

    private final Map<String, String> settings;

    private int step;

    private int savedStep;

    private double loss = Double.NaN;

    private double best;

    private int withoutProgress;

    TrainingState(Path file, Map<String, String> settings) {
        this.file = file;
        this.settings = settings;
    }

    /**
     * Returns the file of a training's checkpoint, which is known by where its heads go.
     * @param work folder of all checkpoints; where it is moved with the heads, the
     * checkpoint is found again
     * @param out file of the heads
     * @param kind family of the heads
     */
    static Path file(Path work, Path out, HeadsKind kind) {
        Path to = out.toAbsolutePath().normalize();
        Path from = work.toAbsolutePath().normalize();
        Path place = Objects.equals(from.getRoot(), to.getRoot()) ? from.relativize(to) : to;
        return work.resolve("checkpoint-" + kind.id() + "-" + to.getFileName() + "-"
                + new Fingerprint().add(place.toString()).name());
    }

    int step() {
        return this.step;
    }

    double smoothedLoss() {
        return this.loss;
    }

    int evaluationsWithoutProgress() {
        return this.withoutProgress;
    }

    String kept() {
        return (this.savedStep == 0) ? "There was no checkpoint yet"
                : "The checkpoint of step " + this.savedStep + " is kept: " + this.file;
    }

    void stepped(double newLoss) {
        this.step++;
        this.loss = Double.isNaN(this.loss) ? newLoss : SMOOTHING * this.loss + (1 - SMOOTHING) * newLoss;
    }

    void evaluated(double tokensPerStep) {
        this.withoutProgress = (tokensPerStep > this.best) ? 0 : this.withoutProgress + 1;
        this.best = Math.max(this.best, tokensPerStep);
    }

    void save(HeadsLearner learner) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "cerberus-training")
            .metadata(this.settings)
            .metadata("at_step", Integer.toString(this.step))
            .metadata("at_loss", Double.toString(this.loss))
            .metadata("at_best", Double.toString(this.best))
            .metadata("at_patience", Integer.toString(this.withoutProgress));
        int index = 0;
        for (float[] values : learner.state()) {
            writer.add("state." + index++, TensorType.F32, new long[] { values.length }, values);
        }
        writer.write(this.file);
        this.savedStep = this.step;
    }

    void restore(HeadsLearner learner) {
        if (!Files.exists(this.file)) {
            LOGGER.info("There is no checkpoint {}; training begins anew", this.file);
            return;
        }
        try (Safetensors tensors = open()) {
            Map<String, String> metadata = tensors.metadata();
            this.settings.forEach((key, value) -> {
                if (!value.equals(metadata.get(key))) {
                    throw new TrainingException(
                            "The checkpoint " + this.file + " is of a training with " + key + " " + metadata.get(key)
                                    + ", this one has " + value + "; give the same options, or leave out --resume");
                }
            });
            List<float[]> state = new ArrayList<>();
            for (int i = 0; tensors.contains("state." + i); i++) {
                state.add(tensors.floats("state." + i));
            }
            learner.restore(state);
            this.step = Integer.parseInt(metadata.getOrDefault("at_step", "0"));
            this.savedStep = this.step;
            this.loss = Double.parseDouble(metadata.getOrDefault("at_loss", "NaN"));
            this.best = Double.parseDouble(metadata.getOrDefault("at_best", "0"));
            this.withoutProgress = Integer.parseInt(metadata.getOrDefault("at_patience", "0"));
            LOGGER.info("Going on after step {} of {}", this.step, this.file);
        }
    }

    private Safetensors open() {
        try {
            return Safetensors.openToCopy(this.file); // it is replaced soon
        }
        catch (ModelFileException ex) {
            throw new TrainingException("The checkpoint " + this.file + " can not be read (" + ex.problem()
                    + "); leave out --resume to begin anew with the same text", ex);
        }
    }

    void discard() {
        try {
            Files.deleteIfExists(this.file);
        }
        catch (IOException ex) {
            throw new ModelFileException(this.file, "can not be deleted (" + ex + ")", "delete it by hand", ex);
        }
    }

}
