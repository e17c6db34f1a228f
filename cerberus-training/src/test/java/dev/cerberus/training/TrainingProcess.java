package dev.cerberus.training;

import java.nio.file.Path;

import dev.cerberus.hf.ModelFileException;

/**
 * A training in a process of its own, to be killed or hindered. Arguments: folder, name
 * of the heads file, name of the work folder.
 */
final class TrainingProcess {

    private TrainingProcess() {
    }

    public static void main(String[] args) {
        try {
            HeadsTrainer.train(AbstractHeadsTrainerTests.inProcess(Path.of(args[0]), args[1], args[2], false));
        }
        catch (ModelFileException ex) {
            System.out.println(ex.getMessage());
            System.exit(1);
        }
    }

}
