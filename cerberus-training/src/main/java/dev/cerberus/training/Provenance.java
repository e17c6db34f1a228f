package dev.cerberus.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.cerberus.training.evaluation.Versions;

/**
 * Which software is running, for files that outlive it.
 */
final class Provenance {

    private Provenance() {
    }

    /**
     * Returns versions, and the git revision of the working directory if it is in a
     * repository.
     */
    static Map<String, String> current() {
        Map<String, String> values = new LinkedHashMap<>();
        Versions.all().forEach((name, version) -> values.put("version_" + name, version));
        gitRevision(Path.of("").toAbsolutePath()).ifPresent((revision) -> values.put("git_revision", revision));
        return values;
    }

    /** Returns the names of data files, or what stands for none. */
    static String ofData(List<Path> data) {
        return data.isEmpty() ? "questions by the model itself"
                : String.join(",", data.stream().map((file) -> file.getFileName().toString()).toList());
    }

    static Optional<String> gitRevision(Path directory) {
        for (Path at = directory; at != null; at = at.getParent()) {
            Path git = at.resolve(".git");
            if (Files.exists(git)) {
                return revision(git);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> revision(Path place) {
        try {
            Path git = Files.isDirectory(place) ? place : named(place, "gitdir: ");
            String head = Files.readString(git.resolve("HEAD")).strip();
            if (!head.startsWith("ref: ")) {
                return Optional.of(head);
            }
            String reference = head.substring("ref: ".length());
            // there in a worktree, whose branches are the repository's
            Path shared = git.resolve("commondir");
            Path all = Files.exists(shared) ? named(shared, "") : git;
            if (Files.exists(all.resolve(reference))) {
                return Optional.of(Files.readString(all.resolve(reference)).strip());
            }
            try (var lines = Files.lines(all.resolve("packed-refs"))) {
                return lines.filter((line) -> line.endsWith(" " + reference))
                    .map((line) -> line.substring(0, line.indexOf(' ')))
                    .findFirst();
            }
        }
        catch (IOException | InvalidPathException ex) {
            // a repository without a commit, or one that is not readable
            return Optional.empty();
        }
    }

    /** Returns the folder that a file of git's names, relative to its own. */
    private static Path named(Path file, String prefix) throws IOException {
        String text = Files.readString(file).strip();
        if (!text.startsWith(prefix)) {
            throw new IOException(file + " does not begin with " + prefix);
        }
        return file.resolveSibling(text.substring(prefix.length()));
    }

}
