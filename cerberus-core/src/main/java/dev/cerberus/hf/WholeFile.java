package dev.cerberus.hf;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * A file that appears whole or not at all: it is written under a temporary name in the
 * same directory, forced to disk and then renamed over its target.
 *
 * <p>
 * Closing removes what was not completed; an older file of the same name is then still
 * there, unchanged. What a process leaves that is ended before is removed when the same
 * file is written again. Not thread-safe, but for its channel.
 */
final class WholeFile implements AutoCloseable {

    /**
     * How long a file is left alone whatever its lock says: it may just have been made.
     */
    private static final Duration ABANDONED = Duration.ofMinutes(1);

    private static final Set<Path> BEING_WRITTEN = ConcurrentHashMap.newKeySet();

    private final Path target;

    private final Path temporary;

    private final FileChannel channel;

    private WholeFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /**
     * Begins to write a file.
     * @param target its name; its directory is created if needed
     * @return the file, empty as yet; the caller closes it
     * @throws IOException if there can be no such file
     */
    static WholeFile begin(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null || Files.isDirectory(absolute)) {
            throw new ModelFileException(target, "is a directory", "name a file to write to");
        }
        if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
            throw new ModelFileException(target, "is a device or a pipe, and a file would take its place",
                    "name a file to write to");
        }
        Files.createDirectories(directory);
        clearAbandoned(directory, "." + absolute.getFileName() + ".");
        // not createTempFile: that makes files which only the owner may read
        String prefix = "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + "-";
        int attempt = 0;
        Path temporary = directory.resolve(prefix + attempt + ".tmp");
        FileChannel created = createNew(temporary);
        while (created == null) {
            attempt++;
            temporary = directory.resolve(prefix + attempt + ".tmp");
            created = createNew(temporary);
        }
        BEING_WRITTEN.add(temporary);
        lock(created);
        return new WholeFile(absolute, temporary, created);
    }

    /**
     * Tells other processes that the file is being written, until it is closed.
     */
    private static void lock(FileChannel channel) {
        try {
            channel.tryLock();
        }
        catch (IOException ex) {
            // a file system without locks, on which nothing is cleared up either
        }
    }

    /** Removes what processes left that were ended while they wrote the same file. */
    private static void clearAbandoned(Path directory, String prefix) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, (entry) -> {
            String name = entry.getFileName().toString();
            return name.startsWith(prefix) && name.substring(prefix.length()).matches("\\d+-\\d+\\.tmp");
        })) {
            entries.forEach(WholeFile::deleteIfAbandoned);
        }
        catch (IOException | DirectoryIteratorException ex) {
            // what may not be listed may still be written to
        }
    }

    private static void deleteIfAbandoned(Path file) {
        try {
            if (isAbandoned(file)) {
                Files.deleteIfExists(file);
            }
        }
        catch (IOException ex) {
            // another user's, or gone meanwhile
        }
    }

    private static boolean isAbandoned(Path file) throws IOException {
        // to close a file would give up the lock that this process has on it
        if (BEING_WRITTEN.contains(file)
                || Files.getLastModifiedTime(file).toInstant().isAfter(Instant.now().minus(ABANDONED))) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        }
        catch (OverlappingFileLockException ex) {
            return false; // this class by another class loader writes it
        }
    }

    /**
     * Opens a file that did not exist; null if it did, so that another process's file is
     * left alone.
     */
    private static @Nullable FileChannel createNew(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
        catch (FileAlreadyExistsException ex) {
            return null;
        }
    }

    /** Returns where to write; several threads may, each to positions of its own. */
    FileChannel channel() {
        return this.channel;
    }

    /**
     * Has the file appear; nothing is written afterwards.
     * @throws IOException if it does not
     */
    void complete() throws IOException {
        this.channel.force(true);
        this.channel.close();
        try {
            Files.move(this.temporary, this.target, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        catch (AtomicMoveNotSupportedException ex) {
            Files.move(this.temporary, this.target, StandardCopyOption.REPLACE_EXISTING);
        }
        forceDirectory(this.target.resolveSibling(""));
    }

    /* Makes the rename itself durable where the system can do that. */
    private static void forceDirectory(Path directory) {
        try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            opened.force(true);
        }
        catch (IOException ex) {
            // Windows cannot open a directory; the content of the file is on disk already
        }
    }

    @Override
    public void close() throws IOException {
        try {
            this.channel.close();
        }
        finally {
            BEING_WRITTEN.remove(this.temporary);
            Files.deleteIfExists(this.temporary); // gone already when it was moved
        }
    }

}
