package dev.cerberus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Checks of where results go, before the work whose results would be lost. Nothing is
 * made: a command that is refused later leaves no trace.
 */
final class Destination {

    private static final String ANOTHER = "or name another";

    private Destination() {
    }

    /**
     * Requires that a file can be written, if one is named.
     * @param spec the command
     * @param option the option that names the file
     * @param file the file; folders above it may be missing
     * @throws ParameterException if it is a directory, a device or a pipe, or can not be
     * written
     */
    static void requireFile(CommandSpec spec, String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        if (folder == null || Files.isDirectory(absolute)) {
            throw refused(spec, option, file, "is a directory; name a file");
        }
        if (isDevice(absolute)) {
            throw refused(spec, option, file, "is a device or a pipe, and a file would take its place; name a file");
        }
        requireRoom(spec, option, file, folder, ANOTHER);
    }

    /**
     * Requires that a file can be written whose place is not the user's choice.
     * @param spec the command
     * @param option the option that asks for the file
     * @param file the file
     * @throws ParameterException if it is a directory or can not be written
     */
    static void requireFixed(CommandSpec spec, String option, Path file) {
        String without = "or leave " + option + " out";
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        if (folder == null || Files.isDirectory(absolute)) {
            throw refused(spec, option, file, "is a directory; remove it, " + without);
        }
        requireRoom(spec, option, file, folder, without);
    }

    /**
     * Requires that files can be written into a folder, if one is named.
     * @param spec the command
     * @param option the option that names the folder
     * @param folder the folder, which may be missing as those above it
     * @throws ParameterException if it is a file or can not be written to
     */
    static void requireFolder(CommandSpec spec, String option, @Nullable Path folder) {
        if (folder == null) {
            return;
        }
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw refused(spec, option, folder, "is a file; name a folder");
        }
        requireRoom(spec, option, folder, folder.toAbsolutePath().normalize(), ANOTHER);
    }

    /** What is written is renamed over what is there, be it /dev/null. */
    private static boolean isDevice(Path file) {
        try {
            boolean open = Files.isSymbolicLink(file) && Files.readSymbolicLink(file).startsWith("/proc");
            return open || (Files.exists(file) && !Files.isRegularFile(file));
        }
        catch (IOException ex) {
            return false; // gone meanwhile
        }
    }

    /** The nearest folder that is there has to take what is made in it. */
    private static void requireRoom(CommandSpec spec, String option, Path named, Path folder, String otherwise) {
        Path nearest = folder;
        while (nearest.getParent() != null && !Files.exists(nearest, LinkOption.NOFOLLOW_LINKS)) {
            nearest = nearest.getParent();
        }
        if (!Files.isDirectory(nearest)) {
            throw refused(spec, option, named,
                    "can not be made, because " + nearest + " is not a folder; move that, " + otherwise);
        }
        if (!Files.isWritable(nearest) || !Files.isExecutable(nearest)) {
            throw refused(spec, option, named, "can not be written, because the folder " + nearest
                    + " takes no files; correct its permissions, " + otherwise);
        }
    }

    private static ParameterException refused(CommandSpec spec, String option, Path named, String problem) {
        return new ParameterException(spec.commandLine(), option + " " + named + " " + problem);
    }

}
