package dev.cerberus.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of fetched models, laid out as the hub's own tools lay theirs out, so that
 * both share what is there. Thread-safe.
 */
public final class HubCache {

    /*
     * models--ORG--NAME/blobs/ETAG the contents, by their hash; refs/REVISION a file with
     * the commit that a branch or tag stood for; snapshots/COMMIT/FILE links to blobs.
     */

    private static final String REPOSITORY_PREFIX = "models--";

    private final Path root;

    /**
     * Creates a view of a folder, which need not exist.
     * @param root the folder
     */
    public HubCache(Path root) {
        this.root = root;
    }

    /** The folder. */
    public Path root() {
        return this.root;
    }

    /** The folder of one repository. */
    Path repository(HubLocation location) {
        return this.root.resolve(REPOSITORY_PREFIX + location.repository().replace("/", "--"));
    }

    Path blob(HubLocation location, String etag) {
        return repository(location).resolve("blobs").resolve(etag);
    }

    /** The folder of one commit. */
    Path snapshot(HubLocation location, String commit) {
        return repository(location).resolve("snapshots").resolve(commit);
    }

    /**
     * Finds a model that was fetched completely: the named file, or the folder of its
     * revision.
     * @param location the model
     * @return the file or folder, empty if it is not there or a part of it is missing
     */
    public Optional<Path> find(HubLocation location) {
        Optional<Path> snapshot = commit(location).map((commit) -> snapshot(location, commit))
            .filter(Files::isDirectory);
        if (location.file().isPresent()) {
            return snapshot.map((folder) -> folder.resolve(location.file().get())).filter(Files::isRegularFile);
        }
        return snapshot.filter(HubCache::isComplete);
    }

    private Optional<String> commit(HubLocation location) {
        Path reference = repository(location).resolve("refs").resolve(location.revision());
        try {
            if (Files.isRegularFile(reference)) {
                String commit = Files.readString(reference, StandardCharsets.UTF_8).strip();
                return Optional.of(commit).filter((text) -> text.matches("[0-9A-Za-z_-]{1,64}"));
            }
        }
        catch (IOException ex) {
            throw unreadable(reference, ex);
        }
        return Optional.of(location.revision());
    }

    private static boolean isComplete(Path snapshot) {
        try (Stream<Path> entries = Files.list(snapshot)) {
            return HubFiles.isComplete(snapshot,
                    entries.filter(Files::isRegularFile).map((file) -> file.getFileName().toString()).toList());
        }
        catch (IOException ex) {
            throw unreadable(snapshot, ex);
        }
    }

    private static HubException unreadable(Path path, IOException cause) {
        return new HubException(path + " can not be read (" + cause + ")", "correct its permissions", cause);
    }

    /** Notes which commit a branch or tag stands for. */
    void refer(HubLocation location, String commit) throws IOException {
        if (location.revision().equals(commit)) {
            return;
        }
        Path reference = repository(location).resolve("refs").resolve(location.revision());
        Files.createDirectories(reference.getParent());
        // not createTempFile: that makes files which only the owner may read; whoever
        // refers holds the lock of the repository, so that one name does
        Path written = reference.resolveSibling("." + reference.getFileName() + ".incomplete");
        Files.writeString(written, commit);
        Files.move(written, reference, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Puts a blob into a snapshot under its name: as a relative link, as a second name of
     * the same file where links are not allowed, else as a copy.
     * @return the file in the snapshot
     */
    Path link(HubLocation location, String commit, String name, String etag) throws IOException {
        Path snapshot = snapshot(location, commit);
        Path file = snapshot.resolve(name);
        Path folder = Objects.requireNonNullElse(file.getParent(), snapshot);
        Files.createDirectories(folder);
        Path blob = blob(location, etag);
        if (Files.exists(file) && Files.isSameFile(file, blob)) {
            return file; // somebody may be opening it
        }
        Files.deleteIfExists(file);
        try {
            Files.createSymbolicLink(file, folder.relativize(blob));
        }
        catch (FileSystemException | UnsupportedOperationException noSymbolicLinks) {
            try {
                Files.createLink(file, blob);
            }
            catch (FileSystemException | UnsupportedOperationException noLinks) {
                Files.copy(blob, file);
            }
        }
        return file;
    }

}
