package dev.cerberus.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.model.ModelException;

/**
 * The files that an engine uses beside those of the model: those that the options name,
 * or else those that lie with the model. They are looked for before the weights are
 * loaded, which takes long. Immutable.
 *
 * @param heads the draft heads
 * @param memory what the model wrote before
 * @param calibration what heads and steps are worth
 */
record FilesInUse(Optional<Path> heads, Optional<Path> memory, Optional<Path> calibration) {

    /**
     * Finds the files.
     * @throws ModelException if one that is named is not there
     */
    static FilesInUse find(EngineOptions options, ModelDirectory directory) {
        EngineOptions.HeadsOptions heads = options.heads();
        EngineOptions.MemoryOptions memory = options.memory();
        return new FilesInUse(heads.enabled()
                ? heads.location().map((location) -> file("heads file", location, Setting.HEADS)).or(directory::heads)
                : Optional.empty(),
                memory.enabled() ? memory.location()
                    .map((location) -> file("memory file", location, Setting.MEMORY))
                    .or(directory::memory) : Optional.empty(),
                options.calibration().map(FilesInUse::calibration).or(directory::calibration));
    }

    private static Path file(String kind, String location, Setting setting) {
        Path path = path(kind, location, setting);
        if (Files.isDirectory(path)) {
            throw new ModelException(Advice.of("The " + kind + " '" + location + "' is a directory",
                    Remedy.of("name a file with", setting)));
        }
        if (!Files.isRegularFile(path)) {
            throw new ModelException(
                    Advice.of("There is no " + kind + " '" + location + "'", Remedy.of("correct", setting)));
        }
        return path;
    }

    private static Path path(String kind, String location, Setting setting) {
        try {
            return ResourceText.path(location);
        }
        catch (IllegalArgumentException ex) {
            throw new ModelException(Advice.of("The " + kind + " '" + location + "' is not a path or file: URL",
                    Remedy.of("correct", setting)), ex);
        }
    }

    /** It is read where there are heads to use it; whether it is there shows then. */
    private static Path calibration(String location) {
        try {
            return ResourceText.path(location);
        }
        catch (IllegalArgumentException ex) {
            throw new ModelException(Advice.of("The calibration '" + location + "' is not a path or file: URL",
                    Remedy.of("name a file that cerberus calibrate wrote with", Setting.CALIBRATION)), ex);
        }
    }

}
