package dev.cerberus.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Fetches models from a hub. Thread-safe; two at once, in this process or another one,
 * wait for each other where they share a folder.
 */
public final class HubPull {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration LOCK_CHECK = Duration.ofMillis(200);

    // file locks are held by the whole process
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private final HubSettings settings;

    private final HubClient client;

    private final Duration patience;

    /**
     * Creates a puller.
     * @param settings which hub, as whom, and which cache
     */
    public HubPull(HubSettings settings) {
        this(settings, PAUSE, PATIENCE);
    }

    HubPull(HubSettings settings, Duration pause, Duration patience) {
        this.settings = settings;
        this.client = new HubClient(settings, pause);
        this.patience = patience;
    }

    /**
     * Fetches a model into the cache, unless it is there. Without a named file that is
     * what a model in safetensors needs, or else the only GGUF file.
     * @param location the model
     * @param progress hears how far it has come
     * @return the folder of the model's revision, or the GGUF file
     * @throws HubException if it can not be fetched; what has arrived by then is kept and
     * completed next time
     */
    public Path pull(HubLocation location, PullProgress progress) {
        HubCache cache = new HubCache(this.settings.cache());
        HubRepository repository = this.client.repository(location);
        String commit = repository.commit();
        Target target = new Target() {

            @Override
            public boolean has(HubFile file) throws IOException {
                Path blob = cache.blob(location, file.hash());
                return Files.isRegularFile(blob) && Files.size(blob) == file.size();
            }

            @Override
            public Path incomplete(HubFile file) {
                return cache.blob(location, file.hash() + ".incomplete");
            }

            @Override
            public void take(HubFile file) throws IOException {
                Files.move(incomplete(file), cache.blob(location, file.hash()), StandardCopyOption.ATOMIC_MOVE);
            }

            @Override
            public Path place(HubFile file) throws IOException {
                return cache.link(location, commit, file.name(), file.hash());
            }

        };
        Path lock = cache.root().resolve(".locks").resolve(cache.repository(location).getFileName() + ".lock");
        return locked(lock, location, () -> {
            Optional<Path> gguf = fetch(location, repository, target, progress);
            cache.refer(location, commit);
            return gguf.orElse(cache.snapshot(location, commit));
        });
    }

    /**
     * Finds a model in the cache, or fetches it.
     * @param location the model
     * @param progress hears how far fetching has come
     * @return the folder of the model's revision, or the GGUF file
     * @throws HubException if it is not there and can not be fetched
     */
    public Path pullIfMissing(HubLocation location, PullProgress progress) {
        return new HubCache(this.settings.cache()).find(location).orElseGet(() -> pull(location, progress));
    }

    /**
     * Fetches a model into a folder of its own, outside the cache.
     * @param location the model
     * @param folder takes the files under their names
     * @param progress hears how far it has come
     * @return the folder, or the GGUF file
     * @throws HubException if it can not be fetched; what has arrived by then is kept and
     * completed next time
     */
    public Path pullTo(HubLocation location, Path folder, PullProgress progress) {
        HubRepository repository = this.client.repository(location);
        Target target = new Target() {

            @Override
            public boolean has(HubFile file) throws IOException {
                Path there = folder.resolve(file.name());
                return Files.isRegularFile(there) && Files.size(there) == file.size()
                        && HubDownload.hash(file, there).equals(file.hash());
            }

            @Override
            public Path incomplete(HubFile file) {
                return folder.resolve("." + file.hash() + ".incomplete");
            }

            @Override
            public void take(HubFile file) throws IOException {
                Path there = folder.resolve(file.name());
                Files.createDirectories(there.toAbsolutePath().getParent());
                Files.move(incomplete(file), there, StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.ATOMIC_MOVE);
            }

            @Override
            public Path place(HubFile file) throws IOException {
                Files.deleteIfExists(incomplete(file)); // of a call that was interrupted
                return folder.resolve(file.name());
            }

        };
        return locked(folder.resolve(".pull.lock"), location,
                () -> fetch(location, repository, target, progress).orElse(folder));
    }

    /** Fetches what is missing and returns the GGUF file if that is what the model is. */
    private Optional<Path> fetch(HubLocation location, HubRepository repository, Target target, PullProgress progress)
            throws IOException {
        List<String> names = HubFiles.choose(location, repository.names());
        HubDownload download = new HubDownload(this.client, location, repository.commit(), this.patience, progress);
        Path last = fetchAll(location, repository, names, target, download);
        if (names.get(names.size() - 1).equals(HubFiles.INDEX)) {
            List<String> shards = HubFiles.shards(last).stream().map(HubFile::requirePlain).toList();
            fetchAll(location, repository, shards, target, download);
        }
        return names.contains(HubFiles.CONFIG) ? Optional.empty() : Optional.of(last);
    }

    private Path fetchAll(HubLocation location, HubRepository repository, List<String> names, Target target,
            HubDownload download) throws IOException {
        Path last = this.settings.cache();
        for (String name : names) {
            HubFile file = this.client.describe(location, repository.commit(), name);
            if (!target.has(file)) {
                download.fetch(file, target.incomplete(file));
                target.take(file);
            }
            last = target.place(file);
        }
        return last;
    }

    private static Path locked(Path lockFile, HubLocation location, Work work) {
        ONE_AT_A_TIME.lock();
        try {
            Files.createDirectories(lockFile.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = lock(channel, location)) {
                return lock.isValid() ? work.run() : lockFile;
            }
        }
        catch (IOException ex) {
            throw new HubException("the files of " + location + " can not be written (" + ex + ")",
                    "check the folder, its permissions and the space there", ex);
        }
        finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    /**
     * Waits for the lock. Where this process has it already, it is held by the same class
     * of another class loader, such as that of a second web application, and Java refuses
     * to wait.
     */
    private static FileLock lock(FileChannel channel, HubLocation location) throws IOException {
        while (true) {
            try {
                return channel.lock();
            }
            catch (OverlappingFileLockException ex) {
                await(location);
            }
        }
    }

    private static void await(HubLocation location) {
        try {
            Thread.sleep(LOCK_CHECK.toMillis());
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new HubException("fetching " + location + " was interrupted", "try again", ex);
        }
    }

    /** Where files are put. */
    private interface Target {

        /** Whether the content is there. */
        boolean has(HubFile file) throws IOException;

        /** Takes the content until it is complete. */
        Path incomplete(HubFile file);

        /** Takes over what has become complete. */
        void take(HubFile file) throws IOException;

        /** Gives the content, which is there, its name. */
        Path place(HubFile file) throws IOException;

    }

    /** What is done while other processes wait. */
    private interface Work {

        Path run() throws IOException;

    }

}
