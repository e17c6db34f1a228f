package dev.cerberus.training;

import java.nio.file.Path;

/**
 * A training in a process of its own, to be killed.
 */
final class TrainingProcess {

    private TrainingProcess() {
    }

    public static void main(String[] args) {
        HeadsTrainer.train(HeadsTrainerTests.killed(Path.of(args[0]), false));
    }

}
