package dev.cerberus.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.model.HeadsKind;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.training.TrainingOptions.Distillation;
import dev.cerberus.training.TrainingOptions.HeadsShape;
import dev.cerberus.training.TrainingOptions.LmHead;
import dev.cerberus.training.TrainingOptions.Optimization;

/** A small model, prompts for it, and options of short trainings with them. */
abstract class AbstractHeadsTrainerTests {

    @TempDir
    private Path directory;

    @BeforeEach
    void prepare() throws IOException {
        TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("model")));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append("{\"prompt\": \"question ").append(i).append("\"}\n");
        }
        Files.writeString(this.directory.resolve("prompts.jsonl"), lines);
    }

    Path directory() {
        return this.directory;
    }

    List<Path> parts(String work) throws IOException {
        try (var files = Files.walk(this.directory.resolve(work))) {
            return files.filter((file) -> file.getFileName().toString().startsWith("part-")).sorted().toList();
        }
    }

    static Path checkpoint(TrainingOptions options) {
        return TrainingState.file(options.work(), options.out(), options.shape().kind());
    }

    static HeadsShape shape(HeadsKind kind, boolean root, boolean linked, int layers, LmHead lmHead, int rank) {
        return new HeadsShape(kind, Optional.of(root), linked, 3, OptionalInt.of(layers), 0, Optional.of(lmHead),
                OptionalInt.of(rank), 1);
    }

    static Optimization steps(int steps) {
        return new Optimization(OptionalInt.of(steps), 1, 32, OptionalDouble.empty(), 0.8, 100, 0, 20, 1);
    }

    static TrainingOptions inProcess(Path directory, String out, String work, boolean resume) {
        return options(directory, out, work, HeadsShape.of(HeadsKind.CERBERUS), steps(240), false, resume);
    }

    TrainingOptions options(String out, HeadsShape shape, Optimization optimization, boolean soft, boolean resume) {
        return options(this.directory, out, "work", shape, optimization, soft, resume);
    }

    private static TrainingOptions options(Path directory, String out, String work, HeadsShape shape,
            Optimization optimization, boolean soft, boolean resume) {
        return new TrainingOptions(directory.resolve("model").toString(), List.of(directory.resolve("prompts.jsonl")),
                directory.resolve(out), directory.resolve(work), shape,
                new Distillation(2000, 64, 24, 0.5, 0.7, 8, false, soft, false), optimization, "cpu", "fp32", resume);
    }

}
